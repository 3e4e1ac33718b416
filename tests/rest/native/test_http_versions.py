"""Old HTTP, and wishes to speak something newer, are served as HTTP/1.1 is."""

from pathlib import Path

import pytest

from tests.support.edge import Edge, Services, running_edge

# One path of every kind: native, each dialect, documentation, health, redirect.
PATHS = [
    b"/v1/links/5",
    b"/api/links/abc",
    b"/statistics/link/5",
    b"/api/v1/urls",
    b"/v3/user/info",
    b"/openapi.json",
    b"/healthz",
    b"/readyz",
    b"/abc",
]


@pytest.mark.parametrize("path", PATHS)
async def test_http_1_0_is_served(edge: Edge, path: bytes) -> None:
    """A request of HTTP/1.0 is answered, and the connection ends behind the answer."""
    answer = await edge.raw(b"GET " + path + b" HTTP/1.0\r\nhost: sho.rt\r\n\r\n")
    status_line, _, head = answer.partition(b"\r\n")
    assert status_line == b"HTTP/1.0 200 OK"
    assert b"connection: close" in head
    assert b"transfer-encoding" not in head


async def test_a_body_arrives_over_http_1_0(edge: Edge, services: Services) -> None:
    """Writing works, too."""
    body = b'{"destination": "https://example.com/"}'
    head = b"POST /v1/links HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    assert (await edge.raw(head + body)).startswith(b"HTTP/1.0 200 OK\r\n")
    assert services.only_call.request.link.destination == "https://example.com/"


async def test_errors_are_answered_over_http_1_0(edge: Edge) -> None:
    """What is refused is refused in the surface's words, as over HTTP/1.1."""
    answer = await edge.raw(b"GET /v1/nope HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 404 Not Found\r\n")
    assert b"content-type: application/json" in answer


async def test_without_host_the_installation_is_meant(tmp_path: Path) -> None:
    """HTTP/1.0 has no Host: then the links are those of the installation's own domain."""
    with running_edge(tmp_path, default_host="sho.rt") as edge:
        await edge.raw(b"GET /abc HTTP/1.0\r\n\r\n")
        await edge.raw(b"GET /abc HTTP/1.0\r\nhost: own.example\r\n\r\n")
        hosts = [visit.headers["x-original-host"] for visit in edge.services.visits]
    assert hosts == ["sho.rt", "own.example"]


async def test_http_1_1_needs_a_host(edge: Edge, services: Services) -> None:
    """Only HTTP/1.0 may leave it out."""
    assert (await edge.raw(b"GET /abc HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    assert services.visits == []


@pytest.mark.parametrize("token", [b"TLS/1.2", b"h2c", b"websocket", b"HTTP/2.0, foo/1", b"x"])
@pytest.mark.parametrize("path", PATHS)
async def test_upgrades_are_passed_over(edge: Edge, path: bytes, token: bytes) -> None:
    """Who would rather speak another protocol is answered in HTTP/1.1, whichever it is."""
    headers = b"host: sho.rt\r\nconnection: Upgrade, HTTP2-Settings\r\nhttp2-settings: AAMAAABk\r\nupgrade: " + token
    assert (await edge.raw(b"GET " + path + b" HTTP/1.1\r\n" + headers + b"\r\n\r\n")).startswith(
        b"HTTP/1.1 200 OK\r\n"
    )
    assert all("upgrade" not in visit.headers for visit in edge.services.visits)
