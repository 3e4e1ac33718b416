"""Single values of Bitly's parameters: flags, choices, numbers, times."""

import re
from collections.abc import Collection
from typing import Final

from gateway.compat.bitly.errors import invalid

_LAST_SECOND: Final = 2**32
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,10}")
_SECONDS: Final = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")
# What JavaScript's clocks say; as seconds such numbers are beyond all bounds.
_MILLISECONDS: Final = re.compile(r"[0-9]{12,13}")
_FLAGS: Final = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
}


def flag(name: str, text: str, *, default: bool = False) -> bool:
    """Parse true or false, as languages spell it."""
    text = text.strip().lower()
    if not text:
        return default
    if text not in _FLAGS:
        raise invalid(name)
    return _FLAGS[text]


def choice(name: str, text: str, choices: Collection[str], *, default: str) -> str:
    """Parse one of several words."""
    text = text.strip().lower() or default
    if text not in choices:
        raise invalid(name)
    return text


def number(name: str, text: str, *, default: int, least: int, most: int) -> int:
    """Parse a whole number within bounds."""
    text = text.strip()
    if not text:
        return default
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise invalid(name)
    return int(text)


def seconds(name: str, text: str, *, takes_milliseconds: bool = False) -> int | None:
    """Parse epoch seconds, or milliseconds where they are taken, too; None when they are not given."""
    text = text.strip()
    if not text:
        return None
    if takes_milliseconds and _MILLISECONDS.fullmatch(text):
        text = text[:-3]
    if not _SECONDS.fullmatch(text) or float(text) > _LAST_SECOND:
        raise invalid(name)
    return int(float(text))
