"""One HTTP/2 connection over a real socket, with a clock of our own and a client that is not ours."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from services.redirect.http.first_bytes import SECONDS, FirstBytes
from services.redirect.http.http2 import framing
from services.redirect.http.http2.connection import IDLE_SECONDS
from services.redirect.http.http2.session import BODY_SECONDS
from services.redirect.response import Response
from tests.support.holding_server import PAGE, HoldingServer
from tests.support.http2_client import Http2Client
from tests.support.wait import eventually

GET = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"


class Wire:
    """A client at the other end of a socket."""

    def __init__(self, server: HoldingServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.client = Http2Client()
        self.writer = writer
        self._reader = reader
        # How many pieces came: one for each write, as long as they are small.
        self.pieces = 0

    async def until(self, condition: Callable[[], object]) -> None:
        """Talk until something holds, or the server closes the connection."""
        self.writer.write(self.client.take())
        while not condition():
            data = await self._reader.read(1_000_000)
            if not data:
                break
            self.pieces += 1
            self.client.receive(data)
            self.writer.write(self.client.take())
        assert condition()

    async def frames(self) -> list[framing.Frame]:
        """Return what the server sends until it closes the connection."""
        return [*framing.FrameReader(100_000).feed(framing.PREFACE + await self._reader.read())]

    async def closed(self) -> None:
        """Talk until the server closes the connection."""
        while data := await self._reader.read(1_000_000):
            self.client.receive(data)


@asynccontextmanager
async def connected() -> AsyncIterator[Wire]:
    """Connect a client."""
    server = HoldingServer()
    listener = await asyncio.get_running_loop().create_server(lambda: FirstBytes(server), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    try:
        yield Wire(server, reader, writer)
    finally:
        writer.transport.abort()
        listener.close()


async def test_what_belongs_together_is_sent_together() -> None:
    """Fifty requests of one read are answered by one write."""
    async with connected() as wire:
        wire.server.pages.page = ""
        await wire.until(lambda: wire.client.connection.remote_settings.max_concurrent_streams == 100)
        pieces = wire.pieces
        for number in range(50):
            wire.client.ask(f"/{number}")
        await wire.until(lambda: len(wire.client.ended()) == 50)
        assert wire.pieces == pieces + 1
        assert wire.server.pages.asked == [f"/{number}" for number in range(50)]


async def test_pages_and_heads_of_pages_come_whole() -> None:
    """More than the first window of the connection lets through, and nothing to a HEAD."""
    async with connected() as wire:
        wire.client.connection.increment_flow_control_window(1_000_000)
        streams = [wire.client.ask(f"/{number}") for number in range(30)]
        head = wire.client.ask(method="HEAD")
        await wire.until(lambda: len(wire.client.ended()) == 31)
        assert {wire.client.body(stream) for stream in streams} == {PAGE.encode()}
        assert wire.client.body(head) == b""


@pytest.mark.parametrize("cut", range(len(framing.PREFACE) + 1))
async def test_the_preface_may_come_in_pieces(cut: int) -> None:
    """Nothing is chosen before it is clear."""
    async with connected() as wire:
        wire.client.ask()
        data = wire.client.take()
        wire.writer.write(data[:cut])
        await asyncio.sleep(0.001)
        wire.writer.write(data[cut:])
        await wire.until(lambda: wire.client.statuses() == {1: 200})


@pytest.mark.parametrize(
    "pieces", [[GET], [b"G", GET[1:]], [b"PR", b"OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n"], [b"\r\n" + GET]]
)
async def test_what_is_no_preface_is_http_1(pieces: list[bytes]) -> None:
    """Also when it begins like one."""
    async with connected() as wire:
        for piece in pieces:
            wire.writer.write(piece)
            await asyncio.sleep(0.001)
        await eventually(lambda: wire.server.pages.asked)


async def test_who_says_nothing_is_disconnected() -> None:
    """Before the preface and within it, and with half a frame."""
    for beginning in (b"", framing.PREFACE[:10], framing.PREFACE, framing.PREFACE + b"\0\0"):
        async with connected() as wire:
            await eventually(functools.partial(bool, wire.server.connections))
            wire.writer.write(beginning)
            await asyncio.sleep(0.01)
            wire.server.wait(max(SECONDS, IDLE_SECONDS) - 1)
            assert wire.server.connections
            wire.server.wait(1)
            await eventually(wire.server.is_alone)


async def test_a_connection_that_rests_is_ended_in_order() -> None:
    """The client is told that its last request was served; one that is used is kept."""
    async with connected() as wire:
        wire.client.ask()
        await wire.until(lambda: wire.client.ended() == {1})
        wire.server.wait(IDLE_SECONDS - 1)
        wire.client.ask()
        await wire.until(lambda: wire.client.ended() == {1, 3})
        wire.server.wait(IDLE_SECONDS - 1)
        wire.server.wait(1)
        await wire.closed()
        assert wire.client.goodbyes() == [framing.NO_ERROR]


async def test_a_body_that_does_not_end_is_answered() -> None:
    """S21: late, and without an end of the connection."""
    async with connected() as wire:
        wire.client.connection.send_headers(
            1, [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/abc")]
        )
        wire.client.ask("/other")
        await wire.until(lambda: wire.client.ended() == {3})
        wire.server.wait(BODY_SECONDS)
        await wire.until(lambda: wire.client.ended() == {1, 3})


async def test_a_client_that_does_not_read_is_answered_no_further_and_disconnected() -> None:
    """S21: what it asks for piles up to a bound, and its connection ends."""
    async with connected() as wire:
        wire.writer.write(wire.client.take() + framing.window_frame(0, framing.MOST_WINDOW - framing.WINDOW))
        pings = framing.frame(framing.PING, 0, 0, b"12345678") * 60_000
        for _ in range(40):
            wire.writer.write(pings)
        # More than the systems keep in between stays with us, however long we wait.
        await asyncio.sleep(0.5)
        assert wire.writer.transport.get_write_buffer_size() > len(pings)
        wire.server.wait(IDLE_SECONDS)
        await eventually(wire.server.is_alone)


async def test_leaving_tells_who_rests_and_waits_for_who_is_owed() -> None:
    """R6: nothing is cut off, and nobody is left to find a closed door."""
    async with connected() as wire:
        held = wire.server.pages.held
        wire.client.ask()
        await wire.until(lambda: wire.client.ended() == {1})
        wire.server.pages.is_holding = True
        wire.client.ask("/slow")
        wire.writer.write(wire.client.take())
        await eventually(lambda: held)
        (connection,) = wire.server.connections
        wire.server.is_leaving = True
        connection.leave()
        connection.finish()
        late = framing.frame(framing.HEADERS, 5, 5, bytes.fromhex("828684410161"))
        wire.writer.write(late)
        await eventually(lambda: len(held) == 2)
        for deliver in held:
            deliver(Response(204))
        connection.finish()
        # Hyper-h2 takes a first GOAWAY for the end.
        frames = [(kind, stream, payload) for kind, _, stream, payload in await wire.frames()]
        goodbyes = [int.from_bytes(payload[:4]) for kind, _, payload in frames if kind == framing.GOAWAY]
        assert goodbyes == [framing.MOST_WINDOW, 5]
        assert [stream for kind, stream, _ in frames if kind == framing.HEADERS] == [3, 5]
        assert wire.server.is_alone()


async def test_a_broken_connection_ends_and_says_why() -> None:
    """The code is the client's to log."""
    async with connected() as wire:
        wire.client.ask()
        await wire.until(lambda: wire.client.ended() == {1})
        wire.writer.write(framing.frame(framing.HEADERS, 5, 3, b"\x80"))
        await wire.closed()
        assert wire.client.goodbyes() == [framing.COMPRESSION_ERROR]
        assert wire.server.pages.asked == ["/abc"]
