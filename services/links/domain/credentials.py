"""API keys and edit tokens: made here, known to the store by their hashes only."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.common import keyed_hash
from services.common.caller import SCOPES
from services.common.errors import InvalidArgument
from services.links.domain.text import has_control_characters

API_KEY_PREFIX: Final = "lm_"
EDIT_TOKEN_PREFIX: Final = "tok_"  # noqa: S105 - a prefix is no secret
CLAIM_TOKEN_PREFIX: Final = "clm_"  # noqa: S105 - likewise
MAX_TITLE: Final = 128
MAX_DESCRIPTION: Final = 1024
MAX_PAGE: Final = 1000
# Enough to tell keys apart, far too little to guess from.
_SHOWN_CHARACTERS: Final = 10
_SECRET_BYTES: Final = 32
_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CREDENTIAL: Final = re.compile(r"[!-~]{16,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An owner's credential, without its secret."""

    api_key_id: int
    owner_id: int
    title: str
    description: str
    scopes: frozenset[str]
    prefix: str
    create_time: datetime
    expire_time: datetime | None = None
    last_use_time: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential at the moment of its making; its text must not be stored."""

    text: str = field(repr=False)

    @property
    def hash(self) -> bytes:
        """What is stored."""
        return hash_of(self.text)

    @property
    def prefix(self) -> str:
        """What a person recognises it by."""
        return self.text[:_SHOWN_CHARACTERS]


def new_api_key() -> Secret:
    """Draw the secret of an API key."""
    return draw(API_KEY_PREFIX)


def draw(prefix: str) -> Secret:
    """Draw a credential that begins with a prefix."""
    return Secret(prefix + _base62(secrets.token_bytes(_SECRET_BYTES)))


def edit_token(key: bytes, nonce: bytes) -> Secret:
    """Compute the edit token of a create; a repeat of the create with the same nonce has the same token again."""
    return derived(EDIT_TOKEN_PREFIX, key, nonce)


def derived(prefix: str, key: bytes, nonce: bytes) -> Secret:
    """Compute a credential from a key and a nonce: who has both can compute it again, who has one of them cannot."""
    return Secret(prefix + _base62(keyed_hash.sign(key, nonce.hex())))


def new_claim_token() -> Secret:
    """Draw the token with which an account can take over a link."""
    return draw(CLAIM_TOKEN_PREFIX)


def is_plausible(credential: str) -> bool:
    """Return whether a text could be a credential at all, so that the store is worth asking."""
    return _CREDENTIAL.fullmatch(credential) is not None


def hash_of(credential: str) -> bytes:
    """Hash a credential for storing and finding it.

    A plain hash is right here: credentials are random, so there is nothing to guess, and how long a look-up by hash
    takes says nothing about them.
    """
    return hashlib.sha256(credential.encode()).digest()


def is_edit_token(credential: str) -> bool:
    """Return whether a credential is an edit token rather than an API key."""
    return credential.startswith(EDIT_TOKEN_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDraft:
    """An API key to be created."""

    title: str
    description: str = ""
    scopes: frozenset[str]
    expire_time: datetime | None = None
    # Which application gets the key on the owner's behalf; empty: the owner makes it.
    granted_to: str = ""


def check_api_key(draft: ApiKeyDraft, now: datetime) -> None:
    """Raise InvalidArgument for an API key that breaks the rules."""
    if len(draft.title) > MAX_TITLE or has_control_characters(draft.title):
        raise InvalidArgument("api_key.title", f"must have at most {MAX_TITLE} characters, no control characters")
    if len(draft.description) > MAX_DESCRIPTION or has_control_characters(draft.description, but="\t\r\n"):
        raise InvalidArgument("api_key.description", f"must have at most {MAX_DESCRIPTION} characters of text")
    if not draft.scopes:
        raise InvalidArgument("api_key.scopes", "must name at least one scope")
    if not draft.scopes <= set(SCOPES):
        raise InvalidArgument("api_key.scopes", f"must be among {', '.join(SCOPES)}")
    if draft.expire_time is not None and draft.expire_time <= now:
        raise InvalidArgument("api_key.expire_time", "must be in the future")


def page_size(asked: int) -> int:
    """Return how many keys a page of a list holds; InvalidArgument when it cannot be as many."""
    if asked < 0:
        raise InvalidArgument("page_size", f"must be 1 to {MAX_PAGE}, or 0 for {MAX_PAGE}")
    return min(asked or MAX_PAGE, MAX_PAGE)


def _base62(data: bytes) -> str:
    number = int.from_bytes(data)
    digits = []
    # 43 digits hold 256 bits; a fixed length keeps all credentials alike.
    for _ in range(43):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(digits)
