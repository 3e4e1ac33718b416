"""Requests out of bytes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.redirect.http.request_reader import (
    DISCARDED_BYTES,
    HEAD_BYTES,
    HEADERS,
    PIECE_BYTES,
    Request,
    RequestReader,
)

GET = b"GET /abc?a=%20 HTTP/1.1\r\nHost: sho.rt\r\nUser-Agent: x\r\n\r\n"
POST = b"POST /abc HTTP/1.1\r\nHost: sho.rt\r\nContent-Length: 10\r\n\r\npassword=x"


def read(*pieces: bytes) -> list[Request]:
    """Read pieces, one after the other, none larger than what is read at once."""
    reader = RequestReader()
    return [
        request
        for piece in pieces
        for start in range(0, len(piece), PIECE_BYTES)
        for request in reader.feed(piece[start : start + PIECE_BYTES])
    ]


def refused(*pieces: bytes) -> int:
    """Return the status that the last request is refused with; 0 when it is not."""
    last = read(*pieces)[-1]
    assert last.is_last or last.refusal is None
    return last.refusal.status if last.refusal else 0


def test_a_request_has_its_parts() -> None:
    """Method, path and query apart, headers by lower-case name."""
    (request,) = read(GET)
    assert (request.method, request.path, request.query) == ("GET", "/abc", "a=%20")
    assert request.headers == {"host": "sho.rt", "user-agent": "x"}
    assert not request.is_last


@given(st.lists(st.integers(0, len(GET + POST + GET)), max_size=8))
def test_pieces_make_no_difference(cuts: list[int]) -> None:
    """However the bytes are cut on their way, they are the same requests."""
    stream = GET + POST + GET
    borders = [0, *sorted(cuts), len(stream)]
    pieces = [stream[start:end] for start, end in itertools.pairwise(borders)]
    assert read(*pieces) == read(GET) + read(POST) + read(GET)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/%61bc", "/abc"),
        (b"/%2561", "/%61"),
        (b"//abc", "//abc"),
        (b"/a%2Fb%2f", "/a%2Fb%2f"),
        (b"/%ff", "/\ufffd"),
        (b"*", "*"),
    ],
)
def test_a_path_is_decoded_once(target: bytes, path: str) -> None:
    """Percent signs stand for one byte, one time; an escaped slash is data and no separator (RFC 3986 section 2.2)."""
    assert read(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)[0].path == path


def test_headers_of_a_name_are_one_list() -> None:
    """RFC 9110: so no proxy's line hides behind a visitor's own; cookies have a separator of theirs."""
    lines = b"X-Forwarded-For: 1.1.1.1\r\nCookie: a=1\r\nx-forwarded-for: 2.2.2.2\r\nCookie: b=2\r\n"
    (request,) = read(b"GET / HTTP/1.0\r\n" + lines + b"\r\n")
    assert request.headers == {"x-forwarded-for": "1.1.1.1, 2.2.2.2", "cookie": "a=1; b=2"}


@pytest.mark.parametrize(
    ("sent", "text"), [(b"INCO AIR\xc2\xae", "INCO AIR®"), ("浏览器".encode(), "浏览器"), (b"\xae", "®")]
)
def test_bytes_beyond_ascii_are_read_as_what_they_most_likely_are(sent: bytes, text: str) -> None:
    """UTF-8, else Latin-1."""
    (request,) = read(b"GET /abc HTTP/1.1\r\nHost: a\r\nUser-Agent: %b\r\n\r\n" % sent)
    assert request.headers["user-agent"] == text


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"http://other.example/abc?x", "/abc", "x"),
        (b"HTTPS://other.example", "/", ""),
        (b"http://other.example?x", "/", "x"),
    ],
)
def test_of_the_absolute_form_the_target_names_the_host(target: bytes, path: str, query: str) -> None:
    """RFC 9112 section 3.2.2: the header is passed over, though it has to be there."""
    (request,) = read(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
    assert (request.path, request.query, request.headers["host"]) == (path, query, "other.example")
    assert refused(b"GET %b HTTP/1.1\r\n\r\n" % target) == 400


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"Host: a\r\nHost: a\r\n",
        b"Host: a\r\nhost: b\r\n",
        b"Host: a b\r\n",
        b"Host: user@a\r\n",
        b"Host: http://a\r\n",
        b"Host: a:b\r\n",
        b"Host: \xc3\xa4\r\n",
    ],
)
def test_a_request_names_one_host(lines: bytes) -> None:
    """RFC 9112 section 3.2: 400 to none, to several and to what is none."""
    assert refused(b"GET /abc HTTP/1.1\r\n" + lines + b"\r\n") == 400


def test_a_request_of_old_may_leave_the_host_to_us() -> None:
    """HTTP/1.0 has no Host header; one that is there counts, and is one."""
    assert "host" not in read(b"GET /abc HTTP/1.0\r\n\r\n")[0].headers
    assert read(b"GET /abc HTTP/1.0\r\nHost: a:80\r\n\r\n")[0].headers["host"] == "a:80"
    assert refused(b"GET /abc HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == 400
    assert read(b"GET http://a/abc HTTP/1.0\r\n\r\n")[0].headers["host"] == "a"


def test_a_refused_host_does_not_wait_for_its_body_for_ever() -> None:
    """The refusal stays one, however the body ends."""
    reader = RequestReader()
    assert reader.feed(b"POST /abc HTTP/1.1\r\nContent-Length: 9\r\n\r\n") == []
    (request,) = reader.give_up()
    assert request.refusal
    assert request.refusal.status == 400


@pytest.mark.parametrize(
    ("head", "is_last"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\n\r\n", True),
        (b"GET /\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", True),
        (b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", True),
    ],
)
def test_the_last_request_of_a_connection_is_known(head: bytes, *, is_last: bool) -> None:
    """The client said so, is of HTTP/1.0, or means to speak something else."""
    (request,) = read(head)
    assert (request.is_last, request.refusal) == (is_last, None)


def test_a_client_of_old_is_told_that_the_connection_stays() -> None:
    """HTTP/1.0 ends it otherwise; HTTP/1.1 keeps it unasked."""
    assert read(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")[0].announces_keep_alive
    assert not read(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")[0].announces_keep_alive
    assert not read(b"GET / HTTP/1.0\r\n\r\n")[0].announces_keep_alive


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(head: bytes) -> None:
    """400 and the end, so that no proxy and we see different requests in the same bytes."""
    assert refused(head) == 400


def test_nothing_is_read_behind_a_refusal() -> None:
    """What follows may be anything."""
    assert [request.is_last for request in read(b"nonsense\r\n\r\n", GET)] == [True]


def test_large_heads_are_refused() -> None:
    """431 for one large header and for many small ones; the limit is never passed by much."""
    assert refused(b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * (HEAD_BYTES - 1024) + b"\r\n\r\n") == 0
    assert refused(b"GET / HTTP/1.1\r\nA: " + b"a" * (HEAD_BYTES + 32 * 1024) + b"\r\n\r\n") == 431
    assert refused(b"GET / HTTP/1.1\r\n", *[b"A: b\r\n"] * 100_000) == 431
    assert refused(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (HEADERS + 1) + b"\r\n") == 431


async def test_a_body_is_kept_as_far_as_anybody_wants_it() -> None:
    """With a length or in chunks; trailers are no headers."""
    assert await read(POST)[0].read_body(10) == b"password=x"
    assert await read(POST)[0].read_body(9) is None
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    (request,) = read(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\nCookie: a=1\r\n\r\n")
    assert (await request.read_body(10), request.headers) == (b"abcde", {"host": "a", "transfer-encoding": "chunked"})


async def test_an_endless_body_ends_the_connection() -> None:
    """It is read up to a limit, so that its sender can get an answer, and not kept."""
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n"
    (request,) = read(head, *[b"x" * 65536] * (DISCARDED_BYTES // 65536 + 1))
    assert request.is_last
    assert await request.read_body(4096) is None


async def test_a_body_that_does_not_come_is_late() -> None:
    """The request is answered as far as it got."""
    reader = RequestReader()
    assert reader.feed(POST[:-1]) == []
    assert reader.is_in_body
    (request,) = reader.give_up()
    assert request.is_last
    with pytest.raises(TimeoutError):
        await request.read_body(10)
    assert reader.feed(GET) == []


def test_who_waits_for_a_word_is_noticed() -> None:
    """Expect: 100-continue, until the body came."""
    reader = RequestReader()
    reader.feed(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    assert reader.expects_continue
    reader.feed(b"x")
    assert not reader.expects_continue


@pytest.mark.parametrize(
    "head", [b"POST / HTTP/1.0\r\nExpect: 100-continue", b"POST / HTTP/1.1\r\nHost: a\r\nExpect: gold"]
)
def test_nobody_is_told_to_go_on_who_does_not_understand_it(head: bytes) -> None:
    """RFC 9110 section 10.1.1: HTTP/1.0 knows no such word; neither do we know any other."""
    reader = RequestReader()
    reader.feed(head + b"\r\nContent-Length: 1\r\n\r\n")
    assert not reader.expects_continue
