"""Read requests from the bytes of a connection, by llhttp, which is strict about HTTP/1.1."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

import httptools

from services.redirect.domain.hosts import is_authority
from services.redirect.response import Response, plain

# Room for one header of the size that proxies let pass.
HEAD_BYTES: Final = 80 * 1024
HEADERS: Final = 100
# Read at once, so that a head is found too large in time, and the shortest requests in it are not too many.
PIECE_BYTES: Final = 4 * 1024
# Of a body so much is kept for who wants it, and so much is read only to be able to answer: closing on what still comes
# would reset the connection, and the answer be lost.
KEPT_BYTES: Final = 16 * 1024
DISCARDED_BYTES: Final = 2 * 1024 * 1024
MALFORMED: Final = plain(400, "This is no HTTP request.\n")
TOO_LARGE: Final = plain(431, "The headers are too large.\n")
NO_HOST: Final = plain(400, "The request names no host, or more than one.\n")
_WITHOUT_HOST: Final = frozenset({"0.9", "1.0"})
# http://host/path: what proxies are asked for.
_ABSOLUTE: Final = re.compile(rb"https?://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
# Data, no separator (RFC 3986 section 2.2): stays as it is when a path is decoded.
_ESCAPED_SLASH: Final = re.compile(rb"%(2f)", re.IGNORECASE)


class Request(NamedTuple):
    """A request, or what takes its place when it cannot be read."""

    method: str
    # A path and perhaps a query; the absolute form is brought into this one.
    target: bytes
    # By lower-case name.
    headers: dict[str, str]
    # Whether nothing more can come on this connection, or the client wants nothing more.
    is_last: bool
    body: bytes = b""
    is_late: bool = False
    refusal: Response | None = None
    # Whether the response has to say that the connection stays: the client is of HTTP/1.0 and asked for it.
    announces_keep_alive: bool = False

    @property
    def path(self) -> str:
        """The path, percent-decoded once but for slashes; what is no UTF-8 is replaced."""
        path = self.target.partition(b"?")[0]
        if path.isascii() and b"%" not in path and path.startswith(b"/"):
            return path.decode()
        return unquote(_ESCAPED_SLASH.sub(rb"%25\1", path).decode("utf-8", "replace"))

    @property
    def query(self) -> str:
        """The query, as it came."""
        return self.target.partition(b"?")[2].decode("ascii", "replace")

    async def read_body(self, most: int) -> bytes | None:
        """Return the body, or None when it has more than most bytes; raise TimeoutError when it did not end in time."""
        if self.is_late:
            raise TimeoutError
        return self.body if len(self.body) <= most else None


class RequestReader:
    """Turns bytes, as they come, into requests."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Request] = []
        self._has_ended = False
        # Whether the client waits for 100 Continue before it sends its body.
        self.expects_continue = False
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: dict[str, str] = {}
        self._body = b""
        # Of the head or body that is being read.
        self._size = self._count = 0
        self._is_last = self._is_in_head = self.is_in_body = self._is_old = False
        self._refusal: Response | None = None

    def feed(self, data: bytes) -> list[Request]:
        """Read at most PIECE_BYTES, and return the requests that are complete now."""
        self._feed(data)
        complete, self._complete = self._complete, []
        return complete

    def give_up(self) -> list[Request]:
        """Return the request whose body does not end, marked as late, and read no more."""
        self._end(self._request(is_last=True, is_late=True, refusal=self._refusal))
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
            self._end(self._request(is_last=True, refusal=MALFORMED))
        else:
            self._measure(len(data))

    def _measure(self, size: int) -> None:
        """Refuse a head or a body that grows too large."""
        if self._is_in_head:
            self._size += size
            if self._size > HEAD_BYTES:
                self._end(self._request(is_last=True, refusal=TOO_LARGE))
        elif self.is_in_body:
            self._size += size
            if self._size > DISCARDED_BYTES:
                self._end(self._request(is_last=True, refusal=self._refusal))

    def _end(self, last: Request) -> None:
        self._has_ended = True
        self._begin()
        self._complete.append(last)

    def _request(self, *, is_last: bool, is_late: bool = False, refusal: Response | None = None) -> Request:
        method = "" if refusal else _text(self._parser.get_method())
        stays = self._is_old and not is_last
        return Request(method, self._target, self._headers, is_last, self._body, is_late, refusal, stays)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Start a head."""
        self._is_in_head = True

    def on_url(self, piece: bytes) -> None:
        """Add a piece of the target."""
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header; several of one name are joined to the list that they make up."""
        self._count += 1
        # Behind a body come trailers, which nobody asked for.
        if self.is_in_body or self._count > HEADERS:
            return
        key, text = _lower(name), decoded(value)
        if key in self._headers:
            text = f"{self._headers[key]}{'; ' if key == 'cookie' else ', '}{text}"
        self._headers[key] = text

    def on_headers_complete(self) -> None:
        """End the head and start the body."""
        self._is_in_head, self.is_in_body, self._size = False, True, 0
        self._is_last = not self._parser.should_keep_alive()
        if "connection" in self._headers or "host" not in self._headers:
            self._is_old = self._parser.get_http_version() in _WITHOUT_HOST
        if not self._target.startswith(b"/"):
            self._read_absolute_form()
        self._refusal = self._host_refusal()
        if "expect" in self._headers:
            self.expects_continue = self._expects_continue()

    def _read_absolute_form(self) -> None:
        """Read the target's own host, which counts and not the header (RFC 9112 section 3.2.2)."""
        absolute = _ABSOLUTE.fullmatch(self._target)
        if absolute is None:
            return
        # Without the header it is no request of HTTP/1.1, whatever the target says.
        if self._is_old or "host" in self._headers:
            self._headers["host"] = decoded(absolute[1]) or "-"
        self._target = absolute[2] if absolute[2].startswith(b"/") else b"/" + absolute[2]

    def _host_refusal(self) -> Response | None:
        """Return the refusal of a request with no host, no valid one, or several (RFC 9112 section 3.2)."""
        host = self._headers.get("host")
        if host is None:
            return None if self._is_old else NO_HOST
        return None if is_authority(host) else NO_HOST

    def _expects_continue(self) -> bool:
        """Return whether the client waits for 100 Continue; HTTP/1.0 has no such status (RFC 9110 section 10.1.1)."""
        expected = self._headers["expect"].lower()
        return expected == "100-continue" and self._parser.get_http_version() not in _WITHOUT_HOST

    def on_body(self, piece: bytes) -> None:
        """Add a piece of the body, up to KEPT_BYTES."""
        if len(self._body) < KEPT_BYTES:
            self._body += piece

    def on_message_complete(self) -> None:
        """Complete a request."""
        if self._count > HEADERS:
            self._end(self._request(is_last=True, refusal=TOO_LARGE))
            return
        if self._refusal:
            self._end(self._request(is_last=True, refusal=self._refusal))
            return
        self._complete.append(self._request(is_last=self._is_last))
        self.expects_continue = False
        self._begin()


@lru_cache(maxsize=1024)
def _lower(name: bytes) -> str:
    return name.decode("latin-1").lower()


def decoded(value: bytes) -> str:
    """Read bytes as what they most likely are: UTF-8, which is hardly ever met by accident, else Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


@lru_cache(maxsize=64)
def _text(method: bytes) -> str:
    return method.decode("latin-1")
