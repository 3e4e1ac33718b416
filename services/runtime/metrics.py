"""Prometheus metrics: the common ones, and the port that serves all of a process."""

import socket
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import Counter, Gauge, Histogram, make_wsgi_app, start_http_server

from services.runtime import addresses

RPC_SECONDS: Final = Histogram(
    "linkmeter_rpc_seconds",
    "Time from a call's arrival to its answer, by method and status.",
    ["method", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RPC_IN_FLIGHT: Final = Gauge("linkmeter_rpc_in_flight", "Calls that are being answered.")
BACKGROUND_FAILURES: Final = Counter("linkmeter_background_failures_total", "Background jobs that failed.", ["job"])
UNEXPECTED_ERRORS: Final = Counter("linkmeter_unexpected_errors_total", "Exceptions that nobody foresaw.", ["where"])


def serve(address: str) -> None:
    """Serve this process's metrics on host:port or unix:PATH; an empty address serves none."""
    if path := addresses.unix_path(address):
        # The types know no other addresses than those of the internet.
        server = _UnixServer(path, _QuietHandler)  # type: ignore[arg-type]
        server.set_app(make_wsgi_app())
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    elif address:
        host, port = addresses.host_and_port(address)
        start_http_server(port, addr=host)


class _UnixServer(ThreadingMixIn, WSGIServer):
    address_family = socket.AF_UNIX
    daemon_threads = True

    def server_bind(self) -> None:
        """Listen at a path, where an earlier process may have left its socket."""
        path = str(self.server_address)
        Path(path).unlink(missing_ok=True)
        self.socket.bind(path)
        self.server_name, self.server_port = "metrics", 0
        self.setup_environ()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Give a peer the address that a request's environment has to show: on a Unix socket it has none."""
        connection, _ = super().get_request()
        return connection, ("local", 0)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class calls it so
        """Log no requests."""
