"""S14 on redirects: what is too large is refused or cut, and nothing stalls."""

import asyncio
from pathlib import Path

from tests.support.redirect import BROWSER, running_redirect
from tests.support.redirect_doubles import HOST
from tests.support.wait import eventually

KIB = 1024
FORM = {"content-type": "application/x-www-form-urlencoded"}


async def test_a_huge_user_agent_is_cut_in_the_click(tmp_path: Path) -> None:
    """What passes the server's limit arrives with 512 bytes."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        assert (await system.get("/abc", headers={"user-agent": "a" * 32 * KIB})).status_code == 302
        await eventually(lambda: system.analytics.clicks)
        assert system.analytics.clicks[0].user_agent == "a" * 512


async def test_a_header_of_many_kilobytes_is_431_or_served(tmp_path: Path) -> None:
    """Neither crash nor stall: the next visitor is served at once."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        for size in (64, 256, 1024):
            header = b"X-Large: " + b"a" * size * KIB
            lines = [b"GET /abc HTTP/1.1", b"Host: " + HOST.encode(), header, b"Connection: close", b"", b""]
            answer = await system.raw(b"\r\n".join(lines))
            assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 302")) or answer == b""
        assert (await system.get("/abc")).status_code == 302


async def test_many_headers_are_431(tmp_path: Path) -> None:
    """A thousand small ones."""
    async with running_redirect(tmp_path) as system:
        headers = b"".join(b"X-%d: a\r\n" % number for number in range(1000))
        answer = await system.raw(b"GET /abc HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 431")


async def test_a_long_path_and_query_lead_nowhere_or_are_cut(tmp_path: Path) -> None:
    """A long code is 404; a long query is cut in the click."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        assert (await system.get("/" + "a" * 16 * KIB)).status_code == 404
        assert (await system.get("/abc?" + "q" * 16 * KIB)).status_code == 302
        await eventually(lambda: system.analytics.clicks)
        assert len(system.analytics.clicks[0].query) == 2048


async def test_a_megabyte_of_body_is_413_where_a_body_is_read(tmp_path: Path) -> None:
    """With a length or in chunks; elsewhere it is thrown away."""
    async with running_redirect(tmp_path) as system:
        system.links.add("guarded", password_version="1")
        body = b"password=" + b"x" * KIB * KIB
        assert (await system.client.post("/guarded", content=body, headers=FORM)).status_code == 413

        async def chunks() -> object:
            for _ in range(64):
                yield b"x" * 16 * KIB

        chunked = await system.client.post("/guarded", content=chunks(), headers=FORM)  # type: ignore[arg-type]
        assert chunked.status_code == 413
        assert system.links.guesses == []
        assert (await system.client.put("/guarded", content=body)).status_code == 405
        assert (await system.get("/guarded")).status_code == 401


async def test_visitors_who_say_nothing_hold_up_nobody(tmp_path: Path) -> None:
    """A thousand half-sent requests beside one whole."""
    async with running_redirect(tmp_path) as system:
        system.links.add("abc")
        host, _, port = system.http_address.rpartition(":")
        idle = [await asyncio.open_connection(host, int(port)) for _ in range(1000)]
        for _, writer in idle:
            writer.write(f"GET /abc HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: {BROWSER}\r\n".encode())
        assert (await system.get("/abc")).status_code == 302
        for _, writer in idle:
            writer.close()
