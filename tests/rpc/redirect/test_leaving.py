"""What redirect does between SIGTERM and its end, with the real process."""

import asyncio
from pathlib import Path

import pytest

from tests.support.redirect import running_redirect
from tests.support.wait import eventually, promised


async def test_a_leaving_process_answers_while_it_tells_proxies_to_go(tmp_path: Path) -> None:
    """R6: for the time of LINKMETER_DRAIN_SECONDS its health says no, and redirects are answered and counted."""
    async with running_redirect(tmp_path, DRAIN_SECONDS="5") as system:
        system.links.add("abc")
        stopping = asyncio.create_task(system.stop())

        async def is_leaving() -> bool:
            return (await system.get("/healthz")).status_code == 503

        await eventually(is_leaving)
        assert (await system.get("/abc?last")).status_code == 302
        await stopping
        assert system.analytics.followed()["last"] == 1


async def test_a_connection_that_is_used_is_told_before_it_ends(tmp_path: Path) -> None:
    """R6: the last answer says that it is; no request finds a closed door."""
    async with running_redirect(tmp_path, DRAIN_SECONDS="2") as system:
        system.links.add("abc")
        host, _, port = system.http_address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        stopping = asyncio.create_task(system.stop())
        head = b""
        while b"connection: close" not in head:
            writer.write(b"GET /abc HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 302")
        assert not stopping.done()
        assert await reader.read() == b""
        writer.close()
        await stopping


@pytest.mark.measured
async def test_without_a_setting_it_goes_at_once(tmp_path: Path) -> None:
    """A single process keeps nobody waiting for its end."""
    async with running_redirect(tmp_path) as system:
        async with asyncio.timeout(promised(1)):
            await system.stop()
