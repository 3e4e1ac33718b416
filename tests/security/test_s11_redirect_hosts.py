"""S11 on redirects: an unknown Host has no links, and no page echoes it."""

from pathlib import Path

from tests.support.redirect import running_redirect

STRANGE = [
    "evil.example",
    "localhost.evil.example",
    "evil.example:80",
    "localhost@evil.example",
    "a b",
    "local\x01host",
]


async def test_an_unknown_host_gets_404_on_redirects(tmp_path: Path) -> None:
    """The code exists on our own domain only."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        for host in STRANGE[:3]:
            response = await system.get("/abc", headers={"host": host})
            assert (response.status_code, "location" in response.headers) == (404, False), host


async def test_no_answer_echoes_the_host(tmp_path: Path) -> None:
    """Neither pages nor headers, in whatever header the host stands."""
    async with running_redirect(tmp_path, EXTRA_HOSTS="alias.example") as system:
        system.links.add("abc")
        system.links.add("guarded", password_version="1")
        for host in ("alias.example", "evil.example"):
            for path in ("/abc+", "/nope", "/guarded", "/"):
                response = await system.get(path, headers={"host": host, "x-forwarded-host": host})
                assert host not in response.text + str(response.headers)


async def test_a_malformed_host_is_no_host(tmp_path: Path) -> None:
    """400 or 404, never a redirect; HTTP/1.0, which knows no Host, asks for our own domain."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        for host in STRANGE:
            answer = await system.raw(f"GET /abc HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404")), host
        nameless = await system.raw(b"GET /abc HTTP/1.0\r\n\r\n")
        assert b"\r\nlocation: https://example.com/abc\r\n" in nameless
        assert (await system.raw(b"GET /abc HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 400")
