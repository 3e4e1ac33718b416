"""Answers as HTTP/1.1 writes them."""

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from services.redirect.answer import Answer

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSE: Final = b"connection: close\r\n"


def encode(answer: Answer, *, with_body: bool, is_last: bool) -> bytes:
    """Write an answer; the last one of a connection says so."""
    head = answer.head
    if not head:
        head = answer.head = _head(answer)
    close = _CLOSE if is_last else b""
    body = answer.body.encode() if with_body else b""
    return b"%b%b%b\r\n%b" % (head, _date(int(time.time())), close, body)


def _head(answer: Answer) -> bytes:
    """Write what is the same each time that the answer is given."""
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status != HTTPStatus.NO_CONTENT:
        lines.append(f"content-length: {len(answer.body.encode())}")
    for line in lines:
        # The last guard before the wire: whatever a header holds, it stays one line.
        if not line.isprintable():
            raise ValueError("a header is no printable line")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return f"date: {formatdate(second, usegmt=True)}\r\n".encode("ascii")
