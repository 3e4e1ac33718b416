"""Where links may lead."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.common import hosts
from services.common.errors import InvalidArgument
from services.links.domain import destination

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@given(st.text(alphabet=PRINTABLE, max_size=60))
@example("%zz%")
@example("a'b\"<>`{|}\\^")
def test_ascii_destinations_stay_byte_for_byte(rest: str) -> None:
    """What is ASCII already is not touched, however odd."""
    assume("%00" not in rest)
    url = f"https://Example.com/{rest}"
    assert destination.parse(url).url == url


@given(st.text(max_size=80))
def test_every_accepted_destination_is_one_printable_ascii_line(text: str) -> None:
    """Whatever is accepted can be a Location header, and is accepted again as it is."""
    for candidate in (text, f"http://example.com/{text}", f"http://{text}/", f"{text}http://example.com"):
        try:
            parsed = destination.parse(candidate)
        except InvalidArgument:
            continue
        assert parsed.url.isascii()
        assert parsed.url.isprintable()
        assert " " not in parsed.url
        assert urlsplit(parsed.url).scheme in ("http", "https")
        assert destination.parse(parsed.url) == parsed


@pytest.mark.parametrize(
    ("given_url", "stored"),
    [
        ("https://münchen.de/straße?q=ä#ö", "https://xn--mnchen-3ya.de/stra%C3%9Fe?q=%C3%A4#%C3%B6"),
        ("http://example.com/a b", "http://example.com/a%20b"),
        ("  http://example.com/ ", "http://example.com/"),
        ("HTTPS://EXAMPLE.COM:443/%7e", "HTTPS://EXAMPLE.COM:443/%7e"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:DB8::1]:8080/"),
        ("https://i❤.ws/", "https://xn--i-7iq.ws/"),
        ("https://xn--i-7iq.ws/", "https://xn--i-7iq.ws/"),
        ("http://x_y.example/", "http://x_y.example/"),
        ("http://example.com?q#f", "http://example.com?q#f"),
        ("https://faß.de", "https://xn--fa-hia.de"),
    ],
)
def test_destinations_are_normalised(given_url: str, stored: str) -> None:
    """IDN becomes punycode, spaces and foreign letters are encoded, the rest stays."""
    assert destination.parse(given_url).url == stored


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "/path",
        "http:",
        "http://",
        "http:///path",
        "http:example.com",
        "http:/example.com",
        "http:\\\\example.com",
        "http://example.com\\@own.example/",
        "http://?q",
        "http://:80/",
        "http://example.com:65536/",
        "http://example.com:8o/",
        "http://example.com:80:80/",
        "http://exa mple.com/",
        "http://exa%6Dple.com/",
        "http://[::1/",
        "http://[::g]/",
        "http://[fe80::1%25eth0]/",
        "http://256.0.0.1/",
        "http://1.2.3.4.5/",
        "http://a..b/",
        "http://.../",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 127 + "example/",
        "http://xn--short-.example/",
        "http\u017f://example.com/",
        "http://example.com/\ud800",
        "https://https://example.com/",
        "http://https://example.com/",
        "HTTPS://HTTP://example.com/",
        "https://http//example.com/",
        "https://https:443//example.com/",
        "https://http./example.com/",
    ],
)
def test_what_is_no_absolute_web_address_is_refused(url: str) -> None:
    """Whatever browsers might read in two ways is refused."""
    with pytest.raises(InvalidArgument) as caught:
        destination.parse(url)
    assert caught.value.field == "link.destination"


def test_length_is_limited_in_bytes_as_stored() -> None:
    """8192 bytes pass, one more does not, and foreign letters count as they are encoded."""
    head = "https://example.com/"
    assert len(destination.parse(head + "a" * (8192 - len(head))).url) == 8192
    for too_long in (head + "a" * (8193 - len(head)), head + "ä" * 2000):
        with pytest.raises(InvalidArgument):
            destination.parse(too_long)


@pytest.mark.parametrize(
    "spelling",
    [
        "sho.rt",
        "SHO.RT",
        "sho.rt.",
        "\uff53\uff48\uff4f\uff0e\uff52\uff54",
        "sho。rt",
        "s\u00adho.rt",
    ],
)
def test_spellings_of_a_host_are_one(spelling: str) -> None:
    """Case, trailing dot, full width and ignorable letters make no other host."""
    assert hosts.canonical(spelling) == "sho.rt"


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"]
)
def test_spellings_of_an_address_are_one(spelling: str) -> None:
    """Browsers read them all as the same address, so do we."""
    assert hosts.canonical(spelling) == "127.0.0.1"


def test_punycode_and_its_letters_are_one_host() -> None:
    """A name in punycode equals the name in letters, in any case."""
    assert hosts.canonical("MÜNCHEN.de") == hosts.canonical("XN--MNCHEN-3YA.de") == "xn--mnchen-3ya.de"


@given(st.text(max_size=30))
def test_canonical_hosts_stay_as_they_are(text: str) -> None:
    """The one spelling of the one spelling is itself."""
    try:
        known = hosts.canonical(text)
    except ValueError:
        return
    assert hosts.canonical(known) == known


CONTROLS = st.integers(min_value=0, max_value=0x9F).filter(lambda number: number < 0x20 or number > 0x7E)


@given(CONTROLS)
def test_raw_control_characters_are_refused(number: int) -> None:
    """A control character is refused wherever it stands, and so is an escaped NUL."""
    for piece in (chr(number), "%00"):
        for url in (f"http://example.com/{piece}", f"http://example.com/?q={piece}", f"http://example.com/#{piece}"):
            with pytest.raises(InvalidArgument):
                destination.parse(url)


@given(CONTROLS.filter(lambda number: number > 0))
def test_escaped_control_characters_stay(number: int) -> None:
    """An escaped byte splits no header: as UTF-8 or alone, in either case, byte for byte."""
    for piece in (quote(chr(number)), quote(chr(number)).lower(), f"%{number:02X}"):
        for url in (f"http://example.com/{piece}", f"http://example.com/?q={piece}x", f"http://example.com/#{piece}"):
            assert destination.parse(url).url == url


def test_names_that_begin_like_a_scheme_pass() -> None:
    """Only a scheme in the place of the whole host is a slip of the hand."""
    for url in ("https://https.example/", "https://http-status.example/", "https://example.com/https://other.example/"):
        assert destination.parse(url).url == url
