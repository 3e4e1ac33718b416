"""What a request's path asks for. Strict: a path that is not exactly one of these asks for nothing."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from services.common import emoji_codes, reserved_codes


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
RESERVED: Final = reserved_codes.RESERVED
_LINK: Final = re.compile(r"/([A-Za-z0-9_-]{3,64})(\+?)")


def read_path(path: str) -> Target:
    """Read a percent-decoded path.

    Decoding first is safe because no character of a code is ever special: `%61bc` is `abc` by the URL standard, and a
    decoded slash, dot, NUL or replacement character fits no code.
    """
    match = _LINK.fullmatch(path)
    if match is None or path in _FIXED:
        return _FIXED.get(path) or _read_emojis(path)
    return Preview(match[1]) if match[2] else Follow(match[1])


def _read_emojis(path: str) -> Target:
    """Read a path of emojis, which name a link by a code of ASCII."""
    if path.isascii() or not path.startswith("/"):
        return None
    code = emoji_codes.code_of(path[1:].removesuffix("+"))
    if code is None:
        return None
    return Preview(code) if path.endswith("+") else Follow(code)


def is_reserved(path: str) -> bool:
    """Say whether a path is one of the gateway's own, which no visitor of a link asks for."""
    return path[1:].partition("/")[0].lower() in RESERVED
