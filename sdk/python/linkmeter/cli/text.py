"""Text of others on its way to a terminal or into a table: strangers choose titles, referrers and user agents."""

import re
from typing import Final

# Control characters (C0, DEL, C1), lone surrogates, line separators, and what turns the direction of writing round.
_DANGEROUS: Final = "\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff"
_FOR_TERMINALS: Final = re.compile(f"[{_DANGEROUS}]")
_FOR_FILES: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_ONE_BYTE: Final = 0x100


def for_terminal(text: str) -> str:
    r"""Return text with every character that could command a terminal written out, as `\x1b` or `\u202e`."""
    return _FOR_TERMINALS.sub(_escaped, text)


def for_json(document: str) -> str:
    r"""Return a JSON document that is safe to show: the same document, such characters in its strings as `\u009b`.

    Outside of strings JSON has none of them but line ends and indentation, which stay.
    """
    return _FOR_TERMINALS.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", document)


def for_csv(text: str, *, terminal: bool) -> str:
    r"""Return a cell's text that no program for tables calculates, and that commands no terminal.

    A text that begins with `= + - @`, TAB or CR gets a `'` before it. Control characters are written out as `\x1b`;
    TAB and line ends only when the table goes to a terminal.
    """
    safe = (_FOR_TERMINALS if terminal else _FOR_FILES).sub(_escaped, text)
    return f"'{safe}" if text.startswith(_FORMULA) else safe


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < _ONE_BYTE else f"\\u{code:04x}"
