"""Accounts that links and keys belong to, and the groups that they work in."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.caller import ADMIN, SCOPES
from services.common.errors import InvalidArgument
from services.links.domain import passwords
from services.links.domain.passwords import StoredPassword
from services.links.domain.text import has_control_characters

# Whom the installation's first API key belongs to.
FIRST_OWNER_ID: Final = 2
MAX_LOGIN: Final = 64
MAX_NAME: Final = 128
MAX_EMAIL: Final = 254
MIN_PASSWORD: Final = 8
_LOGIN: Final = re.compile(r"[a-z0-9._-]{2,64}")
# Whether an address works is known to its mail server alone; this refuses what cannot be one.
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An account; workspace_id is 0 for one that works in no group."""

    owner_id: int
    login: str
    display_name: str
    email: str = ""
    workspace_id: int = 0
    password: StoredPassword | None = None
    create_time: datetime
    # Whether who signs in to it may do what needs the scope admin.
    admin: bool = False

    @property
    def scopes(self) -> frozenset[str]:
        """What a person may do who signs in to the account."""
        return own_scopes(admin=self.admin)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerDraft:
    """An account to be created."""

    login: str
    display_name: str
    email: str = ""
    workspace_id: int = 0


@dataclass(frozen=True, slots=True)
class Workspace:
    """A group of owners who see each other."""

    workspace_id: int
    title: str


def own_scopes(*, admin: bool) -> frozenset[str]:
    """Return what a person may do who signs in to an account: everything, and admin where the operator says so."""
    return frozenset(SCOPES) if admin else frozenset(SCOPES) - {ADMIN}


def is_login(text: str) -> bool:
    """Return whether a text could be an account's login, so that the store is worth asking."""
    return _LOGIN.fullmatch(text) is not None


def check_owner(draft: OwnerDraft) -> None:
    """Raise InvalidArgument for an account that breaks the rules."""
    if not is_login(draft.login):
        raise InvalidArgument("owner.login", f"must have 2 to {MAX_LOGIN} characters of a-z 0-9 . _ -")
    _check_name(draft.display_name, "owner.display_name")
    if draft.email and (
        len(draft.email) > MAX_EMAIL or has_control_characters(draft.email) or not _EMAIL.fullmatch(draft.email)
    ):
        raise InvalidArgument("owner.email", f"must be an e-mail address of at most {MAX_EMAIL} characters")
    if draft.workspace_id < 0:
        raise InvalidArgument("owner.workspace_id", "must be positive, or 0 for none")


def check_workspace(title: str) -> None:
    """Raise InvalidArgument for a group's title that breaks the rules."""
    if not title:
        raise InvalidArgument("workspace.title", "must not be empty")
    _check_name(title, "workspace.title")


def check_password(password: str, field: str = "password") -> None:
    """Raise InvalidArgument for a password to sign in with that is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= passwords.MAX_LENGTH:
        raise InvalidArgument(field, f"must have {MIN_PASSWORD} to {passwords.MAX_LENGTH} characters")


def _check_name(text: str, field: str) -> None:
    if len(text) > MAX_NAME or has_control_characters(text):
        raise InvalidArgument(field, f"must have at most {MAX_NAME} characters, no control characters")
