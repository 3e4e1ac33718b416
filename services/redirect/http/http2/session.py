"""One connection of HTTP/2 without its socket: bytes in, requests out; responses in, bytes out (RFC 9113)."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from services.redirect.http.http2 import framing
from services.redirect.http.http2.framing import ConnectionViolation, Frame, FrameReader, StreamViolation
from services.redirect.http.http2.header_blocks import BlockReader, content_length, encode, request_of
from services.redirect.http.http2.outflow import Outflow
from services.redirect.http.request_reader import DISCARDED_BYTES, HEAD_BYTES, KEPT_BYTES, Request
from services.redirect.response import Response

# At once; a client with more opens another connection, which may be another worker's.
STREAMS: Final = 100
# Until a body is complete, and until the peer has taken that of a response.
BODY_SECONDS: Final = 10.0
TAKING_SECONDS: Final = 30.0
# So many streams that we ended while their client was still sending are remembered: what comes for them is no fault.
_MOST_ENDED: Final = 1000
_PING_BYTES: Final = 8
_PRIORITY_BYTES: Final = 5
_GOAWAY_BYTES: Final = 8
_OURS: Final = {framing.MAX_CONCURRENT_STREAMS: STREAMS, framing.MAX_HEADER_LIST_SIZE: HEAD_BYTES}


class Asked(NamedTuple):
    """A request, and the stream that it came on."""

    stream: int
    request: Request


@dataclass(slots=True)
class _Incoming:
    """A request whose body has not ended."""

    request: Request
    deadline: float
    length: int | None
    size: int = 0
    body: bytes = b""


class Session:
    """Knows which streams are open and what they are owed.

    A place among STREAMS is taken until the stream has ended and its request, once handed out, been responded to: who
    resets streams gets no more work done at once than who waits.
    """

    def __init__(self) -> None:
        self._frames = FrameReader(HEAD_BYTES)
        self._blocks = BlockReader()
        self._out = Outflow()
        # Open streams; None: all of the request has come.
        self._streams: dict[int, _Incoming | None] = {}
        self._ended_early: set[int] = set()
        self._in_hand = 0
        self._last_stream = 0
        self._has_settings = False
        self._is_leaving = False
        self.has_failed = False
        self._out.write(framing.settings_frame(_OURS))

    @property
    def is_idle(self) -> bool:
        """Whether nobody is owed anything."""
        return not self._streams and not self._in_hand

    @property
    def is_working(self) -> bool:
        """Whether requests that were handed out have not been responded to."""
        return self._in_hand > 0

    def feed(self, data: bytes, now: float) -> list[Asked]:
        """Return the requests that are complete now.

        After a violation of the protocol the session has failed: what it has to say is to be sent, and nothing else.
        """
        asked: list[Asked] = []
        try:
            for frame in self._frames.feed(data):
                self._read(frame, now, asked)
        except ConnectionViolation as problem:
            self.fail(problem.code)
        return asked

    def take(self) -> bytes:
        """Return what is to be sent now, and forget it."""
        return self._out.take()

    def respond(self, stream: int, response: Response, now: float, *, with_body: bool) -> None:
        """Respond to a request; raise ValueError when a header is not one printable line."""
        block = encode(response)
        self._in_hand -= 1
        if stream not in self._streams:
            # Reset by the client, who waits for nothing any more.
            return
        body = response.body.encode() if with_body else b""
        if self._out.respond(stream, block, body, now + TAKING_SECONDS):
            self._end(stream)

    def abandon(self, stream: int) -> None:
        """End the stream of a request that has no response."""
        self._in_hand -= 1
        if stream in self._streams:
            self._reset(stream, framing.INTERNAL_ERROR)

    def leave(self) -> None:
        """Tell the client to go elsewhere with what it has not sent; what comes until it hears of that is served."""
        if not self._is_leaving and not self.has_failed:
            self._is_leaving = True
            self._out.write(framing.goaway_frame(framing.MOST_WINDOW, framing.NO_ERROR))

    def fail(self, code: int) -> None:
        """Tell the client that the connection ends, after which stream, and why."""
        if not self.has_failed:
            self.has_failed = True
            self._out.write(framing.goaway_frame(self._last_stream, code))

    def give_up(self, now: float) -> list[Asked]:
        """Return the requests whose body did not end in time, marked as late, and end streams that take no body."""
        for stream in self._out.late(now):
            self._reset(stream, framing.CANCEL)
        late = [
            (stream, incoming) for stream, incoming in self._streams.items() if incoming and now >= incoming.deadline
        ]
        return [self._ask(stream, incoming, has_ended=False, is_late=True) for stream, incoming in late]

    def _read(self, frame: Frame, now: float, asked: list[Asked]) -> None:
        kind, flags, stream, payload = frame
        if not self._has_settings:
            if kind != framing.SETTINGS or flags & framing.ACK:
                raise ConnectionViolation(framing.PROTOCOL_ERROR)
            self._has_settings = True
        try:
            if kind == framing.HEADERS:
                self._read_headers(flags, stream, payload, now, asked)
            elif kind == framing.DATA:
                self._read_data(flags, stream, payload, asked)
            else:
                self._read_control(kind, flags, stream, payload)
        except StreamViolation as problem:
            self._reset(problem.stream, problem.code)

    def _read_headers(self, flags: int, stream: int, block: bytes, now: float, asked: list[Asked]) -> None:
        """Begin a stream, or end the body of one by trailers, which nobody asked for."""
        if not stream % 2:
            raise ConnectionViolation(framing.PROTOCOL_ERROR)
        # Whatever becomes of the stream: the blocks behind this one build on it.
        fields = self._blocks.read(block)
        is_end = flags & framing.END_STREAM
        if stream > self._last_stream:
            self._last_stream = stream
            if len(self._streams) >= STREAMS or self._in_hand >= STREAMS:
                raise StreamViolation(stream, framing.REFUSED_STREAM)
            self._begin(stream, request_of(stream, fields), now, asked, is_end=bool(is_end))
        elif stream in self._streams:
            if self._streams[stream] is None:
                raise StreamViolation(stream, framing.STREAM_CLOSED)
            if not is_end:
                raise StreamViolation(stream, framing.PROTOCOL_ERROR)
            asked.append(self._end_body(stream))
        elif stream not in self._ended_early:
            raise ConnectionViolation(framing.STREAM_CLOSED)

    def _begin(self, stream: int, request: Request, now: float, asked: list[Asked], *, is_end: bool) -> None:
        if "content-length" not in request.headers and is_end:
            self._streams[stream] = None
            self._in_hand += 1
            asked.append(Asked(stream, request))
            return
        self._streams[stream] = _Incoming(request, now + BODY_SECONDS, content_length(stream, request))
        if is_end:
            asked.append(self._end_body(stream))

    def _end_body(self, stream: int) -> Asked:
        incoming = self._streams[stream]
        if incoming is None or incoming.length not in (None, incoming.size):
            raise StreamViolation(stream, framing.PROTOCOL_ERROR)
        return self._ask(stream, incoming)

    def _ask(self, stream: int, incoming: _Incoming, *, has_ended: bool = True, is_late: bool = False) -> Asked:
        """Hand out a request with the body that has come; what comes of one that has not ended is ignored."""
        if not has_ended:
            self._note_ended_early(stream)
        self._streams[stream] = None
        self._in_hand += 1
        return Asked(stream, incoming.request._replace(body=incoming.body, is_late=is_late))

    def _read_data(self, flags: int, stream: int, payload: bytes, asked: list[Asked]) -> None:
        if not stream or stream > self._last_stream:
            raise ConnectionViolation(framing.PROTOCOL_ERROR)
        size = len(payload)
        body = framing.without_padding(flags, payload)
        # What came is granted anew at once, so the peer never lacks anything: DISCARDED_BYTES bounds a body.
        if size:
            self._out.write(framing.window_frame(0, size))
        if stream in self._ended_early:
            return
        incoming = self._streams.get(stream)
        if incoming is None:
            raise StreamViolation(stream, framing.STREAM_CLOSED)
        incoming.size += len(body)
        if len(incoming.body) < KEPT_BYTES:
            incoming.body += body
        if flags & framing.END_STREAM:
            asked.append(self._end_body(stream))
        elif incoming.size > DISCARDED_BYTES:
            asked.append(self._ask(stream, incoming, has_ended=False))
        elif size:
            self._out.write(framing.window_frame(stream, size))

    def _read_control(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == framing.WINDOW_UPDATE:
            self._widen(stream, payload)
        elif kind == framing.RST_STREAM:
            self._read_reset(stream, payload)
        elif kind == framing.PRIORITY:
            if not stream:
                raise ConnectionViolation(framing.PROTOCOL_ERROR)
            if len(payload) != _PRIORITY_BYTES:
                raise StreamViolation(stream, framing.FRAME_SIZE_ERROR)
        elif kind in (framing.SETTINGS, framing.PING, framing.GOAWAY):
            if stream:
                raise ConnectionViolation(framing.PROTOCOL_ERROR)
            self._read_of_connection(kind, flags, payload)
        elif kind == framing.PUSH_PROMISE:
            raise ConnectionViolation(framing.PROTOCOL_ERROR)
        # Of other types we know nothing, and are to ignore them.

    def _read_of_connection(self, kind: int, flags: int, payload: bytes) -> None:
        is_answer = flags & framing.ACK
        if kind == framing.SETTINGS:
            if is_answer and payload:
                raise ConnectionViolation(framing.FRAME_SIZE_ERROR)
            if not is_answer:
                settings = framing.read_settings(payload)
                # First: what new windows let through may not come before the peer knows that we have them.
                self._out.write(framing.frame(framing.SETTINGS, framing.ACK, 0))
                self._adopt(settings)
        elif kind == framing.PING:
            if len(payload) != _PING_BYTES:
                raise ConnectionViolation(framing.FRAME_SIZE_ERROR)
            if not is_answer:
                self._out.write(framing.frame(framing.PING, framing.ACK, 0, payload))
        elif len(payload) < _GOAWAY_BYTES:
            raise ConnectionViolation(framing.FRAME_SIZE_ERROR)

    def _adopt(self, settings: list[tuple[int, int]]) -> None:
        for name, value in settings:
            if name == framing.INITIAL_WINDOW_SIZE:
                self._end_all(self._out.set_initial_window(value))

    def _widen(self, stream: int, payload: bytes) -> None:
        more = framing.read_number(payload) & framing.MOST_WINDOW
        if stream > self._last_stream:
            raise ConnectionViolation(framing.PROTOCOL_ERROR)
        if not more:
            if stream:
                raise StreamViolation(stream, framing.PROTOCOL_ERROR)
            raise ConnectionViolation(framing.PROTOCOL_ERROR)
        if not stream or stream in self._streams:
            self._end_all(self._out.widen(stream, more))

    def _read_reset(self, stream: int, payload: bytes) -> None:
        framing.read_number(payload)
        if not stream or stream > self._last_stream:
            raise ConnectionViolation(framing.PROTOCOL_ERROR)
        self._streams.pop(stream, None)
        self._out.forget(stream)

    def _end_all(self, streams: list[int]) -> None:
        for stream in streams:
            self._end(stream)

    def _end(self, stream: int) -> None:
        """End a stream whose response is complete; its client need send no more of the request."""
        self._streams.pop(stream, None)
        self._out.forget(stream)
        if stream in self._ended_early:
            self._out.write(framing.reset_frame(stream, framing.NO_ERROR))

    def _reset(self, stream: int, code: int) -> None:
        self._streams.pop(stream, None)
        self._note_ended_early(stream)
        self._out.forget(stream)
        self._out.write(framing.reset_frame(stream, code))

    def _note_ended_early(self, stream: int) -> None:
        if len(self._ended_early) >= _MOST_ENDED:
            self._ended_early.clear()
        self._ended_early.add(stream)
