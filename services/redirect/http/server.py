"""The HTTP server of a worker."""

import asyncio
import resource
import ssl
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any, Final

from services.redirect.data_plane import DataPlane
from services.redirect.http.connection import Connection
from services.redirect.http.first_bytes import FirstBytes
from services.redirect.http.server_state import OpenConnection
from services.redirect.request_facts import RequestFactsReader
from services.runtime import addresses, log
from services.runtime.background import Background
from services.runtime.tls import LOOK_SECONDS, TlsFiles, Watched

BACKLOG: Final = 2048
# Idle ones too, so it has to be well above the proxies' pools.
CONNECTIONS: Final = 8192
CHECK_SECONDS: Final = 1.0
HANDSHAKE_SECONDS: Final = 30.0
# What proxies sent before they heard that the port is closed still arrives for so long.
LINGER_SECONDS: Final = 0.1

_logger = log.get(__name__)


class HttpServer:
    """Serves until told to stop; several workers share a port by SO_REUSEPORT, and have a Unix socket each."""

    def __init__(
        self,
        address: str,
        *,
        data_plane: DataPlane,
        facts: RequestFactsReader,
        tls: TlsFiles | None = None,
        asks_certificate: bool = False,
    ) -> None:
        self._address = address
        self._tls = tls
        self._asks_certificate = asks_certificate
        self._connections: set[OpenConnection] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._most = min(CONNECTIONS, _open_files() // 2)
        self._server: asyncio.AbstractServer | None = None
        self._background = Background()
        self.data_plane = data_plane
        self.facts = facts
        self.scheme = "https" if tls else "http"
        self.is_private = bool(addresses.unix_path(address))
        self.now = time.monotonic()
        # From then on each response is the last of its connection.
        self.is_leaving = False

    async def start(self) -> None:
        """Listen; raise OSError when the address cannot be used or the certificate not be read."""
        watched = Watched(self._tls) if self._tls else None
        self._server = await self._listen()
        self._background.every("check_connections", CHECK_SECONDS, self._check)
        if watched:
            self._background.every("renew_certificates", LOOK_SECONDS, partial(self._renew, watched))

    async def stop(self, seconds: float) -> None:
        """Accept no more connections, and wait at most so long for the responses that are owed."""
        self.begin_to_leave()
        if path := addresses.unix_path(self._address):
            # Nobody new finds the socket. Who waits at it has perhaps asked already, and closing it would leave them
            # without an answer that nobody may ask for again.
            addresses.withdraw_unix(path)
            await asyncio.sleep(LINGER_SECONDS)
        if self._server:
            self._server.close()
        end = time.monotonic() + seconds
        await asyncio.sleep(LINGER_SECONDS)
        while self._connections and time.monotonic() < end:
            for connection in list(self._connections):
                connection.finish()
            await asyncio.sleep(LINGER_SECONDS / 4)
        await self._background.stop()

    def begin_to_leave(self) -> None:
        """Tell clients to ask elsewhere, each as soon as its protocol allows; who asks still is served."""
        self.is_leaving = True
        for connection in list(self._connections):
            connection.leave()

    def takes_http2(self, peer: str) -> bool:
        """Return whether a peer may speak HTTP/2: the gateway alone may, which is known by where it comes from.

        It reaches the Unix socket, shows a certificate, or is a trusted proxy at a port without TLS. Visitors and their
        load balancers speak HTTP/1.1.
        """
        return self.is_private or (self._asks_certificate if self._tls else self.facts.trusts(peer))

    def enter(self, connection: OpenConnection) -> bool:
        """Register a connection, and return whether there is room for it."""
        self._connections.add(connection)
        return len(self._connections) <= self._most

    def leave(self, connection: OpenConnection) -> None:
        """Deregister a connection."""
        self._connections.discard(connection)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine as a task of the server."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _connection(self) -> asyncio.Protocol:
        is_for_visitors = self._tls is not None and not self._asks_certificate
        return Connection(self) if is_for_visitors else FirstBytes(self)

    async def _listen(self) -> asyncio.AbstractServer:
        context = _context(self._tls, asks_certificate=self._asks_certificate) if self._tls else None
        loop, patience = asyncio.get_running_loop(), HANDSHAKE_SECONDS if context else None
        if path := addresses.unix_path(self._address):
            listener = addresses.listen_unix(path, BACKLOG)
            return await loop.create_unix_server(
                self._connection, sock=listener, backlog=BACKLOG, ssl=context, ssl_handshake_timeout=patience
            )
        host, port = addresses.host_and_port(self._address)
        return await loop.create_server(
            self._connection,
            host,
            port,
            reuse_port=True,
            backlog=BACKLOG,
            ssl=context,
            ssl_handshake_timeout=patience,
        )

    async def _check(self) -> None:
        self.now = time.monotonic()
        for connection in list(self._connections):
            connection.check(self.now)

    async def _renew(self, watched: Watched) -> None:
        """Listen again with a new certificate; open connections keep the one that they began with."""
        if watched.renewed() is None:
            return
        try:
            # Both listen for this moment.
            old, self._server = self._server, await self._listen()
        except OSError as problem:
            # ssl.SSLError is one.
            _logger.failure("http_server_not_renewed", problem)
            return
        if old:
            old.close()


def _context(files: TlsFiles, *, asks_certificate: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Between the gateway and us everything is ours.
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(files.certificate, files.key)
    if asks_certificate:
        context.load_verify_locations(files.authority)
        context.verify_mode = ssl.CERT_REQUIRED
        # Who shows a certificate is the gateway.
        context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def _open_files() -> int:
    """Raise the limit of open files as far as allowed, and return it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 2 * CONNECTIONS
