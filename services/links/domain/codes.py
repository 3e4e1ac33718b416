"""Codes: random ones, custom ones, and those that nobody may have."""

import re
import secrets
from typing import Final

from services.common import reserved_codes
from services.common.errors import InvalidArgument

FIELD: Final = "link.code"
RESERVED_REASON: Final = "CODE_RESERVED"
# Without 0 O o, 1 I l: codes are read aloud and typed from paper.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
LENGTH: Final = 7
MAX_LENGTH: Final = 64
_TRIES_PER_LENGTH: Final = 3
_CUSTOM: Final = re.compile(r"[A-Za-z0-9_-]{3,64}")
# Links that were imported may have shorter codes: those that people have printed already.
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
RESERVED: Final = reserved_codes.RESERVED


def generate(length: int = LENGTH) -> str:
    """Draw a random code that is not reserved."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if not is_reserved(code):
            return code


def length_of_try(attempt: int) -> int:
    """Return how long the random code of a try is, counted from 0: codes grow when short ones collide repeatedly."""
    return LENGTH + attempt // _TRIES_PER_LENGTH


def is_reserved(code: str) -> bool:
    """Return whether a code is kept for the gateway, in any letter case."""
    return reserved_codes.is_reserved(code)


def is_code(text: str) -> bool:
    """Return whether a text could be a link's code."""
    return _CODE.fullmatch(text) is not None


def check_custom(code: str) -> None:
    """Raise InvalidArgument for a custom code that breaks the rules or is reserved."""
    if not _CUSTOM.fullmatch(code):
        raise InvalidArgument(FIELD, "must have 3 to 64 characters of A-Z a-z 0-9 _ -")
    if is_reserved(code):
        raise InvalidArgument(FIELD, "is reserved", reason=RESERVED_REASON)


def check_imported(code: str) -> None:
    """Raise InvalidArgument for a code that not even an imported link may have: no visitor would reach it."""
    if not is_code(code):
        raise InvalidArgument(FIELD, "must have 1 to 64 characters of A-Z a-z 0-9 _ -, or be emojis")
    if is_reserved(code):
        raise InvalidArgument(FIELD, "is reserved", reason=RESERVED_REASON)
