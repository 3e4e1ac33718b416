"""One HTTP/1.1 connection, in the thread of the event loop alone."""

import asyncio
from collections import deque
from typing import Final

from services.redirect.http import wire
from services.redirect.http.request_reader import PIECE_BYTES, Request, RequestReader
from services.redirect.http.server_state import OpenConnection, ServerState, facts_of
from services.redirect.request_facts import RequestFacts
from services.redirect.response import Response
from services.runtime import log

# Requests that wait for the one before them until no more are read.
MOST_WAITING: Final = 16
# Until a head is complete, between requests, and until a client has taken its responses; proxies should let go of their
# connections earlier.
HEAD_SECONDS: Final = 30.0
BODY_SECONDS: Final = 10.0

_logger = log.get(__name__)


class Connection(OpenConnection):
    """Serves the requests of a connection in their order, one at a time."""

    def __init__(self, server: ServerState) -> None:
        super().__init__(server)
        self._reader = RequestReader()
        self._waiting: deque[Request] = deque()
        # What was received behind as many requests as may wait.
        self._unread = b""
        self._current: Request | None = None
        self._is_paused = False
        # Whether the client does not take its responses.
        self._is_write_paused = False
        self._is_in_body = False
        self._has_ended = False
        self._deadline = server.now + HEAD_SECONDS

    def connection_lost(self, problem: Exception | None) -> None:
        """Deregister the connection; a response under way is dropped, and requests that wait."""
        super().connection_lost(problem)
        self._forget()

    def data_received(self, data: bytes) -> None:
        """Read requests, and serve those that are complete."""
        # What came with one read may hold thousands of requests.
        for start in range(0, len(data), PIECE_BYTES):
            if self._is_paused:
                self._unread += data[start:]
                break
            for request in self._reader.feed(data[start : start + PIECE_BYTES]):
                self._take(request)
        is_in_body = self._reader.is_in_body
        if is_in_body and not self._is_in_body:
            self._deadline = self._server.now + BODY_SECONDS
        self._is_in_body = is_in_body
        if self._reader.expects_continue:
            self._send_continue()

    def eof_received(self) -> bool:
        """Keep the connection for the responses still owed to a client that sends no more; TLS has no half-closing."""
        self._has_ended = True
        return (self._current is not None or bool(self._waiting)) and self._server.scheme == "http"

    def pause_writing(self) -> None:
        """Stop reading until the client has taken its responses."""
        self._is_write_paused = True
        self._pause()

    def resume_writing(self) -> None:
        """Read again."""
        self._is_write_paused = False
        self._deadline = self._server.now + HEAD_SECONDS
        self._pause()
        self._next()

    def check(self, now: float) -> None:
        """Close the connection when the client is past its deadline; now is monotonic, in seconds."""
        if now < self._deadline or self._transport is None or self._current:
            return
        if self._transport.get_write_buffer_size() or self._transport.is_closing():
            # Closing would wait for ever until the client has taken the rest. TLS tells no size of what lies below it.
            self._transport.abort()
        elif self._reader.is_in_body:
            for request in self._reader.give_up():
                self._take(request)
        else:
            self._deadline = now + HEAD_SECONDS
            self._transport.close()

    def leave(self) -> None:
        """Wait: the next response says that it is the last."""

    def finish(self) -> None:
        """Close the connection, unless a response is owed: that one will close it."""
        if self._transport and not self._current:
            self._transport.close()

    def _send_continue(self) -> None:
        """Send 100 Continue."""
        if self._transport and not self._current and not self._waiting:
            self._reader.expects_continue = False
            self._transport.write(wire.CONTINUE)

    def _pause(self) -> None:
        """Stop reading while too many requests wait, and read again when there is room."""
        is_paused = self._is_write_paused or len(self._waiting) >= MOST_WAITING
        if self._transport is None or self._transport.is_closing() or is_paused == self._is_paused:
            return
        self._is_paused = is_paused
        if is_paused:
            self._transport.pause_reading()
            return
        unread, self._unread = self._unread, b""
        if unread:
            self.data_received(unread)
        if not self._is_paused:
            self._transport.resume_reading()

    def _forget(self) -> None:
        self._waiting.clear()
        self._unread = b""

    def _take(self, request: Request) -> None:
        if self._current is None and not self._waiting and not self._is_write_paused:
            self._start(request)
            return
        self._waiting.append(request)
        if len(self._waiting) >= MOST_WAITING:
            self._pause()

    def _start(self, request: Request) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._current = request
        if request.refusal:
            self._send(request.refusal)
            return
        try:
            facts = facts_of(self._server, self._peer, request)
            if not self._server.data_plane.respond_at_once(facts, self._send):
                self._server.run(self._respond(facts, request))
        except Exception as problem:  # noqa: BLE001 - whatever a request holds, the process goes on
            self._fail(problem)

    async def _respond(self, facts: RequestFacts, request: Request) -> None:
        try:
            self._send(await self._server.data_plane.respond(facts, request.read_body))
        except Exception as problem:  # noqa: BLE001 - see above
            self._fail(problem)

    def _send(self, response: Response) -> None:
        request, transport = self._current, self._transport
        if request is None or transport is None or transport.is_closing():
            return
        is_last = request.is_last or self._server.is_leaving or (self._has_ended and not self._waiting)
        stays = wire.CLOSE if is_last else wire.KEEP if request.announces_keep_alive else b""
        transport.write(wire.encode(response, with_body=request.method != "HEAD", connection=stays))
        self._current = None
        self._deadline = self._server.now + HEAD_SECONDS
        if is_last:
            self._forget()
            transport.close()
        elif self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        elif self._reader.expects_continue:
            self._send_continue()

    def _next(self) -> None:
        if self._current is None and self._waiting and not self._is_write_paused:
            self._start(self._waiting.popleft())
            self._pause()

    def _fail(self, problem: Exception) -> None:
        _logger.failure("answer_failed", problem)
        if self._transport:
            self._transport.abort()
