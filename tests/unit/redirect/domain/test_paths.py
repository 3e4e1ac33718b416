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


@pytest.mark.parametrize("code", ["4", "Z", "gh", "-_"])
def test_imported_links_may_have_shorter_codes(code: str) -> None:
    """They are followed as all others are, with what is glued to them."""
    assert read_path(f"/{code}") == read_path(f"/{code}.") == read_path(f"/{code}/") == Follow(code)
    assert read_path(f"/{code}+") == Preview(code)


ELSEWHERE = """
abc //abc /a/bc /abc/de /../abc /abc/.. /abc/. /abc// /abc++ /+ /abc%2F /abc%00 /\ufffd\ufffd\ufffd /äbc
/abc;x /abc.html /ABC\u212a /٣٤٥ /abcд /abcｄ /abcä /abc\\ /abc\ufffd /abc🐍 /a.b. *
"""


@pytest.mark.parametrize(
    "path", [*ELSEWHERE.split(), "", "/abc\0", "/abc\0.", "/a bc", "/" + "a" * 65, "/abc" + "." * 5000]
)
def test_anything_else_asks_for_nothing(path: str) -> None:
    """No other spelling reaches a link."""
    assert read_path(path) is None


# ruff: noqa: RUF001 - what people glue on looks like other letters
GLUED = """
/ . , ) ] } > ; : ! ? … ' " ` * ** ~ ). ." ?! , . / /) 。 ， ） 」 】 » ” ’ 请看 をご覧ください 입니다 = & &utm=1
&amp;utm_source=a/b ?utm_source=x #part %
"""


@pytest.mark.parametrize(
    "glued", [*GLUED.split(), " ", "\n", "\r\n", "\t", "\u200b", "\u2060", "\ufeff", "\u00a0", ") \n", "\x85"]
)
@pytest.mark.parametrize("code", ["abc", "abC-_9", "xn--4n8ha"])
def test_what_no_code_can_hold_is_cut_from_the_end(code: str, glued: str) -> None:
    """Chat programs take the sentence's end for the link's, and queries lose their mark."""
    assert read_path(f"/{code}{glued}") == Follow(code)
    assert read_path(f"/{code}+{glued}") == Preview(code)
    assert read_path(f"/🐍🐍{glued}") == Follow("xn--4n8ha")


@pytest.mark.parametrize("glued", ["x", "_", "-", "0", ".x", " -", "/x", "\\", "\0", "%2F", "\ufffd"])
def test_what_a_code_can_hold_or_might_be_read_otherwise_is_not_cut(glued: str) -> None:
    """S17: a longer code is another one, and ambiguous paths are none."""
    assert read_path(f"/abc{glued}") in (None, Follow(f"abc{glued}"))


def test_an_emoji_of_two_parts_is_not_cut_into_another() -> None:
    """How it is drawn may be; what makes another emoji may not."""
    assert read_path("/🐍‼.") == read_path("/🐍‼") != read_path("/🐍")
    assert read_path("/👍🏽.") == read_path("/👍\ufe0f)") == Follow("xn--yp8h")
    assert read_path("/🇩🇪.") == read_path("/🇩🇪")


def test_fixed_paths_are_exact() -> None:
    """The data plane's own paths, and nothing like them."""
    assert read_path("/") is Fixed.LANDING
    assert read_path("/healthz") is Fixed.HEALTH
    assert read_path("/robots.txt") is Fixed.ROBOTS
    assert read_path("/Robots.txt") is None
    assert read_path("/healthz+") == Preview("healthz")


@given(st.text(max_size=80))
def test_a_path_that_asks_for_a_link_is_that_links_path(path: str) -> None:
    """What is lost by reading could be in no code: the path begins with what was read."""
    match read_path(path):
        case Follow(code):
            assert path.startswith((f"/{code}", f"/{emoji_codes.text_of(code)}"))
        case Preview(code):
            assert path.startswith((f"/{code}+", f"/{emoji_codes.text_of(code)}"))


def test_emojis_name_the_link_of_their_code() -> None:
    """However they are drawn; what is not emojis alone names nothing."""
    assert read_path("/🐍🐍") == Follow("xn--4n8ha")
    assert read_path("/🐍🐍+") == Preview("xn--4n8ha")
    assert read_path("/👍🏽") == read_path("/👍") == Follow("xn--yp8h")
    assert all(read_path(path) is None for path in ("/🐍a", "🐍", "/🐍++", "/" + "🐍" * 16))


def test_reserved_paths_are_those_that_no_link_can_have() -> None:
    """Both services know the same list, though neither imports the other; letter case does not matter."""
    assert paths.RESERVED == codes.RESERVED
    assert all(paths.is_reserved(path) for path in ("/api", "/API/v1/links", "/.well-known/x", "/stats/"))
    assert not any(paths.is_reserved(path) for path in ("/", "/apis", "/abc/api", "//api"))
