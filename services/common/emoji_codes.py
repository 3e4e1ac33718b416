"""Codes of emojis: they are kept as punycode, so that every code is ASCII.

`/🐍🐍` names the link with the code `xn--…`, as an internationalised host name does.
"""

import re
from typing import Final
from urllib.parse import unquote

MOST_EMOJIS: Final = 15
_PREFIX: Final = "xn--"
_MAX_LENGTH: Final = 64
# What emojis are made of, as the inside of a character class: the letters of flags, and single ones.
_FLAG_LETTERS: Final = "\U0001f1e6-\U0001f1ff"
_SINGLE: Final = (
    "\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\u203c\u2049\u2122\u2139\u2194-\u21ff\U0001f000-\U0001f1e5\U0001f200-\U0001f2ff"
)
CHARACTERS: Final = _FLAG_LETTERS + _SINGLE
_EMOJI: Final = f"[{_FLAG_LETTERS}]{{2}}|[{_SINGLE}]"
# Of one emoji, joined to others by the zero-width joiner: families, professions.
_JOINED: Final = f"(?:{_EMOJI})(?:\u200d(?:{_EMOJI}))*"
_TEXT: Final = re.compile(f"(?:{_JOINED}){{1,{MOST_EMOJIS}}}")
# How an emoji is drawn makes no other emoji: variation selectors and skin tones.
_DRAWING: Final = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


def code_of(text: str) -> str | None:
    """Return the code of a text of emojis, however they are drawn; None when it is no such text or too long."""
    plain = _DRAWING.sub("", text)
    if not _TEXT.fullmatch(plain):
        return None
    code = _PREFIX + plain.encode("punycode").decode("ascii")
    return code if len(code) <= _MAX_LENGTH else None


def canonical(text: str) -> str:
    """Return the code that a text of emojis names, in any spelling, percent-encoded too; all else stays as it is."""
    return code_of(unquote(text)) or text


def text_of(code: str) -> str:
    """Return the emojis that a code stands for; every other code as it is."""
    if not code.startswith(_PREFIX):
        return code
    try:
        text = code.removeprefix(_PREFIX).encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return code
    return text if code_of(text) == code else code
