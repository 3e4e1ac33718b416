"""PostgreSQL that is not there, or not ready."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from linkmeter.gateway.authz.v3 import ext_authz_pb2
from services.common import errors
from services.common.hosts import OwnHosts, PublicUrl
from services.links.commands.migrate import MIGRATIONS
from services.links.settings import SCHEMA
from services.runtime import postgres
from tests.support.links_service import API_KEY, OWNER_ID, Links, running_links
from tests.support.wait import eventually

SERVING = health_pb2.HealthCheckResponse.SERVING


class Gate:
    """A door before PostgreSQL that a test opens and shuts, as an outage would."""

    def __init__(self, url: str) -> None:
        matched = re.fullmatch(r"(.*@)([^:/]+):(\d+)(/.*)", url)
        assert matched
        self._before, self._host, self._port, self._after = matched.groups()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """The database, through the door."""
        return f"{self._before}127.0.0.1:{self.port}{self._after}"

    async def open(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Cut all connections and refuse new ones."""
        assert self._server
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(self._host, int(self._port))
        self._writers |= {writer, inner_writer}
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()


@asynccontextmanager
async def gate_before(url: str) -> AsyncIterator[Gate]:
    """Put an open door before a database."""
    gate = Gate(url)
    await gate.open()
    try:
        yield gate
    finally:
        await gate.shut()


async def health(links: Links) -> int:
    """Ask for the service's health."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{links.server.port}") as channel:
        request = health_pb2.HealthCheckRequest(service="linkmeter.links.v1.LinkService")
        stub: Any = health_pb2_grpc.HealthStub(channel)
        return int((await stub.Check(request)).status)


async def test_outage_is_unavailable_and_ends_by_itself(links_database: str, valkey_url: str) -> None:
    """R4: without PostgreSQL every call is UNAVAILABLE with a time to retry; back again, it works without restart."""
    async with gate_before(links_database) as gate, running_links(gate.url, valkey_url) as links:
        created = await links.create()
        assert await health(links) == SERVING
        await gate.shut()
        for attempt in (links.create(), links.get(created.link_id), links.resolve("abc"), links.delete(1)):
            with pytest.raises(errors.Unavailable) as caught:
                await attempt
            assert caught.value.retry_after_seconds >= 1
        await eventually(lambda: _is_not_serving(links))
        await gate.open()
        await eventually(lambda: _is_serving(links))
        assert await links.get(created.link_id) == created


async def test_envoy_is_told_of_an_outage(links_database: str, valkey_url: str) -> None:
    """A caller whose credential cannot be checked is not refused, but asked to come again."""
    async with gate_before(links_database) as gate, running_links(gate.url, valkey_url) as links:
        await gate.shut()
        http = ext_authz_pb2.AttributeContext.HttpRequest(headers={"authorization": f"Bearer {API_KEY}"})
        request = ext_authz_pb2.AttributeContext.Request(http=http)
        answer = await links.authorization.Check(
            ext_authz_pb2.CheckRequest(attributes=ext_authz_pb2.AttributeContext(request=request))
        )
    assert answer.denied_response.status.code == 503
    assert "retry-after" in {header.header.key for header in answer.denied_response.headers}


async def test_service_starts_before_its_database_is_ready(postgres_url: str, valkey_url: str) -> None:
    """Started too early it waits, unhealthy, and serves as soon as the tables are there."""
    async with running_links(postgres_url, valkey_url) as links:
        assert await health(links) != SERVING
        await postgres.migrate(postgres_url, SCHEMA, MIGRATIONS)
        await eventually(lambda: _is_serving(links))
        assert (await links.create()).domain == "sho.rt"


async def test_migrations_run_once_from_many_runners(postgres_url: str) -> None:
    """Several runners at once apply each migration once."""
    applied = await asyncio.gather(*(postgres.migrate(postgres_url, SCHEMA, MIGRATIONS) for _ in range(4)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, len(list(MIGRATIONS.glob("*.sql")))]


async def test_moved_public_url_takes_its_links_along(links_database: str, valkey_url: str) -> None:
    """The installation's own domain follows LINKMETER_PUBLIC_URL."""
    connection = await asyncpg.connect(links_database)
    async with running_links(links_database, valkey_url):
        pass
    await connection.execute("UPDATE links.domains SET host = 'old.example', public_url = 'http://old.example'")
    async with running_links(links_database, valkey_url) as links:
        created = await links.create(code="abc")
        assert created.short_url == "https://sho.rt/abc"
    await connection.close()


@pytest.mark.parametrize("owner_id", [0, OWNER_ID])
async def test_public_url_wins_over_a_domain_of_its_host(links_database: str, valkey_url: str, owner_id: int) -> None:
    """The operator's word: the account's domain is a claim again, and its links come back with it."""
    connection = await asyncpg.connect(links_database)
    async with running_links(links_database, valkey_url) as links:
        # Before the operator moves here.
        domain_id = await links.domain("next.rt", owner_id)
        await links.create("https://example.com/theirs", domain="next.rt", code="same")
    moved = PublicUrl.parse("https://next.rt")
    settings: dict[str, Any] = {"public_url": moved, "hosts": OwnHosts.of(moved, [])}
    async with running_links(links_database, valkey_url, **settings) as links:
        assert (await links.create("https://example.com/ours", code="same")).short_url == "https://next.rt/same"
        assert (await links.resolve("same", "next.rt")).resolution.destination == "https://example.com/ours"
        assert (await links.resolve("same", "next.rt")).domain_id == 1
    assert await connection.fetchval("SELECT domain_id FROM links.domain_claims WHERE host = 'next.rt'") == domain_id
    async with running_links(links_database, valkey_url) as links:
        assert await links.domain("next.rt", owner_id) == domain_id
        found = await links.resolve("same", "next.rt")
        assert (found.resolution.destination, found.domain_id) == ("https://example.com/theirs", domain_id)
    await connection.close()


async def _is_serving(links: Links) -> bool:
    return await health(links) == SERVING


async def _is_not_serving(links: Links) -> bool:
    return await health(links) != SERVING
