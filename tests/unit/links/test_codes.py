"""Codes: what is drawn, what may be asked for, what nobody gets."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidArgument
from services.links.domain import codes


@given(st.integers(min_value=3, max_value=64))
def test_random_codes_follow_the_rules_of_custom_codes(length: int) -> None:
    """What is drawn could also have been asked for, and has no look-alikes."""
    code = codes.generate(length)
    assert len(code) == length
    assert not set(code) & set("0Oo1Il")
    codes.check_custom(code)


def test_random_codes_do_not_repeat() -> None:
    """Ten thousand draws of a code of 57^7 leave hardly a chance of two alike."""
    assert len({codes.generate() for _ in range(10_000)}) == 10_000


def test_codes_grow_when_short_ones_collide() -> None:
    """The length of a try never falls, begins at seven, and rises within ten tries."""
    lengths = [codes.length_of_try(attempt) for attempt in range(10)]
    assert lengths[0] == 7
    assert lengths == sorted(lengths)
    assert lengths[-1] > 7


@given(st.from_regex(r"[A-Za-z0-9_-]{3,64}", fullmatch=True))
def test_any_text_of_the_alphabet_and_length_is_a_code(text: str) -> None:
    """3 to 64 characters of A-Z a-z 0-9 _ - are a code; only reserved ones are refused."""
    assert codes.is_code(text)
    if not codes.is_reserved(text):
        codes.check_custom(text)


@pytest.mark.parametrize(
    "text", ["", "a" * 65, "a b", "a/b", "a.b", "äöü", "abc\n", "abc\0", "a%2Fb", "\uff41\uff42\uff43"]
)
def test_other_texts_are_no_codes(text: str) -> None:
    """Whatever breaks length or alphabet is refused with the field's name."""
    assert not codes.is_code(text)
    for check in (codes.check_custom, codes.check_imported):
        with pytest.raises(InvalidArgument) as caught:
            check(text)
        assert caught.value.field == "link.code"


@pytest.mark.parametrize("text", ["4", "gh", "-_"])
def test_shorter_codes_are_for_imported_links(text: str) -> None:
    """People have printed them already; nobody gets a new one."""
    assert codes.is_code(text)
    codes.check_imported(text)
    with pytest.raises(InvalidArgument, match="3 to 64"):
        codes.check_custom(text)


@given(st.sampled_from(sorted(codes.RESERVED)), st.randoms())
def test_reserved_words_are_refused_in_any_letter_case(word: str, random: Random) -> None:
    """A reserved word is reserved however it is written."""
    mixed = "".join(random.choice([letter.lower(), letter.upper()]) for letter in word)
    assert codes.is_reserved(mixed)
    for check in (codes.check_custom, codes.check_imported):
        with pytest.raises(InvalidArgument):
            check(mixed)


def test_what_pages_and_apis_to_come_may_be_called_is_kept() -> None:
    """Later it would be somebody's link."""
    pages = ("login", "admin", "app", "signup", "settings", "preview", "help", "about", "imprint", "privacy", "Legal")
    apis = ("webhooks", "events", "mcp", "graphql", "report", "abuse", "track", "rest", "metrics", "grpc", "status")
    assert all(codes.is_reserved(word) for word in (*pages, *apis))
    assert not any(codes.is_reserved(word) for word in ("blog", "news", "summer-sale", "loginx", "my-login"))
