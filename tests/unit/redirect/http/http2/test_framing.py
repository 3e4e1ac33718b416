"""Frames, byte by byte, as RFC 9113 writes them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.redirect.http.http2 import framing
from services.redirect.http.http2.framing import ConnectionViolation, Frame, FrameReader

_MOST = 1000
# A SETTINGS without settings, and the PING of eight bytes.
_EMPTY_SETTINGS = bytes.fromhex("000000 04 00 00000000")
_PING = bytes.fromhex("000008 06 00 00000000") + b"12345678"


def read(*pieces: bytes) -> list[Frame]:
    """Read pieces behind a preface, one after the other."""
    reader = FrameReader(_MOST)
    return [frame for piece in (framing.PREFACE, *pieces) for frame in reader.feed(piece)]


def violation(*pieces: bytes) -> int:
    """Return the error code that reading ends with."""
    with pytest.raises(ConnectionViolation) as caught:
        read(*pieces)
    return caught.value.code


def test_frames_are_read_as_they_are_written() -> None:
    """The bytes are those of the RFC: length, type, flags, stream, payload."""
    assert read(_EMPTY_SETTINGS + _PING) == [(framing.SETTINGS, 0, 0, b""), (framing.PING, 0, 0, b"12345678")]
    assert framing.frame(framing.PING, 0, 0, b"12345678") == _PING
    assert framing.settings_frame({3: 100}) == bytes.fromhex("000006 04 00 00000000 0003 00000064")
    assert framing.reset_frame(5, 8) == bytes.fromhex("000004 03 00 00000005 00000008")
    assert framing.goaway_frame(7, 11) == bytes.fromhex("000008 07 00 00000000 00000007 0000000b")
    assert framing.window_frame(1, 9) == bytes.fromhex("000004 08 00 00000001 00000009")


@given(cuts=st.lists(st.integers(0, 60), max_size=6))
def test_it_does_not_matter_how_bytes_arrive(cuts: list[int]) -> None:
    """The preface, a head and a payload may each come in pieces."""
    whole = framing.PREFACE + _EMPTY_SETTINGS + _PING + framing.frame(framing.DATA, 1, 3, b"x")
    reader = FrameReader(_MOST)
    edges = sorted({0, *cuts, len(whole)})
    pieces = [whole[start:stop] for start, stop in itertools.pairwise(edges)]
    assert [frame[0] for piece in pieces for frame in reader.feed(piece)] == [4, 6, 0]


@pytest.mark.parametrize("beginning", [b"GET / HTTP/1.1\r\n", framing.PREFACE[:-1] + b"x", b"PRI * HTTP/1.1\r\n\r\n"])
def test_what_does_not_begin_with_the_preface_is_no_http2(beginning: bytes) -> None:
    """As soon as that is clear."""
    with pytest.raises(ConnectionViolation):
        list(FrameReader(_MOST).feed(beginning))


def test_a_frame_larger_than_agreed_is_refused_by_its_head() -> None:
    """Nothing of it is waited for or kept."""
    head = (framing.FRAME_BYTES + 1).to_bytes(3) + bytes.fromhex("00 00 00000001")
    assert violation(head) == framing.FRAME_SIZE_ERROR
    whole = framing.FRAME_BYTES.to_bytes(3) + bytes.fromhex("00 00 00000001") + b"x" * framing.FRAME_BYTES
    assert len(read(whole)[0][3]) == framing.FRAME_BYTES


def test_the_first_bit_of_a_stream_says_nothing() -> None:
    """It is reserved, and ignored."""
    assert read(bytes.fromhex("000000 00 01 80000003")) == [(framing.DATA, 1, 3, b"")]


def test_a_block_of_several_frames_is_one() -> None:
    """What belongs to the first frame, its end of the stream, padding and priority, does not stand in the block."""
    first = framing.frame(1, framing.END_STREAM | framing.PADDED | framing.PRIORITIZED, 1, b"\2\0\0\0\0\x10a\0\0")
    pieces = [first, framing.frame(9, 0, 1, b"b"), framing.frame(9, framing.END_HEADERS, 1, b"c")]
    assert read(*pieces) == [(framing.HEADERS, framing.PADDED | framing.PRIORITIZED | 5, 1, b"abc")]


@pytest.mark.parametrize(
    "frames",
    [
        framing.frame(9, 4, 1, b"a"),
        framing.frame(1, 0, 1, b"a") + framing.frame(9, 4, 3, b"b"),
        framing.frame(1, 0, 1, b"a") + _PING,
        framing.frame(1, 0, 1, b"a") + framing.frame(1, 4, 3, b"b"),
        framing.frame(1, framing.PADDED, 1, b"\1"),
        framing.frame(1, framing.PRIORITIZED | 4, 1, b"\0\0\0\1\0"),
    ],
    ids=["continues nothing", "another stream", "something between", "another block", "all padding", "needs itself"],
)
def test_a_block_is_never_read_in_two_ways(frames: bytes) -> None:
    """A frame that must not come there ends the connection."""
    assert violation(frames) == framing.PROTOCOL_ERROR


@pytest.mark.parametrize("piece", [b"", b"x" * 100])
def test_a_block_has_an_end(piece: bytes) -> None:
    """S15: frames with little or nothing in them are no way around the limit."""
    endless = framing.frame(9, 0, 1, piece) * 1000
    assert violation(framing.frame(1, 0, 1, b"a"), endless) == framing.ENHANCE_YOUR_CALM


def test_too_short_frames_are_refused() -> None:
    """Padding without its length, half a priority."""
    assert violation(framing.frame(1, framing.PADDED | 4, 1)) == framing.FRAME_SIZE_ERROR
    assert violation(framing.frame(1, framing.PRIORITIZED | 4, 1, b"\0\0")) == framing.FRAME_SIZE_ERROR


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        (framing.ENABLE_PUSH, 2, framing.PROTOCOL_ERROR),
        (framing.INITIAL_WINDOW_SIZE, 2**31, framing.FLOW_CONTROL_ERROR),
        (framing.MAX_FRAME_SIZE, 16_383, framing.PROTOCOL_ERROR),
        (framing.MAX_FRAME_SIZE, 2**24, framing.PROTOCOL_ERROR),
    ],
)
def test_settings_have_bounds(name: int, value: int, code: int) -> None:
    """RFC 9113 section 6.5.2."""
    with pytest.raises(ConnectionViolation) as caught:
        framing.read_settings(name.to_bytes(2) + value.to_bytes(4))
    assert caught.value.code == code


def test_a_long_block_is_written_as_several_frames() -> None:
    """Only the last ends it; the end of the stream is said by the first."""
    block = b"x" * (2 * framing.FRAME_BYTES + 1)
    written = framing.head_frames(1, block, is_end=True)
    reader = FrameReader(len(block) * 2)
    assert list(reader.feed(framing.PREFACE + written)) == [(framing.HEADERS, 5, 1, block)]
    assert len(written) == len(block) + 3 * 9
