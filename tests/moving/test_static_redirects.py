"""Redirects that need no service: what stands in for which link, and nothing of a link is read as configuration."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from linkmeter.links.v1 import links_pb2
from linkmeter.moving.exporting.redirect_formats import FORMATS
from linkmeter.moving.exporting.redirect_map import RedirectMap, write_redirects
from linkmeter.moving.exporting.static_redirects import LeftOut

ACTIVE = links_pb2.LINK_STATE_ACTIVE


def link(code: str, destination: str = "https://example.com/", **fields: Any) -> links_pb2.Link:
    """Return a link that can be followed."""
    values = {"domain": "sho.rt", "redirect_status": 302, "state": ACTIVE, **fields}
    return links_pb2.Link(code=code, destination=destination, **values)


def written(server: str, *links: links_pb2.Link) -> tuple[str, RedirectMap]:
    """Return the file for a server, and what is said of it."""
    stream = io.BytesIO()
    result = write_redirects(links, FORMATS[server], stream)
    return stream.getvalue().decode(), result


def test_nginx() -> None:
    text, _ = written(
        "nginx",
        link("abc", 'https://e.com/?a=$b"\\c{d}'),
        link("ABC", redirect_status=301),
        link("x", domain="go.example:8080"),
    )
    assert text == (
        'geo $linkmeter_dollar { default "$"; }\n'
        "server {\n    listen 80;\n    server_name go.example;\n"
        '    location = "/x" { return 302 "https://example.com/"; }\n'
        "    location / { return 404; }\n}\n"
        "server {\n    listen 80;\n    server_name sho.rt;\n"
        '    location = "/ABC" { return 301 "https://example.com/"; }\n'
        '    location = "/abc" { return 302 "https://e.com/?a=${linkmeter_dollar}b\\"\\\\c{d}"; }\n'
        "    location / { return 404; }\n}\n"
    )


def test_caddy() -> None:
    text, _ = written("caddy", link("abc", "https://e.com/?a={env.HOME}&b={$HOME}"), link("🐙"))
    assert text == (
        "sho.rt {\n"
        "\tmap {path} {linkmeter_302} {\n"
        '\t\t"/abc" "https://e.com/?a=%7Benv.HOME%7D&b=%7B$HOME%7D"\n'
        '\t\t"/🐙" "https://example.com/"\n'
        '\t\tdefault ""\n\t}\n'
        '\t@linkmeter_302 not vars {linkmeter_302} ""\n'
        "\tredir @linkmeter_302 {linkmeter_302} 302\n"
        "\trespond 404\n}\n"
    )


def test_netlify() -> None:
    text, _ = written("netlify", link("abc", "https://e.com:8080/a:b?c=:splat#:d"), link("🐙"))
    assert text == (
        "https://sho.rt/abc https://e.com:8080/a%3Ab?c=%3Asplat#%3Ad 302\n"
        "https://sho.rt/%F0%9F%90%99 https://example.com/ 302\n"
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"disabled": True, "state": links_pb2.LINK_STATE_DISABLED}, LeftOut.DISABLED),
        ({"state": links_pb2.LINK_STATE_SCHEDULED}, LeftOut.SCHEDULED),
        ({"state": links_pb2.LINK_STATE_EXPIRED}, LeftOut.ENDED),
        ({"state": links_pb2.LINK_STATE_EXHAUSTED, "max_clicks": 2}, LeftOut.ENDED),
        ({"has_password": True}, LeftOut.PASSWORD),
        ({"max_clicks": 5}, LeftOut.LIMITED),
    ],
)
def test_link_that_a_file_cannot_stand_in_for_is_left_out_and_told(fields: dict[str, Any], reason: LeftOut) -> None:
    text, result = written("netlify", link("abc", **fields))
    assert text == ""
    assert dict(result.left_out) == {reason: 1}
    assert result.examples == {reason: ["sho.rt/abc"]}


def test_expired_link_leads_where_it_leads_since() -> None:
    ended: dict[str, Any] = {"state": links_pb2.LINK_STATE_EXPIRED, "expired_destination": "https://e.com/over"}
    assert written("netlify", link("abc", **ended))[0] == "https://sho.rt/abc https://e.com/over 302\n"


def test_link_that_expires_later_goes_on() -> None:
    lasting = link("abc")
    lasting.expire_time.FromDatetime(datetime(2040, 1, 1, tzinfo=UTC))
    assert written("netlify", lasting)[1].redirects == 1
