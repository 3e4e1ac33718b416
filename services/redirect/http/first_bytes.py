"""Find out which HTTP a client speaks, by what it says first."""

from typing import Final

from services.redirect.http.connection import Connection
from services.redirect.http.http2.connection import Http2Connection
from services.redirect.http.http2.framing import PREFACE
from services.redirect.http.server_state import OpenConnection, ServerState

SECONDS: Final = 30.0


class FirstBytes(OpenConnection):
    """Hands a connection to HTTP/2 when it begins with the preface of that and may, else to HTTP/1.1."""

    def __init__(self, server: ServerState) -> None:
        super().__init__(server)
        self._received = b""
        self._deadline = server.now + SECONDS

    def data_received(self, data: bytes) -> None:
        """Choose as soon as it is clear, and pass on what came."""
        self._received += data
        is_preface = self._server.takes_http2(self._peer) and PREFACE.startswith(self._received[: len(PREFACE)])
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
