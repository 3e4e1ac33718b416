"""What counts as text."""

import unicodedata


def has_control_characters(text: str, but: str = "") -> bool:
    """Return whether a text holds what is no text: C0, DEL, C1 or lone surrogates."""
    return not text.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in but for character in text
    )
