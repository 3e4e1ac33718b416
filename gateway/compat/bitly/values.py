"""Single values of Bitly's parameters: flags, choices, numbers, times.

What breaks its bounds is a Failure: INVALID_ARG_ and the name of the parameter.
"""

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
    """Return true or false, as languages spell them; raise Failure for any other text."""
    text = text.strip().lower()
    if not text:
        return default
    if text not in _FLAGS:
        raise invalid(name)
    return _FLAGS[text]


def choice(name: str, text: str, choices: Collection[str], *, default: str) -> str:
    """Return one of several texts, in lower case; raise Failure for any other."""
    text = text.strip().lower() or default
    if text not in choices:
        raise invalid(name)
    return text


def number(name: str, text: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number from least to most; raise Failure for anything else."""
    text = text.strip()
    if not text:
        return default
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise invalid(name)
    return int(text)


def seconds(name: str, text: str, *, takes_milliseconds: bool = False) -> int | None:
    """Return epoch seconds, given so or in milliseconds where these are taken; None when they are not given.

    Raises Failure for what is no number, or beyond the year 2106.
    """
    text = text.strip()
    if not text:
        return None
    if takes_milliseconds and _MILLISECONDS.fullmatch(text):
        text = text[:-3]
    if not _SECONDS.fullmatch(text) or float(text) > _LAST_SECOND:
        raise invalid(name)
    return int(float(text))
