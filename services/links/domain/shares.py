"""Addresses at which the statistics of one link can be seen.

Who opens one gets a ticket: which share, until when, and a keyed hash of both and of the password's version. So nothing
has to be written for who looks, and a share that is deleted or gets another password lets nobody in any more.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.common import keyed_hash
from services.common.errors import InvalidArgument
from services.links.domain import credentials, passwords
from services.links.domain.credentials import Secret
from services.links.domain.passwords import StoredPassword
from services.links.domain.text import has_control_characters

MAX_TITLE: Final = 128
MOST_SHARES: Final = 50
TICKET_LIFETIME: Final = timedelta(hours=12)
PATH: Final = "/dashboard/share/"
TOKEN_PREFIX: Final = "shr_"  # noqa: S105 - a prefix is no secret
# How many characters of a token name its cookie: enough to tell shares apart, far too few to guess the rest.
_TAG_CHARACTERS: Final = 8
_NONCE_BYTES: Final = 32
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDraft:
    """A share to be created."""

    link_id: int
    title: str = ""
    password: str = field(default="", repr=False)
    expire_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share, without its token."""

    share_id: int
    link_id: int
    nonce: bytes = field(repr=False)
    token_hash: bytes = field(repr=False)
    title: str
    password: StoredPassword | None
    create_time: datetime
    expire_time: datetime | None

    @property
    def guess_name(self) -> str:
        """Under what name guesses of its password are counted."""
        return f"share/{self.share_id}"


class ShareSecrets:
    """Makes tokens and tickets, with keys of their own from the installation's secret."""

    def __init__(self, secret: str) -> None:
        self._token_key = keyed_hash.derive(secret, "shares")
        self._ticket_key = keyed_hash.derive(secret, "share-tickets")

    def token(self, nonce: bytes) -> Secret:
        """Return the token of a share."""
        return credentials.derived(TOKEN_PREFIX, self._token_key, nonce)

    def ticket(self, share: Share, end: datetime) -> str:
        """Return what lets who holds it see a share's statistics until a moment."""
        expiry = int(end.timestamp())
        return f"{share.share_id}.{expiry}.{self._signature(share, expiry)}"

    def is_good(self, ticket: str, share: Share, now: datetime) -> bool:
        """Return whether a ticket lets somebody in to a share."""
        share_id, expiry, signature = _parts(ticket)
        expected = self._signature(share, expiry)
        return (
            share_id == share.share_id
            and now.timestamp() < expiry
            and hmac.compare_digest(signature.encode(), expected.encode())
        )

    def _signature(self, share: Share, expiry: int) -> str:
        version = share.password.version if share.password else ""
        return keyed_hash.sign(self._ticket_key, share.share_id, version, expiry).hex()


def new_nonce() -> bytes:
    """Draw what a share's token is made of."""
    return secrets.token_bytes(_NONCE_BYTES)


def share_id_of(ticket: str) -> int:
    """Return which share a ticket is for; 0 when it cannot be one."""
    return _parts(ticket)[0]


def cookie_name(tag: str) -> str:
    """Return the name of the cookie for the share that pages call by a tag; empty when that is none."""
    is_tag = len(tag) == _TAG_CHARACTERS and tag.isascii() and tag.isalnum()
    return f"share_{tag}" if is_tag else ""


def tag_of(token: str) -> str:
    """Return how pages call the share of a token."""
    return token.removeprefix(TOKEN_PREFIX)[:_TAG_CHARACTERS]


def check(draft: ShareDraft, now: datetime) -> None:
    """Raise InvalidArgument for a share that breaks the rules."""
    if len(draft.title) > MAX_TITLE or has_control_characters(draft.title):
        raise InvalidArgument("share.title", f"must have at most {MAX_TITLE} characters, no control characters")
    passwords.check(draft.password, "share.password")
    if draft.expire_time is not None and draft.expire_time <= now:
        raise InvalidArgument("share.expire_time", "must be in the future")


def _parts(ticket: str) -> tuple[int, int, str]:
    share_id, _, rest = ticket.partition(".")
    expiry, _, signature = rest.partition(".")
    if not all(text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS for text in (share_id, expiry)):
        return 0, 0, ""
    return int(share_id), int(expiry), signature
