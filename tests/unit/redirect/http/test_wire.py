"""Answers as bytes."""

import pytest

from services.redirect.http import wire
from services.redirect.response import Response, plain, redirect


def lines(response: Response, *, with_body: bool = True, connection: bytes = b"") -> list[str]:
    """Return the lines of a head, and the body as the last one."""
    head, _, body = wire.encode(response, with_body=with_body, connection=connection).decode().partition("\r\n\r\n")
    return [line for line in head.split("\r\n") if not line.startswith("date: ")] + [body]


def test_a_redirect_is_its_headers() -> None:
    """No body; the length says so."""
    assert lines(redirect(302, "https://example.com/")) == [
        "HTTP/1.1 302 Found",
        "location: https://example.com/",
        "cache-control: private, no-store",
        "x-robots-tag: noindex, nofollow",
        "content-length: 0",
        "",
    ]


@pytest.mark.parametrize(
    ("destination", "location"),
    [
        ("https://e.example/a|b{c}^d?e=`f`#<g>", "https://e.example/a%7Cb%7Bc%7D%5Ed?e=%60f%60#%3Cg%3E"),
        ("https://e.example/a%7Cb?c=%0D%0A&d[]='e'\\", "https://e.example/a%7Cb?c=%0D%0A&d[]='e'\\"),
        ("https://[::1]:80/", "https://[::1]:80/"),
    ],
)
def test_a_location_holds_what_strict_clients_read(destination: str, location: str) -> None:
    """S2: what RFC 3986 allows nowhere is escaped, and nothing else is changed."""
    assert f"location: {location}" in lines(redirect(302, destination))


def test_a_head_tells_the_length_of_what_a_get_would_bring() -> None:
    """RFC 9110; in bytes, not in characters."""
    assert lines(plain(200, "ä\n"), with_body=False)[-2:] == ["content-length: 3", ""]
    assert lines(plain(200, "ä\n"))[-2:] == ["content-length: 3", "ä\n"]


def test_204_has_no_length() -> None:
    """RFC 9110."""
    assert lines(Response(204)) == ["HTTP/1.1 204 No Content", ""]


def test_the_last_answer_says_so_and_the_next_does_not() -> None:
    """What is kept of an answer does not hold what belongs to one connection."""
    response = redirect(301, "https://example.com/")
    assert "connection: close" in lines(response, connection=wire.CLOSE)
    assert "connection: close" not in lines(response)


@pytest.mark.parametrize("value", ["a\r\nset-cookie: b", "a\nb", "a\0", "a\x7f"])
def test_a_header_is_one_line(value: str) -> None:
    """Whatever came before, the answer is not written otherwise."""
    with pytest.raises(ValueError, match="printable"):
        wire.encode(Response(302, [("location", value)]), with_body=True)
