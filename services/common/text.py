"""Bring text of strangers into a form that can be stored and indexed."""

from typing import Final

# Zero-width non-joiner and joiner.
_JOINERS: Final = "\u200c\u200d"
_LONGEST_CHARACTER_BYTES: Final = 4


def cut(text: str, most_bytes: int) -> str:
    """Cut text so that its UTF-8 has at most that many bytes, never inside a character."""
    # Short text, which is nearly all of it, need not be encoded to be measured.
    if len(text) * _LONGEST_CHARACTER_BYTES <= most_bytes:
        return text
    if text.isascii():
        return text[:most_bytes]
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")


def clean(text: str, most_bytes: int) -> str:
    """Fold white space of any kind into one blank, drop other control characters, then cut to that many bytes.

    Joiners stay: Persian and Hindi words need them, and so do families of emojis.
    """
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable() or letter.isspace() or letter in _JOINERS)
    return cut(" ".join(text.split()), most_bytes)
