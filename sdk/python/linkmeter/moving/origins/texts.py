"""Text whose encoding is not what the file says: latin-1 declared as UTF-8, and UTF-8 that was stored as latin-1."""

import codecs


def _latin1_of_mysql() -> str:
    """Return the character of each byte as MySQL's `latin1` has it: Windows-1252, its five gaps filled from C1."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


_CHARACTERS = _latin1_of_mysql()
_BYTES = codecs.charmap_build(_CHARACTERS)


def decode(data: bytes) -> str:
    """Return the text of bytes that say nothing reliable about their encoding. Never fails.

    UTF-8 where the bytes are UTF-8. Else Windows-1252, which is what MySQL calls latin1 and what a dump holds that was
    made or converted with the wrong character set. UTF-8 that went into a latin1 column byte by byte, as old versions
    of YOURLS stored it, comes out of a dump encoded twice ("cafÃ©"): that is undone.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return codecs.charmap_decode(data, "strict", _CHARACTERS)[0]
    return text if text.isascii() else encoded_once(text)


def encoded_once(text: str) -> str:
    """Return text that was encoded twice as it was before; any other text as it is.

    All of the text must be UTF-8 when it is written as latin1 again, which no text is by chance that has words in it.
    """
    try:
        return codecs.charmap_encode(text, "strict", _BYTES)[0].decode()
    except UnicodeError:
        return text
