"""TLS in front of a server that has none: the embedded PostgreSQL and Valkey are built without."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.support.certificates import Folder

# What a PostgreSQL client sends first to ask for TLS, and the answer that it may begin.
_SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
_WILLING = b"S"


class Terminator:
    """Takes TLS connections on a port of its own and passes on what they hold."""

    def __init__(self, target: int, folder: Folder, *, asks_first: bool, protocols: Sequence[str]) -> None:
        self.port = 0
        # Connections whose TLS began.
        self.secured = 0
        self._target = target
        self._asks_first = asks_first
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(folder.files.certificate, folder.files.key)
        self._context.set_alpn_protocols(protocols)

    async def listen(self) -> asyncio.Server:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, AssertionError):
            if self._asks_first:
                # Who does not ask for TLS is turned away.
                assert await reader.readexactly(len(_SSL_REQUEST)) == _SSL_REQUEST
                writer.write(_WILLING)
                await writer.drain()
            await writer.start_tls(self._context)
            self.secured += 1
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))
        writer.close()


@contextmanager
def terminating_tls(
    target: int, folder: Folder, *, asks_first: bool = False, protocols: Sequence[str] = ()
) -> Iterator[Terminator]:
    """Run a terminator in a thread that agrees to one of the protocols (ALPN).

    With asks_first a client asks for TLS as PostgreSQL's do, else TLS begins at once.
    """
    terminator = Terminator(target, folder, asks_first=asks_first, protocols=protocols)
    loop = asyncio.new_event_loop()
    # Clients that refuse our certificate are what tests want; nobody has to hear of it.
    loop.set_exception_handler(lambda _loop, _context: None)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(terminator.listen(), loop).result(5)
    try:
        yield terminator
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Listen no more, and break off what is still connected."""
    server.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
