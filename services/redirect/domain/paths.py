"""What a request's path asks for. Strict but for its end, to which chat programs and people glue what is around it."""

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
# Only imported links have codes of 1 and 2 characters.
_LINK: Final = re.compile(r"/([A-Za-z0-9_-]{1,64})(\+?)")
# Nothing that leads somewhere is longer, with what is glued to it.
_LONGEST_MISPRINT: Final = 2048
# Where a query or fragment begins whose mark got lost or was escaped.
_LOST_QUERY: Final = re.compile("[?&#]")
# Text without spaces goes on right behind a link; none of these letters looks like one of a code.
_CJK: Final = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
# What no code can hold. Letters that only look like others are none of it, nor is what might be read in another way:
# backslashes, NUL, and what was no UTF-8.
_GLUED: Final = rf"(?:(?![+\-/\\\0\ufffd{emoji_codes.CHARACTERS}])[\W{_CJK}])"
# Of a path read backwards, which takes no steps back. A slash among it is one at the end; dot segments lead elsewhere.
_MISPRINT: Final = re.compile(rf"(?!\.{{1,2}}/){_GLUED}*(?:/{_GLUED}*)?")


def read_path(path: str) -> Target:
    """Return what a percent-decoded path asks for; None when it can be nothing.

    Decoding first is safe because no character of a code is ever special: `%61bc` is `abc` by the URL standard, and a
    dot, NUL or replacement character fits no code.
    """
    if path in _FIXED:
        return _FIXED[path]
    return _read_link(path) or _read_misprint(path)


def _read_link(path: str) -> Follow | Preview | None:
    match = _LINK.fullmatch(path)
    if match is None:
        return _read_emojis(path)
    return Preview(match[1]) if match[2] else Follow(match[1])


def _read_misprint(path: str) -> Follow | Preview | None:
    """Read a path without what stands at its end and no code can hold: whole codes only, so never another link's."""
    if len(path) > _LONGEST_MISPRINT:
        return None
    plain = _LOST_QUERY.split(path, maxsplit=1)[0]
    glued = _MISPRINT.match(plain[::-1])
    return _read_link(plain[: len(plain) - glued.end()]) if glued else None


def _read_emojis(path: str) -> Follow | Preview | None:
    """Read a path of emojis, which name a link by a code of ASCII."""
    if path.isascii() or not path.startswith("/"):
        return None
    code = emoji_codes.code_of(path[1:].removesuffix("+"))
    if code is None:
        return None
    return Preview(code) if path.endswith("+") else Follow(code)


def is_reserved(path: str) -> bool:
    """Return whether a path is one of the gateway's own, which no visitor of a link asks for."""
    return path[1:].partition("/")[0].lower() in RESERVED
