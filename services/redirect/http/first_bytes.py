"""Find out which HTTP a client speaks, by what it says first."""

import asyncio
from typing import Final, cast

from services.redirect.http.connection import Connection
from services.redirect.http.http2.connection import Http2Connection
from services.redirect.http.http2.framing import PREFACE
from services.redirect.http.server_state import ServerState, peer_of

SECONDS: Final = 30.0


class FirstBytes(asyncio.Protocol):
    """Hands a connection to HTTP/2 when it begins with the preface of that and may, else to HTTP/1.1."""

    def __init__(self, server: ServerState) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._takes_http2 = False
        self._received = b""
        self._deadline = server.now + SECONDS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, or abort it when there are too many."""
        self._transport = cast(asyncio.Transport, transport)
        self._takes_http2 = self._server.takes_http2(peer_of(self._server, transport))
        if not self._server.enter(self):
            self._transport.abort()

    def connection_lost(self, problem: Exception | None) -> None:
        """Deregister the connection."""
        del problem
        self._transport = None
        self._server.leave(self)

    def data_received(self, data: bytes) -> None:
        """Choose as soon as it is clear, and pass on what came."""
        self._received += data
        is_preface = self._takes_http2 and PREFACE.startswith(self._received[: len(PREFACE)])
        if self._transport and not (is_preface and len(self._received) < len(PREFACE)):
            self._server.leave(self)
            chosen = Http2Connection(self._server) if is_preface else Connection(self._server)
            self._transport.set_protocol(chosen)
            chosen.connection_made(self._transport)
            chosen.data_received(self._received)

    def check(self, now: float) -> None:
        """Close a connection on which nothing comes; now is monotonic, in seconds."""
        if now >= self._deadline:
            self.finish()

    def leave(self) -> None:
        """Wait: the first response will say it."""

    def finish(self) -> None:
        """Close the connection."""
        if self._transport:
            self._transport.close()
