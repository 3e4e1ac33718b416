"""Bring text of strangers into a form that can be stored and indexed."""

from typing import Final

# Zero-width non-joiner and joiner.
_JOINERS: Final = "\u200c\u200d"


def cut(text: str, most_bytes: int) -> str:
    """Cut text so that its UTF-8 has at most that many bytes, never inside a character."""
    # A character takes at most four bytes: short text, which is nearly all of it, need not be encoded to be measured.
    if len(text) * 4 <= most_bytes:
        return text
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")


def clean(text: str, most_bytes: int) -> str:
    """Fold white space of any kind into one blank, drop other control characters, then cut.

    Joiners stay: Persian and Hindi words need them, and so do families of emojis.
    """
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable() or letter.isspace() or letter in _JOINERS)
    return cut(" ".join(text.split()), most_bytes)
