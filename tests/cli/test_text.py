"""Text of strangers commands no terminal."""

import json

import pytest

from linkmeter.cli import text

HOSTILE = "\x1b[31mred\x07\x9b2J\u202eback\u2066\r\n\x7f"


def test_terminals_get_no_control_characters() -> None:
    """They are written out, so that people see that somebody tried."""
    assert text.for_terminal(HOSTILE) == "\\x1b[31mred\\x07\\x9b2J\\u202eback\\u2066\\x0d\\x0a\\x7f"
    assert text.for_terminal("Grüße, 世界, 👩‍💻") == "Grüße, 世界, 👩‍💻"


def test_json_is_the_same_document() -> None:
    """Escapes of JSON's own stand for the characters, so that programs read what was there."""
    document = text.for_json(json.dumps({"title": HOSTILE}, ensure_ascii=False, indent=2))
    assert json.loads(document) == {"title": HOSTILE}
    assert document.isascii()
    assert not set(document) & set(HOSTILE) - set("[31mred2Jback\n")


@pytest.mark.parametrize("shown", [True, False])
def test_csv_holds_no_escape_sequence(shown: bool) -> None:
    """Neither on a terminal nor in a file that somebody looks at; line ends stay in files, where they are quoted."""
    cell = text.for_csv("a\x1b[31m\x9b\n", terminal=shown)
    assert cell == ("a\\x1b[31m\\x9b\\x0a" if shown else "a\\x1b[31m\\x9b\n")
