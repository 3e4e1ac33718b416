"""Emojis as codes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common import emoji_codes

EMOJIS = ("🐍", "😀", "🥰", "❤", "☕", "🇩🇪", "👨\u200d👩\u200d👧", "⭐", "⌚", "🀄")


@given(st.lists(st.sampled_from(EMOJIS), min_size=1, max_size=15))
def test_a_code_is_ascii_and_stands_for_its_emojis(emojis: list[str]) -> None:
    """A code looks like every other code, and the emojis can be read from it again; longer than 64 there is none."""
    text = "".join(emojis)
    code = emoji_codes.code_of(text)
    if code is None:
        assert len(emojis) > 8
        return
    assert re.fullmatch(r"[A-Za-z0-9_-]{3,64}", code)
    assert emoji_codes.text_of(code) == text


@given(st.text(max_size=20))
def test_no_two_texts_have_one_code(text: str) -> None:
    """What has a code at all is its code's text, but for how it is drawn."""
    code = emoji_codes.code_of(text)
    if code:
        assert emoji_codes.code_of(emoji_codes.text_of(code)) == code


@pytest.mark.parametrize(
    "text", ["", "abc", "1", "🐍a", "a🐍", "🐍 🐍", "ä", "\u200d", "🐍\u200d", "\ufe0f", "🐍" * 16]
)
def test_what_is_not_emojis_alone_has_no_code(text: str) -> None:
    """Letters, joiners without an emoji, too many."""
    assert emoji_codes.code_of(text) is None


@pytest.mark.parametrize("drawn", ["❤\ufe0f", "❤\ufe0e", "❤"])
def test_how_an_emoji_is_drawn_makes_no_difference(drawn: str) -> None:
    """Variation selectors are not part of a code."""
    assert emoji_codes.code_of(drawn) == emoji_codes.code_of("❤")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-", max_size=20))
def test_a_code_of_something_else_stays_as_it_is(rest: str) -> None:
    """Nobody's code turns into characters that it does not stand for."""
    text = emoji_codes.text_of(f"xn--{rest}")
    assert text == f"xn--{rest}" or emoji_codes.code_of(text) == f"xn--{rest}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("🐍🐍", emoji_codes.code_of("🐍🐍")),
        ("%F0%9F%90%8D%F0%9F%90%8D", emoji_codes.code_of("🐍🐍")),
        ("❤️", emoji_codes.code_of("❤")),
        ("%e2%9d%a4%ef%b8%8f", emoji_codes.code_of("❤")),
        ("👍🏽", emoji_codes.code_of("👍")),
        ("abc", "abc"),
        ("%61bc", "%61bc"),
        ("a🐍", "a🐍"),
        ("", ""),
    ],
)
def test_every_spelling_names_one_code(text: str, code: str) -> None:
    """Variation selectors, skin tones and percent-encoding make no other code; what is no emoji stays as it is."""
    assert emoji_codes.canonical(text) == code
