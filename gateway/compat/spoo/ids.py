"""How spoo.me's clients name links, keys and accounts: by 24 hexadecimal digits."""

import re
from typing import Final

from gateway.compat.spoo import errors as spoo_errors
from services.common import errors

_TEXT: Final = re.compile(r"[0-9A-Fa-f]{24}")
_LARGEST: Final = 2**63 - 1


def text(number: int) -> str:
    """Return an id as 24 hexadecimal digits."""
    return f"{number:024x}"


def number(text: str) -> int | None:
    """Return the number of an id; None when nothing can have it."""
    value = int(text, 16) if _TEXT.fullmatch(text) else 0
    return value if 0 < value <= _LARGEST else None


def is_id(text: str) -> bool:
    """Return whether a text has the form of an id."""
    return _TEXT.fullmatch(text) is not None


def link_id(text: str) -> int:
    """Return the id of a link; raise Refusal, 400, for none, and NotFound for one that no link can have."""
    if not _TEXT.fullmatch(text):
        raise spoo_errors.invalid("", "Invalid URL ID format")
    value = number(text)
    if value is None:
        raise errors.NotFound("URL", text)
    return value


def key_id(text: str) -> int:
    """Return the id of a key; raise NotFound for one that no key can have."""
    value = number(text)
    if value is None:
        raise errors.NotFound("API key", text)
    return value


def tag_id(text: str) -> int:
    """Return the id of a tag; raise Refusal, 400, for none, and NotFound for one that no tag can have."""
    if not _TEXT.fullmatch(text):
        raise spoo_errors.invalid("", "Invalid tag id format")
    value = number(text)
    if value is None:
        raise errors.NotFound("tag", text)
    return value
