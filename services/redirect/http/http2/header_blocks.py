"""Header blocks: requests out of them, and responses into them (HPACK, RFC 7541).

Reading is jh2's, in Rust: a table of what came before and a Huffman code are nothing for Python. Writing uses neither,
so that the block of a response is the same bytes on every connection and is made once.
"""

import re
import time
from collections.abc import Sequence
from email.utils import formatdate
from functools import lru_cache
from typing import Final, TypeAlias

from jh2._hazmat import Decoder

from services.redirect.domain.hosts import is_authority
from services.redirect.http.http2 import framing
from services.redirect.http.http2.framing import ConnectionViolation, StreamViolation
from services.redirect.http.request_reader import HEAD_BYTES, HEADERS, NO_HOST, TOO_LARGE, Request, decoded
from services.redirect.response import Response

# Tells the peer's decoder that its table stays empty; the first block of a connection begins with it, as the peer may
# have chosen a table smaller than the one that is taken for granted (RFC 7541 section 4.2).
NO_TABLE: Final = b"\x20"

_Field: TypeAlias = tuple[bytes, bytes, bool]

# The bit of a byte that says that a number goes on in the next one.
_MORE: Final = 0x80
# Places in the static table (RFC 7541 appendix A).
_STATUS: Final = 8
_NAMES: Final = {
    "allow": 22,
    "cache-control": 24,
    "content-language": 27,
    "content-length": 28,
    "content-type": 31,
    "date": 33,
    "location": 46,
    "retry-after": 53,
    "set-cookie": 55,
    "vary": 59,
    "www-authenticate": 61,
}
_NO_CONTENT: Final = 204
# The first two are a request line, the third is Host, and the scheme is the connection's own, whatever it says.
_PSEUDO: Final = (b":method", b":path", b":authority", b":scheme")
_USUAL: Final = len(_PSEUDO)
# They are about one connection of HTTP/1.1 (RFC 9113 section 8.2.2).
_OF_CONNECTIONS: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"}
)
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
_NO_VALUE: Final = re.compile(rb"[\0\r\n]|^[ \t]|[ \t]$")
_TARGET_BYTES: Final = bytes({*range(0x21, 0x100)} - {0x7F})
# No host.
_NO_AUTHORITY: Final = " "
# Names that were met before; whoever sends other ones again and again fills it once.
_MOST_KNOWN: Final = 1024
_LONGEST_KNOWN: Final = 64
_known_keys: dict[bytes, str] = {}
_DIGITS: Final = re.compile(r"[0-9]{1,18}")


class BlockReader:
    """Reads the header blocks of one connection, which build on each other."""

    def __init__(self) -> None:
        self._decoder = Decoder(max_header_list_size=HEAD_BYTES)

    def read(self, block: bytes) -> list[_Field]:
        """Return the names and values of a block.

        Raise ConnectionViolation when it cannot be read: the blocks after it could not be either.
        """
        try:
            fields: list[_Field] = self._decoder.decode(block, True)
        except Exception as problem:
            raise ConnectionViolation(framing.COMPRESSION_ERROR) from problem
        except BaseException as problem:
            # What the Rust code did not expect comes as a panic, which pyo3 keeps from `except Exception`.
            if type(problem).__name__ != "PanicException":
                raise
            raise ConnectionViolation(framing.COMPRESSION_ERROR) from problem
        return fields


def request_of(stream: int, fields: Sequence[_Field]) -> Request:
    """Return the request of a block, without body; raise StreamViolation when it is malformed."""
    pseudo = {name: value for name, value, _ in fields[:_USUAL]}
    try:
        method, target, authority, _ = [pseudo[name] for name in _PSEUDO]
    except KeyError:
        return _unusual_request(stream, fields)
    return _request(stream, fields, method, target, _headers(stream, fields[_USUAL:]) | {"host": decoded(authority)})


def _unusual_request(stream: int, fields: Sequence[_Field]) -> Request:
    """Return the request of a block that has not exactly the four pseudo-headers that nearly all have."""
    pseudo: dict[bytes, bytes] = {}
    for name, value, _ in fields:
        if not name.startswith(b":"):
            break
        if name in pseudo or name not in _PSEUDO:
            raise StreamViolation(stream, framing.PROTOCOL_ERROR)
        pseudo[name] = value
    headers = _headers(stream, fields[len(pseudo) :])
    if b":scheme" not in pseudo:
        raise StreamViolation(stream, framing.PROTOCOL_ERROR)
    if b":authority" in pseudo:
        headers["host"] = decoded(pseudo[b":authority"])
    return _request(stream, fields, pseudo.get(b":method", b""), pseudo.get(b":path", b""), headers)


def _request(stream: int, fields: Sequence[_Field], method: bytes, target: bytes, headers: dict[str, str]) -> Request:
    if not _is_method(method) or not _is_target(target):
        raise StreamViolation(stream, framing.PROTOCOL_ERROR)
    refusal = None
    if len(fields) > HEADERS:
        refusal = TOO_LARGE
    elif not is_authority(headers.get("host", _NO_AUTHORITY)):
        refusal = NO_HOST
    return Request(_text_of(method), target, headers, False, b"", False, refusal)


def content_length(stream: int, request: Request) -> int | None:
    """Return how long the body of a request says to be; None: it does not say. Raise StreamViolation if it says two."""
    text = request.headers.get("content-length")
    if text is None:
        return None
    if not _DIGITS.fullmatch(text):
        raise StreamViolation(stream, framing.PROTOCOL_ERROR)
    return int(text)


def encode(response: Response) -> bytes:
    """Return the block of a response; raise ValueError when a header is not one printable line."""
    block = response.block
    if not block:
        block = response.block = _encode(response)
    return block + _date(int(time.time()))


def _headers(stream: int, fields: Sequence[_Field]) -> dict[str, str]:
    """Return headers by name; several of one name are joined to the list that they make up."""
    try:
        # Nearly always: names that were met before, one of each, and values that need no second look.
        headers = {_known_keys[name]: value.decode() for name, value, _ in fields}
    except (KeyError, UnicodeDecodeError):
        return _checked_headers(stream, fields)
    # With a space in between, one at the edge of a value makes two.
    line = f" {' '.join(headers.values())} "
    if len(headers) == len(fields) and line.isprintable() and "  " not in line:
        return headers
    return _checked_headers(stream, fields)


def _checked_headers(stream: int, fields: Sequence[_Field]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value, _ in fields:
        key = _key(name)
        if not key or _NO_VALUE.search(value) or (key == "te" and value != b"trailers"):
            raise StreamViolation(stream, framing.PROTOCOL_ERROR)
        text = decoded(value)
        if key in headers:
            text = f"{headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
        headers[key] = text
    return headers


def _key(name: bytes) -> str:
    """Return a header's name as text; empty when no header of HTTP/2 may have it."""
    if known := _known_keys.get(name):
        return known
    if name in _OF_CONNECTIONS or not _NAME.fullmatch(name):
        return ""
    key = name.decode("ascii")
    # The value of this one is looked at each time.
    if key != "te" and len(name) <= _LONGEST_KNOWN and len(_known_keys) < _MOST_KNOWN:
        _known_keys[name] = key
    return key


@lru_cache(maxsize=64)
def _is_method(method: bytes) -> bool:
    return _TOKEN.fullmatch(method) is not None


@lru_cache(maxsize=64)
def _text_of(method: bytes) -> str:
    return method.decode("ascii")


def _is_target(target: bytes) -> bool:
    return (target[:1] == b"/" or target == b"*") and not target.translate(None, _TARGET_BYTES)


def _encode(response: Response) -> bytes:
    """Return the block but for what changes each time: the date."""
    lines = [*response.headers]
    if response.status != _NO_CONTENT:
        lines.append(("content-length", str(len(response.body.encode()))))
    for name, value in lines:
        # The last guard before the wire: whatever a header holds, it stays one line.
        if not (name + value).isprintable():
            raise ValueError("a header is no printable line")
    status = _integer(_STATUS, 4) + _text(str(response.status))
    return status + b"".join(_literal(name, value) for name, value in lines)


def _literal(name: str, value: str) -> bytes:
    """Write a header that the peer is to keep in no table (RFC 7541 section 6.2.2)."""
    place = _NAMES.get(name)
    return (_integer(place, 4) if place else b"\0" + _text(name)) + _text(value)


def _text(text: str) -> bytes:
    content = text.encode("ascii")
    return _integer(len(content), 7) + content


def _integer(number: int, bits: int) -> bytes:
    """Write a number whose first byte has so many bits for it (RFC 7541 section 5.1)."""
    most = (1 << bits) - 1
    if number < most:
        return bytes([number])
    number -= most
    written = [most]
    while number >= _MORE:
        written.append(number % _MORE | _MORE)
        number //= _MORE
    return bytes([*written, number])


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return _literal("date", formatdate(second, usegmt=True))
