"""One HTTP/2 connection, in the thread of the event loop alone."""

import asyncio
from functools import partial
from typing import Final

from services.redirect.http.http2 import framing
from services.redirect.http.http2.session import TAKING_SECONDS, Asked, Session
from services.redirect.http.request_reader import Request
from services.redirect.http.server_state import OpenConnection, ServerState, facts_of
from services.redirect.request_facts import RequestFacts
from services.redirect.response import Response
from services.runtime import log

# Without a request; for the rest of a frame and of the preface; until a client has taken its responses. Proxies should
# let go of their connections earlier.
IDLE_SECONDS: Final = TAKING_SECONDS

_logger = log.get(__name__)


class Http2Connection(OpenConnection):
    """Serves the requests of a connection as they come, and sends what belongs to one turn of the event loop at once.

    Clicks of one turn are durable together, so their redirects leave together, too: one system call for all of them.
    """

    def __init__(self, server: ServerState) -> None:
        super().__init__(server)
        self._session = Session()
        self._is_flushing = False
        self._deadline = server.now + IDLE_SECONDS

    def data_received(self, data: bytes) -> None:
        """Serve the requests that are complete, and answer what belongs to the connection."""
        if self._session.has_failed:
            return
        for asked in self._session.feed(data, self._server.now):
            self._start(asked)
        self._send_soon()

    def eof_received(self) -> bool:
        """Keep the connection for the responses still owed; TLS has no half-closing."""
        return not self._session.is_idle and self._server.scheme == "http"

    def pause_writing(self) -> None:
        """Stop reading until the client has taken its responses."""
        self._deadline = self._server.now + TAKING_SECONDS
        if self._transport and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again."""
        self._deadline = self._server.now + IDLE_SECONDS
        if self._transport and not self._transport.is_closing():
            self._transport.resume_reading()

    def check(self, now: float) -> None:
        """Close the connection when the client is past its deadline; now is monotonic, in seconds."""
        if self._transport is None:
            return
        if now >= self._deadline and (self._transport.get_write_buffer_size() or self._transport.is_closing()):
            # Closing would wait for ever until the client has taken the rest.
            self._transport.abort()
            return
        for asked in self._session.give_up(now):
            self._start(asked)
        if now >= self._deadline and self._session.is_idle:
            self._close(framing.NO_ERROR)
        else:
            self._send_soon()

    def leave(self) -> None:
        """Tell the client to ask elsewhere; what it sends until it hears of that is served."""
        self._session.leave()
        self._send_soon()

    def finish(self) -> None:
        """Close the connection, unless responses are owed."""
        self.leave()
        if self._session.is_idle:
            self._close(framing.NO_ERROR)

    def _start(self, asked: Asked) -> None:
        stream, request = asked
        deliver = partial(self._respond, stream, request.method != "HEAD")
        if request.refusal:
            deliver(request.refusal)
            return
        try:
            facts = facts_of(self._server, self._peer, request)
            if not self._server.data_plane.respond_at_once(facts, deliver):
                self._server.run(self._work(stream, facts, request))
        except Exception as problem:  # noqa: BLE001 - whatever a request holds, the process goes on
            self._abandon(stream, problem)

    async def _work(self, stream: int, facts: RequestFacts, request: Request) -> None:
        try:
            response = await self._server.data_plane.respond(facts, request.read_body)
            self._respond(stream, request.method != "HEAD", response)
        except Exception as problem:  # noqa: BLE001 - see above
            self._abandon(stream, problem)

    def _respond(self, stream: int, with_body: bool, response: Response) -> None:
        self._session.respond(stream, response, self._server.now, with_body=with_body)
        self._deadline = self._server.now + IDLE_SECONDS
        if self._server.is_leaving:
            self._session.leave()
        self._send_soon()

    def _abandon(self, stream: int, problem: Exception) -> None:
        _logger.failure("answer_failed", problem)
        self._session.abandon(stream)
        self._send_soon()

    def _send_soon(self) -> None:
        """Send what there is once this turn of the event loop is over, with all that it adds."""
        if not self._is_flushing:
            self._is_flushing = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._is_flushing = False
        written = self._session.take()
        if self._transport is None or self._transport.is_closing():
            return
        if written:
            self._transport.write(written)
        if self._session.has_failed:
            self._transport.close()

    def _close(self, code: int) -> None:
        self._session.fail(code)
        self._send()
