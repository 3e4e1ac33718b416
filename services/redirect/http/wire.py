"""Encode responses as HTTP/1.1."""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from services.redirect.response import Response

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
# What becomes of the connection, where it has to be said: HTTP/1.1 keeps it, HTTP/1.0 does not.
CLOSE: Final = b"connection: close\r\n"
KEEP: Final = b"connection: keep-alive\r\n"


def encode(response: Response, *, with_body: bool, connection: bytes = b"") -> bytes:
    """Return a response as bytes, with the header that says what becomes of the connection.

    Raise ValueError when a header is not one printable line.
    """
    head = response.head
    if not head:
        head = response.head = _head(response)
    body = response.body.encode() if with_body else b""
    return b"%b%b%b\r\n%b" % (head, _date(int(time.time())), connection, body)


def _head(response: Response) -> bytes:
    """Return the head but for what changes each time: the date and the connection header."""
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.status != HTTPStatus.NO_CONTENT:
        lines.append(f"content-length: {len(response.body.encode())}")
    for line in lines:
        # The last guard before the wire: whatever a header holds, it stays one line.
        if not line.isprintable():
            raise ValueError("a header is no printable line")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return f"date: {formatdate(second, usegmt=True)}\r\n".encode("ascii")
