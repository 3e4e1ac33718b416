"""Whole conversations, in which another implementation is the client; and what no client may say."""

import struct

import hpack
import pytest
from h2.settings import SettingCodes

from services.redirect.http.http2 import framing
from services.redirect.http.http2.session import BODY_SECONDS, STREAMS, TAKING_SECONDS, Asked, Session
from services.redirect.http.request_reader import DISCARDED_BYTES, KEPT_BYTES
from services.redirect.response import plain, redirect
from tests.support.http2_client import Http2Client

FOUND = redirect(302, "https://example.com/")
PAGE = plain(200, "x" * 100_000)
GET = hpack.Encoder().encode([(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/")])
POST = hpack.Encoder().encode([(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")])


class Talk:
    """A session and its client, and the requests that were handed out."""

    def __init__(self, *, initial_window: int | None = None) -> None:
        self.session = Session()
        self.client = Http2Client(initial_window=initial_window)
        self.asked: list[Asked] = []
        self.now = 0.0

    def run(self) -> list[Asked]:
        """Let all bytes arrive, in both directions; return the requests that came of them."""
        asked: list[Asked] = []
        while data := self.client.take():
            asked += self.session.feed(data, self.now)
            self.client.receive(self.session.take())
        self.client.receive(self.session.take())
        self.asked += asked
        return asked

    def answer_all(self) -> None:
        """Redirect every request that was handed out."""
        for stream, request in self.asked:
            self.session.respond(stream, FOUND, self.now, with_body=request.method != "HEAD")
        self.asked.clear()
        self.run()


def raw(*frames: bytes) -> Session:
    """Return a session after frames that no client may send, or none would."""
    session = Session()
    session.feed(framing.PREFACE + framing.settings_frame({}), 0)
    session.take()
    session.feed(b"".join(frames), 0)
    return session


def said(session: Session) -> list[tuple[int, int, int]]:
    """Return what a session says: type, stream and the last number of RST_STREAM and GOAWAY, else 0."""
    reader = framing.FrameReader(100_000)
    frames = list(reader.feed(framing.PREFACE + session.take()))
    ends = (framing.RST_STREAM, framing.GOAWAY)
    return [
        (kind, stream, struct.unpack(">L", load[-4:])[0] if kind in ends else 0) for kind, _, stream, load in frames
    ]


def test_requests_are_answered_in_any_order() -> None:
    """Several of one read; the one behind need not wait for the one before."""
    talk = Talk()
    streams = [talk.client.ask(f"/{number}") for number in range(3)]
    asked = talk.run()
    assert [(stream, request.path) for stream, request in asked] == [(1, "/0"), (3, "/1"), (5, "/2")]
    for stream in (5, 1):
        talk.session.respond(stream, FOUND, 0, with_body=True)
    talk.run()
    assert talk.client.statuses() == {5: 302, 1: 302}
    assert talk.client.ended() == {1, 5}
    assert not talk.session.is_idle
    talk.session.respond(streams[1], PAGE, 0, with_body=False)
    talk.run()
    assert talk.client.statuses()[3] == 200
    assert talk.client.body(3) == b""
    assert talk.session.is_idle


def test_a_hundred_times_a_hundred_requests_leave_nothing_behind() -> None:
    """Tables of headers stay in step, places become free."""
    talk = Talk()
    for _ in range(100):
        for number in range(STREAMS):
            talk.client.ask(f"/{number}", ("user-agent", f"agent {number % 7}"), ("x-request-id", f"{number}"))
        assert len(talk.run()) == STREAMS
        talk.answer_all()
    assert len(talk.client.statuses()) == 100 * STREAMS
    assert talk.session.is_idle


def test_a_body_comes_with_its_request() -> None:
    """In pieces, however long; of a long one the beginning is kept, and the windows never close."""
    talk = Talk()
    talk.client.ask("/form", method="POST", body=b"password=x")
    (asked,) = talk.run()
    assert asked.request.body == b"password=x"
    assert talk.client.connection.remote_flow_control_window(1) == framing.WINDOW
    stream = talk.client.ask("/form", ("content-length", "1000000"), method="POST", body=b"")
    assert talk.client.resets() == {}
    talk.run()
    assert talk.client.resets() == {stream: framing.PROTOCOL_ERROR}


def test_a_long_body_is_cut_and_an_endless_one_is_not_read() -> None:
    """S14: its request is answered all the same, and only then the client told to send no more."""
    talk = Talk()
    connection = talk.client.connection
    stream = connection.get_next_available_stream_id()
    fields = [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")]
    connection.send_headers(stream, fields)
    sent = 0
    while not talk.asked:
        sent += framing.FRAME_BYTES
        connection.send_data(stream, b"x" * framing.FRAME_BYTES)
        talk.run()
    assert DISCARDED_BYTES < sent <= DISCARDED_BYTES + framing.FRAME_BYTES
    assert KEPT_BYTES <= len(talk.asked[0].request.body) < KEPT_BYTES + framing.FRAME_BYTES
    connection.send_data(stream, b"still on its way", end_stream=True)
    talk.answer_all()
    assert talk.client.statuses() == {stream: 302}
    assert talk.client.goodbyes() == []


def test_trailers_end_a_body_and_are_ignored() -> None:
    """Nobody asked for them."""
    talk = Talk()
    connection = talk.client.connection
    connection.send_headers(1, [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")])
    connection.send_data(1, b"abc")
    connection.send_headers(1, [("x-trailer", "y")], end_stream=True)
    ((_, request),) = talk.run()
    assert request.body == b"abc"
    assert "x-trailer" not in request.headers


def test_a_body_that_does_not_end_is_late() -> None:
    """Its request is handed out as such, once; other streams know nothing of it."""
    talk = Talk()
    talk.client.connection.send_headers(
        1, [(":method", "POST"), (":scheme", "http"), (":authority", "a"), (":path", "/")]
    )
    talk.run()
    assert talk.session.give_up(BODY_SECONDS - 1) == []
    ((stream, request),) = talk.session.give_up(BODY_SECONDS)
    assert (stream, request.is_late) == (1, True)
    assert talk.session.give_up(BODY_SECONDS) == []
    talk.session.respond(1, FOUND, BODY_SECONDS, with_body=True)
    talk.run()
    assert talk.client.statuses() == {1: 302}
    assert talk.session.is_idle


def test_bodies_go_as_far_as_windows_allow() -> None:
    """A stream's window holds up that stream alone, the connection's all, and what is granted is used at once."""
    talk = Talk(initial_window=10)
    talk.client.ask("/page")
    talk.client.ask("/page")
    talk.run()
    for stream in (1, 3):
        talk.session.respond(stream, PAGE, 0, with_body=True)
    talk.run()
    assert {len(talk.client.body(stream)) for stream in (1, 3)} == {10}
    talk.client.connection.increment_flow_control_window(500_000, 3)
    talk.run()
    assert len(talk.client.body(3)) == framing.WINDOW - 10
    talk.client.connection.increment_flow_control_window(500_000)
    talk.run()
    assert len(talk.client.body(3)) == 100_000
    assert talk.client.ended() == {3}
    talk.client.connection.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 200_000})
    talk.run()
    assert talk.client.body(1) == b"x" * 100_000
    assert talk.session.is_idle


def test_who_does_not_take_a_body_gets_no_more_of_it() -> None:
    """S21: its place goes to others."""
    talk = Talk(initial_window=10)
    talk.client.ask("/page")
    talk.run()
    talk.session.respond(1, PAGE, 0, with_body=True)
    talk.session.give_up(TAKING_SECONDS - 1)
    assert not talk.session.is_idle
    talk.session.give_up(TAKING_SECONDS)
    talk.run()
    assert talk.client.resets() == {1: framing.CANCEL}
    assert talk.session.is_idle


def test_more_than_so_many_streams_are_refused() -> None:
    """So that a client may ask again elsewhere, as Envoy does; those before are served."""
    frames = [framing.frame(framing.HEADERS, 5, number, GET) for number in range(1, 2 * STREAMS + 3, 2)]
    session = raw(*frames)
    assert said(session) == [(framing.RST_STREAM, 2 * STREAMS + 1, framing.REFUSED_STREAM)]
    session.respond(1, FOUND, 0, with_body=True)
    assert len(session.feed(framing.frame(framing.HEADERS, 5, 2 * STREAMS + 3, GET), 0)) == 1


def test_who_resets_streams_gets_no_more_work_done_than_who_waits() -> None:
    """S15: a request that was handed out keeps its place until it was responded to."""
    session = raw()
    asked = []
    for number in range(1, 20 * STREAMS, 2):
        both = framing.frame(framing.HEADERS, 5, number, GET) + framing.reset_frame(number, framing.CANCEL)
        asked += session.feed(both, 0)
    assert len(asked) == STREAMS
    session.take()
    for stream, _ in asked:
        session.respond(stream, FOUND, 0, with_body=True)
    # Nobody waits for these any more.
    assert session.take() == b""
    assert session.is_idle
    assert len(session.feed(framing.frame(framing.HEADERS, 5, 20 * STREAMS + 1, GET), 0)) == 1


def test_a_request_without_response_ends_its_stream() -> None:
    """The others go on."""
    talk = Talk()
    talk.client.ask()
    talk.client.ask()
    talk.run()
    talk.session.abandon(1)
    talk.session.respond(3, FOUND, 0, with_body=True)
    talk.run()
    assert talk.client.resets() == {1: framing.INTERNAL_ERROR}
    assert talk.client.statuses() == {3: 302}


def test_a_malformed_request_ends_its_stream_alone() -> None:
    """What comes for that stream afterwards is ignored, and the tables of headers stay in step."""
    talk = Talk()
    bad = talk.client.ask("/a b", ("user-agent", "known from here on"), method="POST", body=b"abc")
    good = talk.client.ask("/abc", ("user-agent", "known from here on"))
    ((stream, request),) = talk.run()
    assert stream == good
    assert request.headers["user-agent"] == "known from here on"
    assert talk.client.resets() == {bad: framing.PROTOCOL_ERROR}
    assert talk.client.goodbyes() == []


def test_leaving_serves_what_comes_still() -> None:
    """R6: the client is told once, and nothing that it sent before it heard of that is lost."""
    talk = Talk()
    talk.client.ask()
    data = talk.client.take()
    talk.session.feed(data, 0)
    talk.session.leave()
    talk.session.leave()
    (late,) = talk.session.feed(framing.frame(framing.HEADERS, 5, 3, GET), 0)
    for stream in (1, late.stream):
        talk.session.respond(stream, FOUND, 0, with_body=True)
    frames = said(talk.session)
    assert [(kind, stream) for kind, stream, _ in frames if kind != framing.SETTINGS] == [(7, 0), (1, 1), (1, 3)]


def test_pings_and_settings_are_acknowledged() -> None:
    """Answers to ours are not."""
    session = raw(
        framing.frame(framing.PING, 0, 0, b"12345678"),
        framing.frame(framing.PING, framing.ACK, 0, b"12345678"),
        framing.settings_frame({framing.MAX_CONCURRENT_STREAMS: 5, 0xFF: 1}),
        framing.frame(framing.SETTINGS, framing.ACK, 0),
        framing.frame(0xEE, 0, 0, b"of a type to come"),
        framing.frame(framing.PRIORITY, 0, 1, b"\0\0\0\3\0"),
        framing.goaway_frame(0, 0),
    )
    assert said(session) == [(framing.PING, 0, 0), (framing.SETTINGS, 0, 0)]
    assert not session.has_failed


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([framing.frame(framing.HEADERS, 5, 0, GET)], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.HEADERS, 5, 2, GET)], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.HEADERS, 5, 1, b"\x80")], framing.COMPRESSION_ERROR),
        ([framing.frame(framing.HEADERS, 5, 3, GET), framing.frame(1, 5, 1, GET)], framing.STREAM_CLOSED),
        ([framing.frame(framing.DATA, 0, 0, b"x")], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.DATA, 0, 1, b"x")], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.PUSH_PROMISE, 4, 1, b"\0\0\0\2")], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.PRIORITY, 0, 0, b"\0\0\0\0\0")], framing.PROTOCOL_ERROR),
        ([framing.reset_frame(1, 0)], framing.PROTOCOL_ERROR),
        ([framing.reset_frame(0, 0)], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.RST_STREAM, 0, 1, b"\0")], framing.FRAME_SIZE_ERROR),
        ([framing.window_frame(0, 0)], framing.PROTOCOL_ERROR),
        ([framing.window_frame(0, framing.MOST_WINDOW)], framing.FLOW_CONTROL_ERROR),
        ([framing.window_frame(1, 1)], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.PING, 0, 1, b"12345678")], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.PING, 0, 0, b"1")], framing.FRAME_SIZE_ERROR),
        ([framing.frame(framing.SETTINGS, 0, 1)], framing.PROTOCOL_ERROR),
        ([framing.frame(framing.SETTINGS, 0, 0, b"1")], framing.FRAME_SIZE_ERROR),
        ([framing.frame(framing.SETTINGS, 1, 0, b"123456")], framing.FRAME_SIZE_ERROR),
        ([framing.frame(framing.GOAWAY, 0, 0, b"1")], framing.FRAME_SIZE_ERROR),
        ([framing.frame(framing.CONTINUATION, 4, 1, GET)], framing.PROTOCOL_ERROR),
    ],
)
def test_what_breaks_the_connections_rules_ends_it(frames: list[bytes], code: int) -> None:
    """RFC 9113: the client is told the code, and nothing of it is read any more."""
    session = raw(*frames, framing.frame(framing.PING, 0, 0, b"12345678"))
    assert session.has_failed
    assert said(session)[-1] == (framing.GOAWAY, 0, code)


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([framing.frame(1, 5, 1, GET), framing.frame(1, 5, 1, GET)], framing.STREAM_CLOSED),
        ([framing.frame(1, 5, 1, GET), framing.frame(0, 1, 1, b"x")], framing.STREAM_CLOSED),
        ([framing.frame(1, 4, 1, POST), framing.frame(1, 4, 1, GET)], framing.PROTOCOL_ERROR),
        ([framing.frame(1, 5, 1, GET), framing.window_frame(1, 0)], framing.PROTOCOL_ERROR),
        ([framing.frame(1, 5, 1, GET), framing.window_frame(1, framing.MOST_WINDOW)], framing.FLOW_CONTROL_ERROR),
        ([framing.frame(1, 5, 1, GET), framing.frame(2, 0, 1, b"x")], framing.FRAME_SIZE_ERROR),
    ],
)
def test_what_breaks_a_streams_rules_ends_that(frames: list[bytes], code: int) -> None:
    """The connection goes on."""
    session = raw(*frames)
    assert (framing.RST_STREAM, 1, code) in said(session)
    assert not session.has_failed
    assert session.feed(framing.frame(framing.HEADERS, 5, 7, GET), 0)


def test_a_connection_begins_with_settings() -> None:
    """Whatever comes before them is refused."""
    session = Session()
    session.feed(framing.PREFACE + framing.frame(framing.HEADERS, 5, 1, GET), 0)
    assert session.has_failed


def test_a_later_initial_window_that_is_too_large_for_a_stream_ends_the_connection() -> None:
    """RFC 9113 section 6.9.2: a change may not lead beyond the largest window."""
    session = raw(
        framing.frame(framing.HEADERS, 5, 1, GET),
        framing.window_frame(1, 1000),
        framing.settings_frame({framing.INITIAL_WINDOW_SIZE: framing.MOST_WINDOW}),
    )
    assert said(session)[-1] == (framing.GOAWAY, 0, framing.FLOW_CONTROL_ERROR)
