"""Prometheus metrics: the common ones, and the port that serves all of a process."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram, start_http_server

RPC_SECONDS: Final = Histogram(
    "linkmeter_rpc_seconds",
    "Time from a call's arrival to its answer, by method and status.",
    ["method", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RPC_IN_FLIGHT: Final = Gauge("linkmeter_rpc_in_flight", "Calls that are being answered.")
UNEXPECTED_ERRORS: Final = Counter("linkmeter_unexpected_errors_total", "Exceptions that nobody foresaw.", ["where"])


def serve(address: str) -> None:
    """Serve this process's metrics on host:port; an empty address serves none."""
    if address:
        host, _, port = address.rpartition(":")
        start_http_server(int(port), addr=host.strip("[]"))
