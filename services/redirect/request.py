"""Requests out of the bytes of a connection, by llhttp, which reads HTTP/1.1 strictly."""

from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

import httptools

from services.redirect.answer import Answer, plain

# Room for one header of the size that proxies let pass.
HEAD_BYTES: Final = 80 * 1024
HEADERS: Final = 100
# Fed at once, so that a head is found too large in time.
PIECE_BYTES: Final = 16 * 1024
# Of a body so much is kept for who wants it, and so much is read only to be able to answer: closing on what still comes
# would reset the connection, and the answer be lost.
KEPT_BYTES: Final = 16 * 1024
DISCARDED_BYTES: Final = 2 * 1024 * 1024
_MALFORMED: Final = plain(400, "This is no HTTP request.\n")
_TOO_LARGE: Final = plain(431, "The headers are too large.\n")


class Request(NamedTuple):
    """A request, or what takes its place when it cannot be read."""

    method: str
    target: bytes
    # By lower-case name.
    headers: dict[str, str]
    # Whether nothing more can come on this connection, or the client wants nothing more.
    is_last: bool
    body: bytes = b""
    is_late: bool = False
    refusal: Answer | None = None

    @property
    def path(self) -> str:
        """The path, percent-decoded once; what is no UTF-8 is replaced."""
        path = self.target.partition(b"?")[0]
        if path.isascii() and b"%" not in path and path.startswith(b"/"):
            return path.decode()
        if not path.startswith(b"/") and b"://" in path:
            # The absolute form, which proxies are asked in. The host is named by a header, also then.
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        return unquote(path.decode("utf-8", "replace"))

    @property
    def query(self) -> str:
        """The query, as it came."""
        return self.target.partition(b"?")[2].decode("ascii", "replace")

    async def read_body(self, most: int) -> bytes | None:
        """Answer the body; None when it has more bytes than wanted, TimeoutError when it did not end."""
        if self.is_late:
            raise TimeoutError
        return self.body if len(self.body) <= most else None


class RequestReader:
    """Takes bytes as they come, and gives requests."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Request] = []
        self._has_ended = False
        # Whether the client waits for a word before it sends its body.
        self.is_waiting = False
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: dict[str, str] = {}
        self._body = b""
        # Of the head or body that is being read.
        self._size = self._count = 0
        self._is_last = self._is_in_head = self.is_in_body = False

    def feed(self, data: bytes) -> list[Request]:
        """Read on; answer the requests that are complete now."""
        if len(data) <= PIECE_BYTES:
            self._feed(data)
        else:
            for start in range(0, len(data), PIECE_BYTES):
                self._feed(data[start : start + PIECE_BYTES])
        complete, self._complete = self._complete, []
        return complete

    def give_up(self) -> list[Request]:
        """Answer the request whose body does not come to an end."""
        self._end(self._request(is_last=True, is_late=True))
        complete, self._complete = self._complete, []
        return complete

    def _feed(self, data: bytes) -> None:
        if self._has_ended:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nothing here speaks another protocol: the request is answered as any other, and is the last.
            self._has_ended = True
            if self._complete:
                self._complete[-1] = self._complete[-1]._replace(is_last=True)
        except httptools.HttpParserError:
            self._end(self._request(is_last=True, refusal=_MALFORMED))
        else:
            self._measure(len(data))

    def _measure(self, size: int) -> None:
        """End a head or a body that grows too large."""
        if self._is_in_head:
            self._size += size
            if self._size > HEAD_BYTES:
                self._end(self._request(is_last=True, refusal=_TOO_LARGE))
        elif self.is_in_body:
            self._size += size
            if self._size > DISCARDED_BYTES:
                self._end(self._request(is_last=True))

    def _end(self, last: Request) -> None:
        self._has_ended = True
        self._begin()
        self._complete.append(last)

    def _request(self, *, is_last: bool, is_late: bool = False, refusal: Answer | None = None) -> Request:
        method = "" if refusal else _text(self._parser.get_method())
        return Request(method, self._target, self._headers, is_last, self._body, is_late, refusal)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._is_in_head = True

    def on_url(self, piece: bytes) -> None:
        """Take the target, or a piece of it."""
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that is no ASCII reads as absent, several of a name as the list that they make up."""
        self._count += 1
        # Behind a body come trailers, which nobody asked for.
        if self.is_in_body or self._count > HEADERS or not value.isascii():
            return
        key, text = _lower(name), value.decode()
        if key in self._headers:
            text = f"{self._headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
        self._headers[key] = text

    def on_headers_complete(self) -> None:
        """Turn to the body."""
        self._is_in_head, self.is_in_body, self._size = False, True, 0
        self._is_last = not self._parser.should_keep_alive()
        # Clients of HTTP/1.0 would have to be told that the connection stays.
        if not self._is_last and "connection" in self._headers and self._parser.get_http_version() == "1.0":
            self._is_last = True
        self.is_waiting = "expect" in self._headers

    def on_body(self, piece: bytes) -> None:
        """Keep what somebody may want."""
        if len(self._body) < KEPT_BYTES:
            self._body += piece

    def on_message_complete(self) -> None:
        """Have a request complete."""
        if self._count > HEADERS:
            self._end(self._request(is_last=True, refusal=_TOO_LARGE))
            return
        self._complete.append(self._request(is_last=self._is_last))
        self.is_waiting = False
        self._begin()


@lru_cache(maxsize=1024)
def _lower(name: bytes) -> str:
    return name.decode("latin-1").lower()


@lru_cache(maxsize=64)
def _text(method: bytes) -> str:
    return method.decode("latin-1")
