"""What a path asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common import emoji_codes
from services.links.domain import codes
from services.redirect.domain import paths
from services.redirect.domain.paths import Fixed, Follow, Preview, read_path


def test_one_segment_of_code_characters_is_a_code() -> None:
    """Letter case is kept: codes are case-sensitive."""
    assert read_path("/abC-_9") == Follow("abC-_9")
    assert read_path("/abC+") == Preview("abC")


ELSEWHERE = """
abc //abc /abc/ /a/bc /../abc /abc/.. /ab /abc++ /+ /abc%2F /abc%00 /\ufffd\ufffd\ufffd /äbc /abc;x
/abc.html /ABC\u212a /٣٤٥ *
"""


@pytest.mark.parametrize("path", [*ELSEWHERE.split(), "", "/abc\0", "/abc\n", "/abc ", "/" + "a" * 65])
def test_anything_else_asks_for_nothing(path: str) -> None:
    """No other spelling reaches a link."""
    assert read_path(path) is None


def test_fixed_paths_are_exact() -> None:
    """The data plane's own paths, and nothing like them."""
    assert read_path("/") is Fixed.LANDING
    assert read_path("/healthz") is Fixed.HEALTH
    assert read_path("/robots.txt") is Fixed.ROBOTS
    assert read_path("/Robots.txt") is None
    assert read_path("/healthz+") == Preview("healthz")


@given(st.text(max_size=80))
def test_a_path_that_asks_for_a_link_is_that_links_path(path: str) -> None:
    """Reading loses nothing but how an emoji is drawn: the path can be written again from what was read."""
    match read_path(path):
        case Follow(code):
            assert path in {f"/{code}", f"/{emoji_codes.text_of(code)}"}
        case Preview(code):
            assert path in {f"/{code}+", f"/{emoji_codes.text_of(code)}+"}


def test_emojis_name_the_link_of_their_code() -> None:
    """However they are drawn; what is not emojis alone names nothing."""
    assert read_path("/🐍🐍") == Follow("xn--4n8ha")
    assert read_path("/🐍🐍+") == Preview("xn--4n8ha")
    assert read_path("/👍🏽") == read_path("/👍") == Follow("xn--yp8h")
    assert all(read_path(path) is None for path in ("/🐍a", "/🐍/", "🐍", "/🐍++", "/" + "🐍" * 16))


def test_reserved_paths_are_those_that_no_link_can_have() -> None:
    """Both services know the same list, though neither imports the other; letter case does not matter."""
    assert paths.RESERVED == codes.RESERVED
    assert all(paths.is_reserved(path) for path in ("/api", "/API/v1/links", "/.well-known/x", "/stats/"))
    assert not any(paths.is_reserved(path) for path in ("/", "/apis", "/abc/api", "//api"))
