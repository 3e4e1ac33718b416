"""From the parameters by which Bitly's calls name links to ours."""

import pytest

from gateway.compat.bitly.errors import Failure
from gateway.compat.bitly.links import parse
from gateway.compat.bitly.links.parse import ShortLink
from linkmeter.compat.bitly.v3 import bitly_pb2
from services.common import emoji_codes


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("http://bit.ly/1234", ShortLink("bit.ly", "1234")),
        ("https://BIT.ly/aBc-_9?x=1#y", ShortLink("bit.ly", "aBc-_9")),
        ("bit.ly/1234", ShortLink("bit.ly", "1234")),
        ("http://localhost:8080/1234/", ShortLink("localhost", "1234")),
        ("http://bit.ly/1234+", ShortLink("bit.ly", "1234")),
        ("http://bit.ly./1234", ShortLink("bit.ly", "1234")),
    ],
)
def test_short_links_are_host_and_code(text: str, link: ShortLink) -> None:
    """Scheme, port, query, fragment and the plus sign of the information page do not matter."""
    assert parse.link(text) == link


@pytest.mark.parametrize(
    "text", ["1234", "http://bit.ly/", "http://bit.ly/a/b", "ftp://bit.ly/1234", "http://[bad/1", "javascript:alert(1)"]
)
def test_what_is_no_short_link_is_refused(text: str) -> None:
    """The answer is the same as for a link that is not there."""
    with pytest.raises(Failure, match="INVALID_ARG_LINK"):
        parse.link(text)


def test_link_is_required() -> None:
    """An empty link is a missing one."""
    with pytest.raises(Failure, match="MISSING_ARG_LINK"):
        parse.link(" ")


def test_items_by_repetition_and_by_commas() -> None:
    """node-bitly repeats the parameter, hpatoio joins it by commas; the answer refers to each as it was written."""
    request = bitly_pb2.LinksRequest(short_url=["http://bit.ly/a,http://bit.ly/b", "http://bit.ly/c"], hash=["d,e"])
    found = parse.items_of(request)
    assert [(item.key, item.text) for item in found] == [
        ("short_url", "http://bit.ly/a"),
        ("short_url", "http://bit.ly/b"),
        ("short_url", "http://bit.ly/c"),
        ("hash", "d"),
        ("hash", "e"),
    ]
    assert found[3].link == ShortLink("", "d")


def test_no_more_than_fifteen_items() -> None:
    """Short URLs and hashes are counted together."""
    with pytest.raises(Failure, match="INVALID_ARG_HASH"):
        parse.items_of(bitly_pb2.LinksRequest(short_url=["http://bit.ly/a"] * 8, hash=["b"] * 8))
    with pytest.raises(Failure, match="MISSING_ARG_SHORTURL"):
        parse.items_of(bitly_pb2.LinksRequest())


def test_destinations_keep_their_commas() -> None:
    """Only a comma that another address follows parts two."""
    texts = ["http://a.example/1,2", "http://b.example/,https://c.example/?d=e,f"]
    assert parse.destinations(texts) == [
        "http://a.example/1,2",
        "http://b.example/",
        "https://c.example/?d=e,f",
    ]


def test_destination_is_the_first_that_is_given() -> None:
    """LongUrl goes before uri; both are texts of at most 2048 characters."""
    assert parse.destination("", " http://a.example/ ") == "http://a.example/"
    with pytest.raises(Failure, match="MISSING_ARG_URI"):
        parse.destination("", "")
    with pytest.raises(Failure, match="INVALID_URI"):
        parse.destination("http://a.example/" + "a" * 2048)


@pytest.mark.parametrize("path", ["❤", "❤️", "%E2%9D%A4%EF%B8%8F", "❤️+"])
def test_emojis_are_a_code_in_any_spelling(path: str) -> None:
    """As a short URL and as a hash."""
    code = emoji_codes.code_of("❤") or ""
    assert parse.short_link(f"https://sho.rt/{path}") == ShortLink("sho.rt", code)
    request = bitly_pb2.LinksRequest(hash=[path.removesuffix("+")])
    assert parse.item_of(request).link == ShortLink("", code)
