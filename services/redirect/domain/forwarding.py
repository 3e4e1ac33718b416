"""The visitor's query on its way to the destination: parameters alone, never scheme, host, path or fragment."""

import re
from enum import IntEnum
from typing import Final
from urllib.parse import quote_plus, unquote_plus, unquote_to_bytes

MAX_BYTES: Final = 8192
_SEPARATORS: Final = re.compile("[&;]")
# What some servers read as an underscore.
_UNDERSCORES: Final = str.maketrans(" .[", "___")


class ForwardQuery(IntEnum):
    """Which parameters go on; the numbers are the contract's."""

    NONE = 1
    # Those whose names the destination does not have.
    MISSING = 2
    # All, in the place of the destination's own of the same names.
    ALL = 3


def forward(destination: str, query: str, rule: int) -> str:
    """Return a destination with what a rule lets through of a visitor's query, as it came; unknown rules let none.

    The destination stays as it is where it would get longer than MAX_BYTES. Its own parameters stay byte for byte; the
    visitor's are encoded anew, so that each stays one parameter however the destination's server reads queries.
    """
    if not query or rule not in (ForwardQuery.MISSING, ForwardQuery.ALL):
        return destination
    # A destination holds no encoded NUL; nor does what is added to it.
    asked = [parameter for parameter in query.split("&") if parameter and "%00" not in parameter]
    head, mark, fragment = destination.partition("#")
    path, _, own = head.partition("?")
    kept = own.split("&") if own else []
    if rule == ForwardQuery.ALL:
        names = {_name(parameter) for parameter in asked}
        kept = [parameter for parameter in kept if _name(parameter) not in names]
    else:
        names = {_name(parameter) for parameter in _SEPARATORS.split(own)}
        asked = [parameter for parameter in asked if _name(parameter) not in names]
    if not asked:
        return destination
    forwarded = f"{path}?{'&'.join([*kept, *map(_encoded, asked)])}{mark}{fragment}"
    return forwarded if len(forwarded) <= MAX_BYTES else destination


def _name(parameter: str) -> str:
    """Return a parameter's name, the same for all that some server might take for one name."""
    return unquote_plus(parameter.partition("=")[0]).strip().casefold().translate(_UNDERSCORES)


def _encoded(parameter: str) -> str:
    name, sign, value = parameter.partition("=")
    return _quoted(name) + sign + _quoted(value)


def _quoted(text: str) -> str:
    return quote_plus(unquote_to_bytes(text.replace("+", " ")))
