"""A small real HTTP server that stands for another product's API."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from linkmeter.moving.origins.patience import Patience

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: the path as it is written, the last value of each parameter, headers by lower-case name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product answers: JSON, or bytes as they are; cut ends the connection in the middle of the body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


class Product:
    """A product: subclasses say what they answer. Time stands still until a test, or a client's sleep, moves it."""

    def __init__(self) -> None:
        self.now = NOW
        self.requests: list[Request] = []
        # What is answered instead to the request of that number, counted from 1.
        self.troubles: dict[int, Answer] = {}
        self.before_each: Callable[[Request], None] = lambda _: None
        self.slept: list[float] = []

    def answer(self, request: Request) -> Answer:
        """Return what the product answers."""
        raise NotImplementedError

    def respond(self, request: Request) -> Answer:
        """Return the answer, or the trouble that a test wants in its place."""
        self.requests.append(request)
        self.before_each(request)
        return self.troubles.get(len(self.requests)) or self.answer(request)

    def patience(self, **changes: Any) -> Patience:
        """Return patience whose sleep moves the product's time on."""

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.now += timedelta(seconds=seconds)

        def now() -> float:
            return self.now.timestamp()

        return Patience(now=now, sleep=sleep, **changes)


@contextmanager
def serving(product: Product) -> Iterator[str]:
    """Serve a product on a free port of loopback; lend its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(product))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _body(content: bytes, kind: str) -> Any:
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(content.decode(), keep_blank_values=True))
    return json.loads(content) if content else None


def _handler(product: Product) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Small answers wait for nothing.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = Request(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=_body(content, self.headers.get("content-type", "")),
            )
            answer = product.respond(request)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response_only(answer.status)
            headers = {
                "date": format_datetime(product.now, usegmt=True),
                "content-length": str(len(body)),
                **answer.headers,
            }
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.is_cut else body)
            self.close_connection = answer.is_cut

    return Handler
