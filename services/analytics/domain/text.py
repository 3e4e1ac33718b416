"""Bring text of strangers into a form that can be stored and indexed."""


def cut(text: str, most_bytes: int) -> str:
    """Cut text so that its UTF-8 has at most that many bytes, never inside a character."""
    # A character takes at most four bytes: short text, which is nearly all of it, need not be encoded to be measured.
    if len(text) * 4 <= most_bytes:
        return text
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")


def clean(text: str, most_bytes: int) -> str:
    """Drop control characters and outer white space, then cut."""
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable())
    return cut(text.strip(), most_bytes)
