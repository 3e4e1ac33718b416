"""What a request's path asks for. Strict: a path that is not exactly one of these asks for nothing."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias


class Fixed(Enum):
    """Paths of the data plane itself."""

    LANDING = auto()
    HEALTH = auto()
    ROBOTS = auto()
    ICON = auto()


@dataclass(frozen=True, slots=True)
class Follow:
    """/{code}: follow the link."""

    code: str


@dataclass(frozen=True, slots=True)
class Preview:
    """/{code}+: show where the link leads."""

    code: str


Target: TypeAlias = Fixed | Follow | Preview | None

_FIXED: Final[dict[str, Fixed]] = {
    "/": Fixed.LANDING,
    "/healthz": Fixed.HEALTH,
    "/robots.txt": Fixed.ROBOTS,
    "/favicon.ico": Fixed.ICON,
}
_LINK: Final = re.compile(r"/([A-Za-z0-9_-]{3,64})(\+?)")


def read_path(path: str) -> Target:
    """Read a percent-decoded path.

    Decoding first is safe because no character of a code is ever special: `%61bc` is `abc` by the URL standard, and a
    decoded slash, dot, NUL or replacement character fits no code.
    """
    match = _LINK.fullmatch(path)
    if match is None or path in _FIXED:
        return _FIXED.get(path)
    return Preview(match[1]) if match[2] else Follow(match[1])
