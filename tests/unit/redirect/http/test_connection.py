"""One connection over a real socket, with a clock of our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.redirect.http.connection import HEAD_SECONDS, Connection
from tests.support.holding_server import PAGE, HoldingServer
from tests.support.wait import eventually

GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[HoldingServer, asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect a client that reads little unless it is told to."""
    server = HoldingServer()
    listener = await asyncio.get_running_loop().create_server(lambda: Connection(server), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname(), limit=1024)
    try:
        yield server, reader, writer
    finally:
        writer.transport.abort()
        listener.close()


async def stalled(server: HoldingServer) -> int:
    """Wait until no more requests are answered; return how many were."""
    before = -1
    while len(server.pages.asked) != before:
        before = len(server.pages.asked)
        await asyncio.sleep(0.2)
    return before


async def test_a_client_that_does_not_read_is_answered_no_further() -> None:
    """S21: while answers pile up the next request is not taken, however many came at once."""
    async with connected() as (server, _, writer):
        writer.write(b"".join(GET % number for number in range(20_000)))
        assert 0 < await stalled(server) < 2_000


async def test_a_client_that_reads_at_last_gets_every_answer_in_order() -> None:
    """Nothing that was received is lost meanwhile."""
    async with connected() as (server, reader, writer):
        writer.write(b"".join(GET % number for number in range(2_000)))
        await stalled(server)
        for _ in range(2_000):
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(len(PAGE))
        assert server.pages.asked == [f"/{number}" for number in range(2_000)]


async def test_a_client_that_never_reads_is_disconnected() -> None:
    """Also one whose last answer is only half taken: waiting for it would never end."""
    for last in (b"", b"Connection: close\r\n"):
        async with connected() as (server, _, writer):
            writer.write((GET % 1) * 5_000 + b"GET /last HTTP/1.1\r\nHost: a\r\n%b\r\n" % last)
            await stalled(server)
            server.wait(HEAD_SECONDS / 2)
            await asyncio.sleep(0)
            assert server.connections
            server.wait(HEAD_SECONDS)
            await eventually(server.is_alone)


async def test_a_client_that_asked_for_its_last_answer_and_does_not_take_it_is_disconnected() -> None:
    """A page larger than what the systems keep in between."""
    async with connected() as (server, _, writer):
        server.pages.page = "x" * 16_000_000
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        await asyncio.sleep(0.2)
        assert server.connections
        server.wait(HEAD_SECONDS)
        await eventually(server.is_alone)


async def test_a_client_that_closed_its_half_gets_all_answers() -> None:
    """What it pipelined before is answered, the last one says that it is."""
    async with connected() as (_, reader, writer):
        writer.write(b"".join(GET % number for number in range(50)))
        writer.write_eof()
        answers = b""
        while part := await reader.read(1_000_000):
            answers += part
        assert answers.count(b"HTTP/1.1 200 OK") == 50
        assert answers.count(b"connection: close") <= 1
