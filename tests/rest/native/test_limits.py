"""One client cannot take the gateway for itself."""

import asyncio

import h2.config
import h2.connection
import h2.events
import h2.settings

from tests.support.edge import Edge
from tests.support.wait import GENEROUS_SECONDS

REQUEST = [(":method", "GET"), (":path", "/v1/links/5"), (":scheme", "http"), (":authority", "sho.rt")]


async def test_streams_are_limited(edge: Edge) -> None:
    """A connection carries at most a hundred requests at once."""
    client = await Http2.connect(edge.port)
    await client.until(h2.events.RemoteSettingsChanged)
    assert client.connection.remote_settings.max_concurrent_streams == 100
    client.writer.close()


async def test_rapid_resets_end_the_connection(edge: Edge) -> None:
    """Who opens streams only to reset them is disconnected, and others are served on."""
    client = await Http2.connect(edge.port)
    await client.until(h2.events.RemoteSettingsChanged)
    is_open = True
    for _ in range(50):
        for _ in range(20):
            stream = client.connection.get_next_available_stream_id()
            client.connection.send_headers(stream, REQUEST, end_stream=True)
            client.connection.reset_stream(stream)
        is_open = await client.flush()
        if not is_open:
            break
    assert not is_open or await client.until(h2.events.ConnectionTerminated)
    client.writer.close()
    async with edge.client() as other:
        assert (await other.get("/v1/links/5")).status_code == 200


class Http2:
    """A bare HTTP/2 client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))

    @classmethod
    async def connect(cls, port: int) -> "Http2":
        """Open a connection."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        client.connection.initiate_connection()
        await client.flush()
        return client

    async def flush(self) -> bool:
        """Send what is to be sent; false when the other side has gone."""
        try:
            self.writer.write(self.connection.data_to_send())
            await self.writer.drain()
        except ConnectionError:
            return False
        return not self.reader.at_eof()

    async def until(self, kind: type[h2.events.Event]) -> bool:
        """Read until such an event, or until the connection ends, which counts as its termination."""
        async with asyncio.timeout(GENEROUS_SECONDS):
            while True:
                try:
                    data = await self.reader.read(65536)
                except ConnectionError:
                    data = b""
                if not data:
                    return kind is h2.events.ConnectionTerminated
                if any(isinstance(event, kind) for event in self.connection.receive_data(data)):
                    return True
