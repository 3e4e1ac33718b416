"""Applications that act for accounts, and the codes by which accounts agree."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.common.caller import LINKS_READ, LINKS_WRITE, STATS_READ
from services.common.errors import InvalidArgument
from services.links.domain import credentials, destination
from services.links.domain.credentials import ApiKeyDraft, Secret
from services.links.domain.text import has_control_characters

MAX_TITLE: Final = 128
MAX_REDIRECT_URIS: Final = 16
CODE_LIFETIME: Final = timedelta(minutes=10)
# How long after its end a code is remembered, so that its second use is noticed.
CODE_MEMORY: Final = timedelta(days=1)
# Keys of an account that an application may hold: one for each of a person's devices, and no more without end.
MOST_GRANTED: Final = 20
# How long a revoked key of an application is kept for lists with revoked keys.
REVOKED_GRANT_MEMORY: Final = timedelta(days=30)
# What applications may do for an account.
SCOPES: Final = frozenset({LINKS_READ, LINKS_WRITE, STATS_READ})
_CLIENT_ID_BYTES: Final = 20
_CLIENT_ID: Final = re.compile(r"[0-9a-f]{40}")
_SECRET_PREFIX: Final = "app_"  # noqa: S105 - a prefix is no secret
_CODE_PREFIX: Final = "code_"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthAppDraft:
    """An application to be registered."""

    title: str
    owner_id: int
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApp:
    """An application, without its secret."""

    client_id: str
    title: str
    owner_id: int
    redirect_uris: tuple[str, ...]
    create_time: datetime


def check_app(draft: OAuthAppDraft) -> None:
    """Raise InvalidArgument for an application that breaks the rules."""
    if not 1 <= len(draft.title) <= MAX_TITLE or has_control_characters(draft.title):
        raise InvalidArgument("app.title", f"must have 1 to {MAX_TITLE} characters, no control characters")
    if not 1 <= len(draft.redirect_uris) <= MAX_REDIRECT_URIS:
        raise InvalidArgument("app.redirect_uris", f"must be 1 to {MAX_REDIRECT_URIS}")
    for uri in draft.redirect_uris:
        # Compared exactly later, so it must be what it becomes as a Location header.
        if destination.parse(uri, "app.redirect_uris").url != uri or "#" in uri:
            raise InvalidArgument("app.redirect_uris", "must be http or https URLs in ASCII, without fragment")


def check_redirect_uri(asked: str, known: Sequence[str]) -> None:
    """Raise InvalidArgument unless a code goes to where the application said."""
    if asked not in known:
        raise InvalidArgument("redirect_uri", "is none of the application's")


def is_client_id(text: str) -> bool:
    """Return whether a text could be an application's id, so that the store is worth asking."""
    return _CLIENT_ID.fullmatch(text) is not None


def new_client_id() -> str:
    """Draw the public name of an application."""
    return secrets.token_hex(_CLIENT_ID_BYTES)


def new_client_secret() -> Secret:
    """Draw the secret of an application."""
    return credentials.draw(_SECRET_PREFIX)


def new_code() -> Secret:
    """Draw an authorization code."""
    return credentials.draw(_CODE_PREFIX)


def key_draft(title: str, client_id: str = "") -> ApiKeyDraft:
    """Describe the API key that an application gets; without its id keys are counted by their title.

    Raises InvalidArgument for an id that is no application's.
    """
    if client_id and not is_client_id(client_id):
        raise InvalidArgument("client_id", "is no application's")
    return ApiKeyDraft(title=title, scopes=SCOPES, granted_to=client_id or title or "application")
