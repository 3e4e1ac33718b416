"""HTTP/2 frames out of bytes and into bytes (RFC 9113 sections 3.4, 4 and 6), without any state of a connection."""

import struct
from collections.abc import Iterator
from typing import Final, TypeAlias

# What a client says first of all.
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# The most bytes of payload in a frame, either way; each side may allow more, and we neither do nor use it.
FRAME_BYTES: Final = 16_384
MOST_WINDOW: Final = 2**31 - 1
# Without a setting that says otherwise, a side may send so many bytes of bodies before it is granted more.
WINDOW: Final = 65_535

# Types of frames.
DATA: Final = 0
HEADERS: Final = 1
PRIORITY: Final = 2
RST_STREAM: Final = 3
SETTINGS: Final = 4
PUSH_PROMISE: Final = 5
PING: Final = 6
GOAWAY: Final = 7
WINDOW_UPDATE: Final = 8
CONTINUATION: Final = 9

# Flags. A SETTINGS or PING is acknowledged by the bit that ends a stream elsewhere.
END_STREAM: Final = 0x01
ACK: Final = 0x01
END_HEADERS: Final = 0x04
PADDED: Final = 0x08
PRIORITIZED: Final = 0x20

# Settings.
ENABLE_PUSH: Final = 2
MAX_CONCURRENT_STREAMS: Final = 3
INITIAL_WINDOW_SIZE: Final = 4
MAX_FRAME_SIZE: Final = 5
MAX_HEADER_LIST_SIZE: Final = 6

# Error codes.
NO_ERROR: Final = 0
PROTOCOL_ERROR: Final = 1
INTERNAL_ERROR: Final = 2
FLOW_CONTROL_ERROR: Final = 3
STREAM_CLOSED: Final = 5
FRAME_SIZE_ERROR: Final = 6
REFUSED_STREAM: Final = 7
CANCEL: Final = 8
COMPRESSION_ERROR: Final = 9
ENHANCE_YOUR_CALM: Final = 11

# Type, flags, number of the stream (0: the connection), payload.
Frame: TypeAlias = tuple[int, int, int, bytes]

# The length's upper 16 and lower 8 bits, type, flags, stream.
_HEAD: Final = struct.Struct(">HBBBL")
_HEAD_BYTES: Final = _HEAD.size
_SETTING: Final = struct.Struct(">HL")
_NUMBER: Final = struct.Struct(">L")
_PRIORITY_BYTES: Final = 5
# The first bit of a stream's number, and of a window's increment, says nothing.
_STREAM_BITS: Final = 2**31 - 1


class ConnectionViolation(Exception):
    """The peer broke a rule so that nothing that follows can be trusted: the connection ends."""

    def __init__(self, code: int) -> None:
        super().__init__(f"HTTP/2 error {code}")
        self.code = code


class StreamViolation(Exception):
    """The peer broke a rule within one stream: that stream ends, others go on."""

    def __init__(self, stream: int, code: int) -> None:
        super().__init__(f"HTTP/2 error {code} in a stream")
        self.stream = stream
        self.code = code


class FrameReader:
    """Cuts what a client sends into frames, and joins those of one header block to one."""

    def __init__(self, most_block_bytes: int) -> None:
        self._rest = b""
        self._has_begun = False
        # How much of the data that is being read is the preface.
        self._skipped = 0
        self._most_block_bytes = most_block_bytes
        # A header block of several frames, of which the last has not come: its flags, stream and pieces.
        self._block: tuple[int, int, list[bytes]] | None = None
        self._block_size = 0

    @property
    def is_waiting(self) -> bool:
        """Whether the rest of a frame, of a header block or of the preface is still to come."""
        return bool(self._rest) or self._block is not None or not self._has_begun

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete now; raise ConnectionViolation at what can be none.

        HEADERS have their whole block as payload, without padding and priority; there is no CONTINUATION.
        """
        data = self._rest + data if self._rest else data
        if not self._has_begun and not self._begin(data):
            return
        at, end = self._skipped, len(data)
        self._skipped = 0
        while end - at >= _HEAD_BYTES:
            upper, lower, kind, flags, stream = _HEAD.unpack_from(data, at)
            length = upper << 8 | lower
            if length > FRAME_BYTES:
                raise ConnectionViolation(FRAME_SIZE_ERROR)
            start = at + _HEAD_BYTES
            stop = start + length
            if stop > end:
                break
            at = stop
            whole = self._joined(kind, flags, stream & _STREAM_BITS, data[start:stop])
            if whole:
                yield whole
        self._rest = data[at:]

    def _begin(self, data: bytes) -> bool:
        """Read the preface, and return whether it is complete."""
        if not data.startswith(PREFACE[: len(data)]):
            raise ConnectionViolation(PROTOCOL_ERROR)
        self._has_begun = len(data) >= len(PREFACE)
        if self._has_begun:
            self._skipped = len(PREFACE)
        else:
            self._rest = data
        return self._has_begun

    def _joined(self, kind: int, flags: int, stream: int, payload: bytes) -> Frame | None:
        """Return a frame, or the whole header block that it completes; None while more of that is to come."""
        if self._block is not None:
            return self._continued(self._block, kind, flags, stream, payload)
        if kind == HEADERS:
            if flags & (PADDED | PRIORITIZED):
                payload = _without_priority(flags, stream, without_padding(flags, payload))
            if not flags & END_HEADERS:
                self._block, self._block_size = (flags, stream, [payload]), len(payload)
                return None
        elif kind == CONTINUATION:
            raise ConnectionViolation(PROTOCOL_ERROR)
        return kind, flags, stream, payload

    def _continued(
        self, block: tuple[int, int, list[bytes]], kind: int, flags: int, stream: int, payload: bytes
    ) -> Frame | None:
        first_flags, first_stream, pieces = block
        if kind != CONTINUATION or stream != first_stream:
            raise ConnectionViolation(PROTOCOL_ERROR)
        pieces.append(payload)
        # Frames without anything in them count, too.
        self._block_size += _HEAD_BYTES + len(payload)
        if self._block_size > self._most_block_bytes:
            raise ConnectionViolation(ENHANCE_YOUR_CALM)
        if not flags & END_HEADERS:
            return None
        self._block = None
        return HEADERS, first_flags | END_HEADERS, stream, b"".join(pieces)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Return a frame as bytes; the payload has at most FRAME_BYTES."""
    length = len(payload)
    return _HEAD.pack(length >> 8, length & 0xFF, kind, flags, stream) + payload


def settings_frame(values: dict[int, int]) -> bytes:
    """Return the frame that tells the peer our settings."""
    return frame(SETTINGS, 0, 0, b"".join(_SETTING.pack(name, value) for name, value in values.items()))


def read_settings(payload: bytes) -> list[tuple[int, int]]:
    """Return the settings of a frame in their order; raise ConnectionViolation when one has no valid value."""
    if len(payload) % _SETTING.size:
        raise ConnectionViolation(FRAME_SIZE_ERROR)
    settings = list(_SETTING.iter_unpack(payload))
    for name, value in settings:
        if name == ENABLE_PUSH and value > 1:
            raise ConnectionViolation(PROTOCOL_ERROR)
        if name == INITIAL_WINDOW_SIZE and value > MOST_WINDOW:
            raise ConnectionViolation(FLOW_CONTROL_ERROR)
        if name == MAX_FRAME_SIZE and not FRAME_BYTES <= value < 2**24:
            raise ConnectionViolation(PROTOCOL_ERROR)
    return settings


def reset_frame(stream: int, code: int) -> bytes:
    """Return the frame that ends a stream."""
    return frame(RST_STREAM, 0, stream, _NUMBER.pack(code))


def goaway_frame(last_stream: int, code: int) -> bytes:
    """Return the frame that says which stream is the last that is served, and why."""
    return frame(GOAWAY, 0, 0, _NUMBER.pack(last_stream) + _NUMBER.pack(code))


def window_frame(stream: int, more: int) -> bytes:
    """Return the frame that grants the peer more bytes of bodies."""
    return frame(WINDOW_UPDATE, 0, stream, _NUMBER.pack(more))


def read_number(payload: bytes) -> int:
    """Return the one number of a frame (an error code, a window's increment); raise ConnectionViolation otherwise."""
    if len(payload) != _NUMBER.size:
        raise ConnectionViolation(FRAME_SIZE_ERROR)
    number: int = _NUMBER.unpack(payload)[0]
    return number


def head_frames(stream: int, block: bytes, *, is_end: bool) -> bytes:
    """Return a block of headers as HEADERS and, when it is too long for one frame, CONTINUATION."""
    flags = END_STREAM if is_end else 0
    if len(block) <= FRAME_BYTES:
        return frame(HEADERS, flags | END_HEADERS, stream, block)
    pieces = [block[start : start + FRAME_BYTES] for start in range(0, len(block), FRAME_BYTES)]
    frames = [frame(HEADERS, flags, stream, pieces[0])]
    frames += [frame(CONTINUATION, 0, stream, piece) for piece in pieces[1:-1]]
    return b"".join([*frames, frame(CONTINUATION, END_HEADERS, stream, pieces[-1])])


def without_padding(flags: int, payload: bytes) -> bytes:
    """Return the payload of a DATA or HEADERS frame without padding; raise ConnectionViolation if it is all padding."""
    if not flags & PADDED:
        return payload
    if not payload:
        raise ConnectionViolation(FRAME_SIZE_ERROR)
    padding = payload[0]
    if padding >= len(payload):
        raise ConnectionViolation(PROTOCOL_ERROR)
    return payload[1 : len(payload) - padding]


def _without_priority(flags: int, stream: int, payload: bytes) -> bytes:
    """Return the payload of a HEADERS frame without the priority that old clients send; raise ConnectionViolation."""
    if not flags & PRIORITIZED:
        return payload
    if len(payload) < _PRIORITY_BYTES:
        raise ConnectionViolation(FRAME_SIZE_ERROR)
    if read_number(payload[:4]) & _STREAM_BITS == stream:
        raise ConnectionViolation(PROTOCOL_ERROR)
    return payload[_PRIORITY_BYTES:]
