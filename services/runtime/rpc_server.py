"""Build and run a gRPC server the same way for every service."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grpc
from grpc_reflection.v1alpha import reflection

from services.runtime import log
from services.runtime.call_allowance import AllowanceInterceptor, CallAllowance
from services.runtime.health import HealthPoller
from services.runtime.interceptors import (
    DEFAULT_DEADLINE_SECONDS,
    LONGEST_DEADLINE_SECONDS,
    WRITE_SECONDS,
    CallInterceptor,
    Translator,
)
from services.runtime.request_check import RequestCheck
from services.runtime.rpc_tls import server_credentials
from services.runtime.tls import TlsFiles

_logger = log.get(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a server; the defaults suit small messages."""

    message_bytes: int = 4 * 1024 * 1024
    # Above the 16 KiB of headers that the gateway takes, for it adds some, and HTTP/2 counts 32 bytes more for each.
    metadata_bytes: int = 24 * 1024
    # Of one connection.
    concurrent_streams: int = 1000
    # Of all connections; what is beyond is refused at once, so that a replica's memory is bounded.
    concurrent_calls: int = 4000
    # Of those, by clients of the gateway. The rest is for our own services, and for health checks.
    public_calls: int = 2000
    # Of those, by one client.
    client_calls: int = 500
    default_deadline_seconds: float = DEFAULT_DEADLINE_SECONDS
    longest_deadline_seconds: float = LONGEST_DEADLINE_SECONDS
    # How long a client may leave a message of a stream untaken.
    write_seconds: float = WRITE_SECONDS
    connection_age_seconds: int = 300
    # How long calls may go on that were under way on a connection of that age; by default as when the server ends.
    connection_grace_seconds: float | None = None
    drain_seconds: float = 0.0
    grace_seconds: float = 10.0


class RpcServer:
    """A gRPC server with health, reflection, interceptors and a graceful end."""

    def __init__(
        self,
        *,
        address: str,
        health: HealthPoller,
        translate: Translator = lambda _: None,
        limits: Limits | None = None,
        interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
        tls: TlsFiles | None = None,
        end_streams: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what the server needs; end_streams ends calls that would last, when it is to stop."""
        self._end_streams = end_streams
        self._limits = limits or Limits()
        self._health = health
        self._address = address
        self._tls = tls
        self.port = 0
        # The caller's own come between: they see the errors of the check and of servicers before these become statuses.
        self.server = grpc.aio.server(
            interceptors=[
                _call_interceptor(translate, self._limits),
                *interceptors,
                _allowance(self._limits),
                RequestCheck(),
            ],
            options=_options(self._limits),
            maximum_concurrent_rpcs=self._limits.concurrent_calls,
        )

    async def start(self, service_names: Sequence[str]) -> None:
        """Listen; the servicers of the named services were added to `server` before. Port 0 takes a free one."""
        self._health.add_to(self.server, service_names)
        names = (*service_names, "grpc.health.v1.Health", reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self.server)
        self.port = self._listen()
        await self.server.start()
        await self._health.start()
        _logger.info("rpc_server_started", address=self._address, port=self.port)

    async def stop(self) -> None:
        """Report NOT_SERVING, give clients time to notice, then end; calls in flight get the grace time."""
        await self._health.stop()
        await asyncio.sleep(self._limits.drain_seconds)
        self._end_streams()
        await self.server.stop(self._limits.grace_seconds)
        _logger.info("rpc_server_stopped")

    def _listen(self) -> int:
        if self._tls is None:
            return self.server.add_insecure_port(self._address)
        return self.server.add_secure_port(self._address, server_credentials(self._tls))


def _call_interceptor(translate: Translator, limits: Limits) -> CallInterceptor:
    return CallInterceptor(
        translate,
        default_deadline_seconds=limits.default_deadline_seconds,
        longest_deadline_seconds=limits.longest_deadline_seconds,
        write_seconds=limits.write_seconds,
    )


def _allowance(limits: Limits) -> AllowanceInterceptor:
    return AllowanceInterceptor(CallAllowance(most=limits.public_calls, most_per_client=limits.client_calls))


def _options(limits: Limits) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", limits.message_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", limits.metadata_bytes),
        ("grpc.absolute_max_metadata_size", limits.metadata_bytes),
        ("grpc.max_concurrent_streams", limits.concurrent_streams),
        ("grpc.max_connection_age_ms", limits.connection_age_seconds * 1000),
        ("grpc.max_connection_age_grace_ms", int((limits.connection_grace_seconds or limits.grace_seconds) * 1000)),
        ("grpc.so_reuseport", 0),
    ]
