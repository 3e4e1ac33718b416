"""Header blocks, read by us and written by others, and the other way round."""

import contextlib
import subprocess
import sys

import hpack
import jh2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jh2 import _hazmat

from services.redirect.http.http2 import framing
from services.redirect.http.http2.framing import ConnectionViolation, StreamViolation
from services.redirect.http.http2.header_blocks import NO_TABLE, BlockReader, content_length, encode, request_of
from services.redirect.http.request_reader import Request
from services.redirect.response import Response, plain, redirect

GET = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"sho.rt"), (b":path", b"/abc?a=1")]


def request(*fields: tuple[bytes, bytes]) -> Request:
    """Return the request of a block as another implementation writes it."""
    return request_of(1, BlockReader().read(hpack.Encoder().encode(list(fields))))


def refused(*fields: tuple[bytes, bytes]) -> int:
    """Return the status that a request is refused with; 0 when it is not."""
    refusal = request(*fields).refusal
    return refusal.status if refusal else 0


# What we use of a module that its authors call private.


def test_the_reader_is_of_the_version_that_was_looked_at() -> None:
    """Its name says that it may change in any release: each is read before it is taken, and this number changed."""
    assert jh2.__version__ == "5.0.15"


def test_the_reader_reads_the_examples_of_the_rfc() -> None:
    """RFC 7541 appendix C.4: three requests of one connection, with Huffman codes, each building on those before."""
    decoder = _hazmat.Decoder(max_header_list_size=1000)
    first = decoder.decode(bytes.fromhex("828684418cf1e3c2e5f23a6ba0ab90f4ff"), True)
    assert first == [
        (b":method", b"GET", False),
        (b":scheme", b"http", False),
        (b":path", b"/", False),
        (b":authority", b"www.example.com", False),
    ]
    second = decoder.decode(bytes.fromhex("828684be5886a8eb10649cbf"), True)
    assert second[-2:] == [(b":authority", b"www.example.com", False), (b"cache-control", b"no-cache", False)]
    third = decoder.decode(bytes.fromhex("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"), True)
    assert third[-1] == (b"custom-key", b"custom-value", False)


def test_the_reader_gives_bytes_as_they_are() -> None:
    """Also what is no UTF-8, as headers of visitors may be."""
    assert request(*GET, (b"referer", b"/\xe9")).headers["referer"] == "/é"
    assert request(*GET, (b"referer", "/é".encode())).headers["referer"] == "/é"


@pytest.mark.parametrize("block", [b"\x80", b"\xbe", b"\x40\x0a", b"\x40\x81\xff\x00", b"\xff" * 9, b"\x3f\xe2\x1f"])
def test_what_is_no_block_ends_the_connection(block: bytes) -> None:
    """Indices of nothing, lengths beyond the end, numbers beyond all bounds, a table larger than allowed."""
    with pytest.raises(ConnectionViolation) as caught:
        BlockReader().read(block)
    assert caught.value.code == framing.COMPRESSION_ERROR


def test_a_panic_of_the_reader_is_such_a_violation_too() -> None:
    """A number that ends too soon is beyond what its Rust code expects; in a process of its own, for it complains."""
    program = (
        "from services.redirect.http.http2.header_blocks import BlockReader\n"
        "from services.redirect.http.http2.framing import ConnectionViolation\n"
        "try: BlockReader().read(b'\\xff')\n"
        "except ConnectionViolation as problem: print(problem.code, type(problem.__cause__).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == f"{framing.COMPRESSION_ERROR} PanicException\n"


@given(
    block=st.binary(max_size=60).filter(lambda block: block[-1:] not in (b"\xff", b"\x7f", b"\x3f", b"\x1f", b"\x0f"))
)
def test_whatever_comes_is_read_or_refused(block: bytes) -> None:
    """Nothing but a violation is raised."""
    with contextlib.suppress(ConnectionViolation, StreamViolation):
        request_of(1, BlockReader().read(block))


def test_a_list_that_grows_out_of_a_small_block_is_refused() -> None:
    """S14: one header in the table, named again and again."""
    encoder = hpack.Encoder()
    bomb = encoder.encode([(b"x", b"y" * 3000)]) + encoder.encode([(b"x", b"y" * 3000)]) * 100
    with pytest.raises(ConnectionViolation):
        BlockReader().read(bomb)


# Requests.


def test_a_request_has_its_parts() -> None:
    """As one of HTTP/1.1 has them: the authority is its Host."""
    asked = request(*GET, (b"user-agent", b"x"))
    assert (asked.method, asked.path, asked.query) == ("GET", "/abc", "a=1")
    assert asked.headers == {"user-agent": "x", "host": "sho.rt"}
    assert not asked.is_last
    assert asked.refusal is None


def test_several_headers_of_one_name_are_a_list() -> None:
    """Crumbs of a cookie, which clients send apart for the table's sake, are one cookie again."""
    asked = request(*GET, (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y"))
    assert asked.headers["cookie"] == "a=1; b=2"
    assert asked.headers["accept"] == "x, y"


@pytest.mark.parametrize(
    "fields",
    [
        [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"a")],
        [(b":method", b"GET"), (b":authority", b"a"), (b":path", b"/")],
        [(b":scheme", b"http"), (b":authority", b"a"), (b":path", b"/")],
        [*GET, (b":method", b"GET")],
        [*GET, (b":status", b"200")],
        [GET[0], (b"x", b"y"), *GET[1:]],
        [*GET[:3], (b":path", b"")],
        [*GET[:3], (b":path", b"abc")],
        [*GET[:3], (b":path", b"/a b")],
        [*GET[:3], (b":path", b"/a\0")],
        [(b":method", b"GE T"), *GET[1:]],
        [*GET, (b"X", b"y")],
        [*GET, (b"", b"y")],
        [*GET, (b"x y", b"z")],
        [*GET, (b"x", b"a\r\nb: c")],
        [*GET, (b"x", b"a\0")],
        [*GET, (b"x", b" a")],
        [*GET, (b"x", b"a\t")],
        [*GET, (b"connection", b"close")],
        [*GET, (b"transfer-encoding", b"chunked")],
        [*GET, (b"upgrade", b"websocket")],
        [*GET, (b"te", b"gzip")],
        [(b":method", b"CONNECT"), (b":authority", b"a")],
    ],
)
def test_a_malformed_request_ends_its_stream(fields: list[tuple[bytes, bytes]]) -> None:
    """RFC 9113 section 8: what two readers could take for different requests is refused, and nothing else suffers."""
    # Twice: names that were met once are known.
    for _ in range(2):
        with pytest.raises(StreamViolation) as caught:
            request(*fields)
        assert (caught.value.stream, caught.value.code) == (1, framing.PROTOCOL_ERROR)


def test_what_is_unusual_is_no_violation() -> None:
    """Empty values, two spaces, trailers that are accepted, OPTIONS of everything, Host without authority."""
    asked = request(*GET, (b"a", b""), (b"b", b"x  y"), (b"te", b"trailers"))
    assert asked.headers == {"a": "", "b": "x  y", "te": "trailers", "host": "sho.rt"}
    assert request((b":method", b"OPTIONS"), *GET[1:3], (b":path", b"*")).path == "*"
    assert request(GET[0], GET[1], GET[3], (b"host", b"b")).headers["host"] == "b"


def test_a_request_without_one_valid_host_is_400() -> None:
    """As in HTTP/1.1."""
    assert refused(GET[0], GET[1], GET[3]) == 400
    assert refused(*GET[:2], (b":authority", b"a b"), GET[3]) == 400
    assert refused(*GET) == 0


def test_many_headers_are_431() -> None:
    """S14: a response, not the end of everybody's connection."""
    assert refused(*GET, *((b"x-%d" % number, b"a") for number in range(97))) == 431
    assert refused(*GET, *((b"x-%d" % number, b"a") for number in range(96))) == 0


def test_a_length_is_one_number() -> None:
    """Two that differ, or another sign, are a violation."""
    assert content_length(1, request(*GET)) is None
    assert content_length(1, request(*GET, (b"content-length", b"12"))) == 12
    for wrong in (b"+1", b"1, 2", b"-1", b"9" * 30):
        with pytest.raises(StreamViolation):
            content_length(1, request(*GET, (b"content-length", wrong)))


# Responses.


def fields(response: Response) -> list[tuple[bytes, bytes]]:
    """Return what another implementation reads in our block, but for the date."""
    read = hpack.Decoder().decode(NO_TABLE + encode(response), raw=True)
    return [(name, value) for name, value in read if name != b"date"]


def test_a_redirect_is_its_headers() -> None:
    """The same as in HTTP/1.1, with the date at the end; made once, it is the same again."""
    response = redirect(302, "https://example.com/" + "a" * 300)
    for _ in range(2):
        assert fields(response) == [
            (b":status", b"302"),
            (b"location", b"https://example.com/" + b"a" * 300),
            (b"cache-control", b"private, no-store"),
            (b"x-robots-tag", b"noindex, nofollow"),
            (b"content-length", b"0"),
        ]
    assert list(hpack.Decoder().decode(encode(response), raw=True))[-1][0] == b"date"


def test_lengths_are_in_bytes_and_204_has_none() -> None:
    """RFC 9110."""
    assert (b"content-length", b"3") in fields(plain(200, "ä\n"))
    assert fields(Response(204)) == [(b":status", b"204")]


@given(value=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20_000))
def test_others_read_what_we_write(value: str) -> None:
    """Of any length."""
    assert (b"x-name", value.encode()) in fields(Response(200, [("x-name", value)]))


@pytest.mark.parametrize("value", ["a\r\nset-cookie: b", "a\nb", "a\0", "a\x7f"])
def test_a_header_is_one_line(value: str) -> None:
    """Whatever came before, the response is not written otherwise."""
    with pytest.raises(ValueError, match="printable"):
        encode(Response(302, [("location", value)]))
