"""Ask containers what Kubernetes would ask them."""

import http.client
import socket
import time
from collections.abc import Callable
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2

from tests.rehearsal.containers import Container

Json = dict[str, Any]
_OK: Final = range(200, 400)


def passes(probe: Json, container: Container) -> bool:
    """Do what a probe says, once."""
    timeout = float(probe.get("timeoutSeconds", 1))
    if "grpc" in probe:
        return _grpc(f"{container.address}:{probe['grpc']['port']}", probe["grpc"].get("service", ""), timeout)
    if "httpGet" in probe:
        return _http(container.address, _port(container, probe["httpGet"]["port"]), probe["httpGet"]["path"], timeout)
    if "tcpSocket" in probe:
        return _tcp(container.address, _port(container, probe["tcpSocket"]["port"]), timeout)
    return container.execute(probe["exec"]["command"])


class Watch:
    """One probe, asked again and again: its answer changes after so many equal answers in a row."""

    def __init__(self, probe: Json, container: Container, *, is_passing: bool) -> None:
        self._probe = probe
        self._container = container
        self._same = 0
        self._due = time.monotonic()
        self.is_passing = is_passing

    def look(self) -> None:
        """Ask when it is time."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + self._probe.get("periodSeconds", 10)
        answer = passes(self._probe, self._container)
        threshold = self._probe.get("successThreshold", 1) if answer else self._probe.get("failureThreshold", 3)
        self._same = self._same + 1 if answer != self.is_passing else 0
        if self._same >= threshold:
            self.is_passing, self._same = answer, 0


def wait_started(probe: Json, container: Container, say: Callable[[], str]) -> None:
    """Ask the startup probe until it passes; raise with the log when it fails too often."""
    period = probe.get("periodSeconds", 10)
    for _ in range(probe.get("failureThreshold", 3)):
        asked = time.monotonic()
        if passes(probe, container):
            return
        if not container.is_running:
            raise AssertionError(f"{container.name} ended: {say()}")
        time.sleep(max(0.0, asked + period - time.monotonic()))
    raise AssertionError(f"{container.name} does not start: {say()}")


def _port(container: Container, port: str | int) -> int:
    named = {entry["name"]: entry["containerPort"] for entry in container.container["ports"]}
    return int(named.get(port, port))


def _grpc(address: str, service: str, timeout: float) -> bool:
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            answer = check(health_pb2.HealthCheckRequest(service=service), timeout=timeout)
        except grpc.RpcError:
            return False
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _http(host: str, port: int, path: str, timeout: float) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().status in _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tcp(host: str, port: int, timeout: float) -> bool:
    try:
        socket.create_connection((host, port), timeout=timeout).close()
    except OSError:
        return False
    return True
