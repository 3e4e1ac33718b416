"""Responses on their way out of a connection: bodies go as far as the peer's windows allow."""

from dataclasses import dataclass

from services.redirect.http.http2 import framing
from services.redirect.http.http2.framing import ConnectionViolation, StreamViolation
from services.redirect.http.http2.header_blocks import NO_TABLE


@dataclass(slots=True)
class _Body:
    """What is left of a body that its windows do not let through."""

    rest: bytes
    # Monotonic, in seconds; who has not taken it by then gets no more of it.
    deadline: float


class Outflow:
    """Writes frames, and keeps the windows of a connection and its streams."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._connection_window = framing.WINDOW
        self._initial_window = framing.WINDOW
        # By how much a stream's window differs from the initial one, which the peer may change for all.
        self._differences: dict[int, int] = {}
        self._bodies: dict[int, _Body] = {}
        self._has_begun = False

    def take(self) -> bytes:
        """Return what is to be sent now, and forget it."""
        written = b"".join(self._frames)
        self._frames.clear()
        return written

    def write(self, frame: bytes) -> None:
        """Add a frame."""
        self._frames.append(frame)

    def respond(self, stream: int, block: bytes, body: bytes, deadline: float) -> bool:
        """Add a response, and return whether all of it is on its way."""
        if not self._has_begun:
            self._has_begun = True
            block = NO_TABLE + block
        self._frames.append(framing.head_frames(stream, block, is_end=not body))
        if not body:
            return True
        self._bodies[stream] = _Body(body, deadline)
        return self._push(stream)

    def forget(self, stream: int) -> None:
        """Drop what a stream that ended was owed."""
        self._bodies.pop(stream, None)
        self._differences.pop(stream, None)

    def late(self, now: float) -> list[int]:
        """Return the streams whose body was not taken in time."""
        return [stream for stream, body in self._bodies.items() if now >= body.deadline]

    def widen(self, stream: int, more: int) -> list[int]:
        """Grant a stream, or with 0 the connection, more bytes; return the streams whose body is on its way wholly now.

        Raise ConnectionViolation or StreamViolation for a window that is larger than windows can be.
        """
        if stream:
            difference = self._differences.get(stream, 0) + more
            if self._initial_window + difference > framing.MOST_WINDOW:
                raise StreamViolation(stream, framing.FLOW_CONTROL_ERROR)
            self._differences[stream] = difference
        else:
            self._connection_window += more
            if self._connection_window > framing.MOST_WINDOW:
                raise ConnectionViolation(framing.FLOW_CONTROL_ERROR)
        return self._push_all()

    def set_initial_window(self, size: int) -> list[int]:
        """Change the window of every stream; return the streams whose body is on its way wholly now."""
        if any(size + difference > framing.MOST_WINDOW for difference in self._differences.values()):
            raise ConnectionViolation(framing.FLOW_CONTROL_ERROR)
        self._initial_window = size
        return self._push_all()

    def _push_all(self) -> list[int]:
        return [stream for stream in list(self._bodies) if self._push(stream)]

    def _push(self, stream: int) -> bool:
        """Send of a body what its windows allow, and return whether that was the rest of it."""
        body = self._bodies[stream]
        while True:
            window = min(self._connection_window, self._initial_window + self._differences.get(stream, 0))
            size = min(window, len(body.rest), framing.FRAME_BYTES)
            if size <= 0:
                return False
            piece, body.rest = body.rest[:size], body.rest[size:]
            self._connection_window -= size
            self._differences[stream] = self._differences.get(stream, 0) - size
            self._frames.append(framing.frame(framing.DATA, 0 if body.rest else framing.END_STREAM, stream, piece))
            if not body.rest:
                self.forget(stream)
                return True
