"""Promise S21: connections that say nothing are let go, and others keep connecting."""

import asyncio
import time
from collections.abc import Iterator

import httpx
import pytest

from gateway.envoy.render import render
from gateway.envoy.settings import read_settings
from tests.support.edge import Edge, running_edge
from tests.support.holding import Silent, allow_many_files
from tests.unit.gateway.test_envoy_config import REQUIRED

_SILENT = 10_000
_AT_ONCE = 250


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Run a gateway of its own, for its connections are counted."""
    allow_many_files()
    with running_edge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


async def test_silent_connections_shut_nobody_out(edge: Edge) -> None:
    """While ten thousand say nothing, others connect and are answered; the silent ones are ended by the gateway."""
    silent = Silent()
    began = time.monotonic()
    try:
        for _ in range(_SILENT // _AT_ONCE):
            await silent.connect(edge.port, _AT_ONCE, "127.0.0.3")
            assert await _is_served(edge)
        assert await _is_served(edge)
        async with asyncio.timeout(60):
            await silent.ended()
    finally:
        silent.close()
    # The first after ten seconds, the last ten after it came; generous to a busy machine.
    assert time.monotonic() - began < 60
    assert await _is_served(edge)


async def test_half_a_word_does_not_count(edge: Edge) -> None:
    """Nor does a beginning that never becomes a request."""
    silent = Silent()
    try:
        await silent.connect(edge.port, 50, "127.0.0.3", b"GE")
        await silent.connect(edge.port, 50, "127.0.0.3", b"GET / HTTP/1.1\r\nhost: x\r\n")
        await silent.connect(edge.port, 50, "127.0.0.3", b"PRI * HTTP/2.0\r\n\r\n")
        async with asyncio.timeout(60):
            await silent.ended()
    finally:
        silent.close()


def test_a_proxy_in_front_keeps_its_connections() -> None:
    """Directly at the world a connection rests for half a minute; behind a proxy longer than any proxy keeps it."""
    assert '"30s"' in render(read_settings(REQUIRED))
    assert '"620s"' in render(read_settings(REQUIRED | {"LINKMETER_TRUSTED_HOPS": "1"}))


async def _is_served(edge: Edge) -> bool:
    async with httpx.AsyncClient(base_url=edge.url, timeout=30, trust_env=False) as client:
        return (await client.get("/v1/links/5")).status_code == 200
