"""S2: a stored destination is one ASCII line without raw control characters; escaped ones pass byte for byte."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from services.common import errors
from tests.support.links_service import Links, running_links

CONTROLS = [*map(chr, range(0x20)), "\x7f", "\x80", "\x85", "\x9f"]


@pytest.fixture
async def links(links_database: str, valkey_url: str) -> AsyncIterator[Links]:
    """Run links."""
    async with running_links(links_database, valkey_url) as running:
        yield running


async def test_raw_control_characters_are_refused_wherever_they_stand(links: Links) -> None:
    """Path, query, fragment, host; and escaped NULs, which programs in C take for an end."""
    for piece in (*CONTROLS, "%00"):
        for url in (
            f"http://example.com/a{piece}b",
            f"http://example.com/?a={piece}",
            f"http://example.com/#{piece}",
            f"http://exam{piece}ple.com/",
            f"http://example.com/{piece}",
        ):
            with pytest.raises(errors.InvalidArgument):
                await links.create(url)


async def test_escaped_control_characters_pass_byte_for_byte(links: Links) -> None:
    """Messages for chat programs have lines; in a host they are refused as ever."""
    for control in CONTROLS[1:]:
        for piece in {quote(control), quote(control).lower(), f"%{ord(control):02X}"}:
            for url in (
                f"http://example.com/a{piece}b",
                f"http://example.com/?a={piece}",
                f"http://example.com/#{piece}",
            ):
                link = await links.create(url, expired_destination=url)
                assert (link.destination, link.expired_destination) == (url, url)
                assert (await links.resolve(link.code)).resolution.destination == url
        with pytest.raises(errors.InvalidArgument):
            await links.create(f"http://exam{quote(control)}ple.com/")


async def test_header_injection_does_not_get_in(links: Links) -> None:
    """The classic: a second header or a body behind the location."""
    for url in (
        "http://example.com/\r\nSet-Cookie: a=b",
        "http://example.com/\r\n\r\n<script>",
        "http://example.com/\n",
        "\nhttp://example.com/",
    ):
        with pytest.raises(errors.InvalidArgument):
            await links.create(url)


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://bücher.example/ä ö?ü=ß#€", "https://xn--bcher-kva.example/%C3%A4%20%C3%B6?%C3%BC=%C3%9F#%E2%82%AC"),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("http://example.com/\u2028\u202e", "http://example.com/%E2%80%A8%E2%80%AE"),
        ("http://example.com/%0d%0aSet-Cookie:%20a=b", "http://example.com/%0d%0aSet-Cookie:%20a=b"),
        ("http://example.com/%250d%250a", "http://example.com/%250d%250a"),
        (
            "http://Example.COM/%7Euser/./../?a=%zz&b=[c]|d^e`\"<>'",
            "http://Example.COM/%7Euser/./../?a=%zz&b=[c]|d^e`\"<>'",
        ),
    ],
)
async def test_location_is_ascii_and_else_what_was_given(links: Links, url: str, location: str) -> None:
    """IDN as punycode, foreign letters and spaces encoded, all else byte for byte."""
    link = await links.create(url)
    assert link.destination == location
    assert (await links.resolve(link.code)).resolution.destination == location
