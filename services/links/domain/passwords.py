"""Passwords of links and accounts: hashed with argon2id in the 19 MiB profile."""

import secrets
from dataclasses import dataclass, field
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.common.errors import InvalidArgument

MAX_LENGTH: Final = 256
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked in place of a password that is not there, so that the answer takes the same time.
_NOBODYS_HASH: Final = _HASHER.hash(secrets.token_hex())


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """A password as it is stored; the version changes with it, and a link's access tickets are bound to that."""

    hash: str = field(repr=False)
    version: str


def check(password: str, field_name: str) -> None:
    """Raise InvalidArgument for a password that is too long."""
    if len(password) > MAX_LENGTH:
        raise InvalidArgument(field_name, f"must have at most {MAX_LENGTH} characters")


def protect(password: str) -> StoredPassword:
    """Hash a password; takes tens of milliseconds."""
    return StoredPassword(hash=_HASHER.hash(password), version=secrets.token_hex(8))


def is_right(guess: str, stored: StoredPassword | None) -> bool:
    """Check a guess; takes tens of milliseconds, also when there is no password to check against."""
    try:
        _HASHER.verify(stored.hash if stored else _NOBODYS_HASH, guess)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
