"""Asks whether a server is ready, without blocking for long."""

import http.client
import time
from collections.abc import Callable, Sequence

import grpc
from grpc_health.v1 import health_pb2

from deploy.local.errors import CannotStartError
from deploy.local.process import Process
from services.runtime.addresses import connect
from services.runtime.rpc_tls import channel_credentials
from services.runtime.tls import TlsFiles, load

_PATIENCE_SECONDS = 1.0
_POLL_SECONDS = 0.02
_START_SECONDS = 60.0


class NotReadyError(CannotStartError):
    """A program ended or did not become ready in time."""


def wait_ready(process: Process, is_ready: Callable[[], bool], timeout_seconds: float = _START_SECONDS) -> None:
    """Wait until a program answers; raise with the end of its log when it ends or is too slow."""
    wait_all_ready([(process, is_ready)], timeout_seconds)


def wait_all_ready(
    checks: Sequence[tuple[Process, Callable[[], bool]]], timeout_seconds: float = _START_SECONDS
) -> None:
    """Wait until all programs answer; raise with the end of its log as soon as one ends, or is too slow."""
    deadline = time.monotonic() + timeout_seconds
    waiting = list(checks)
    while waiting := [(process, is_ready) for process, is_ready in waiting if not is_ready()]:
        for process, _ in checks:
            if not process.is_running:
                raise NotReadyError(f"{process.command.name} {process.describe_end()}:\n{process.log_tail()}")
        if time.monotonic() > deadline:
            process = waiting[0][0]
            raise NotReadyError(
                f"{process.command.name} is not ready after {timeout_seconds:.0f} s:\n{process.log_tail()}"
            )
        time.sleep(_POLL_SECONDS)


def answers_postgres(address: str) -> bool:
    """Return whether a PostgreSQL server lets clients in: while it recovers, it refuses them with another message."""
    body = b"\x00\x03\x00\x00user\x00postgres\x00\x00"
    try:
        with connect(address, _PATIENCE_SECONDS) as connection:
            connection.sendall((len(body) + 4).to_bytes(4, "big") + body)
            # R: it asks for the password, so it is up. E: it is starting or stopping.
            return connection.recv(1) == b"R"
    except OSError:
        return False


def answers_redis(address: str) -> bool:
    """Return whether a Redis server answers a ping: while it loads its data, it refuses."""
    try:
        with connect(address, _PATIENCE_SECONDS) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def answers_metrics(address: str) -> bool:
    """Return whether a program's metrics can be read, which it shows as soon as it is set up."""
    connection = http.client.HTTPConnection("localhost", timeout=_PATIENCE_SECONDS)
    try:
        connection.sock = connect(address, _PATIENCE_SECONDS)
        connection.request("GET", "/metrics")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def answers_http(port: int, path: str, host: str = "127.0.0.1") -> bool:
    """Return whether a GET is answered with 200."""
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def serves_grpc(address: str, tls: TlsFiles | None = None, name: str = "") -> bool:
    """Return whether the server reports SERVING by the gRPC health protocol."""
    with _channel(address, tls, name) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = check(health_pb2.HealthCheckRequest(), timeout=_PATIENCE_SECONDS)
        except grpc.RpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _channel(address: str, tls: TlsFiles | None, name: str) -> grpc.Channel:
    options: list[tuple[str, str | int]] = [("grpc.enable_http_proxy", 0)]
    if tls is None:
        return grpc.insecure_channel(address, options=options)
    options.append(("grpc.ssl_target_name_override", name))
    return grpc.secure_channel(address, channel_credentials(load(tls)), options=options)
