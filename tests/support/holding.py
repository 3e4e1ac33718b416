"""Peers that hold what they have begun: connections that say nothing, calls that are never finished."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h2.config
import h2.connection

# A frame that says five bytes and brings two.
BROKEN_FRAME = b"\x00\x00\x00\x00\x05\x08\x05"
_STREAMS = 100


@asynccontextmanager
async def held_calls(
    port: int, path: str, *, connections: int, body: bytes = b"", source: str = "127.0.0.1"
) -> AsyncIterator[None]:
    """Begin a hundred gRPC calls over each of some connections, with headers and perhaps a piece of the body."""
    writers = []
    for _ in range(connections):
        _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        writers.append(writer)
        peer = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        peer.initiate_connection()
        for stream in range(1, 2 * _STREAMS, 2):
            names = {":method": "POST", ":scheme": "http", ":authority": "x", ":path": path}
            peer.send_headers(stream, [*names.items(), ("content-type", "application/grpc"), ("te", "trailers")])
            if body:
                peer.send_data(stream, body)
        writer.write(peer.data_to_send())
        await writer.drain()
    try:
        yield
    finally:
        for writer in writers:
            writer.close()


class Silent:
    """Connections that say nothing."""

    def __init__(self) -> None:
        self._writers: list[asyncio.StreamWriter] = []
        self._readers: list[asyncio.StreamReader] = []

    async def connect(self, port: int, count: int, source: str, opening: bytes = b"") -> None:
        """Open some more, each with the same beginning, if any."""
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
            self._readers.append(reader)
            self._writers.append(writer)
            if opening:
                writer.write(opening)

    async def ended(self) -> None:
        """Wait until the other side has ended all of them."""
        await asyncio.gather(*(_until_end(reader) for reader in self._readers))

    def close(self) -> None:
        """End all of them."""
        for writer in self._writers:
            writer.close()


async def _until_end(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(65536):
            pass
    except ConnectionError:
        pass


def allow_many_files() -> None:
    """Let this process have as many connections as the machine allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
