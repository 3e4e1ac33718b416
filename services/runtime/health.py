"""The gRPC health protocol, driven by what the service depends on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from services.runtime import log
from services.runtime.background import Background

# The health of the process alone: it answers, whatever its dependencies do. Who restarts dead processes asks for it.
LIVENESS: Final = "live"
POLL_SECONDS: Final = 1.0
CHECK_SECONDS: Final = 2.0

_logger = log.get(__name__)

# Raises when what it checks is down.
Check = Callable[[], Awaitable[object]]


class HealthPoller:
    """Asks the checks again and again; the service serves while none of them fails."""

    def __init__(self, checks: Mapping[str, Check] | None = None) -> None:
        self._checks = dict(checks or {})
        self._names: Sequence[str] = ("",)
        self._servicer = health.aio.HealthServicer()
        self._failing: frozenset[str] = frozenset()
        self._background = Background()

    def add_to(self, server: grpc.aio.Server, service_names: Sequence[str]) -> None:
        """Serve the health protocol for these services and the server as a whole."""
        self._names = ("", *service_names)
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)

    async def start(self) -> None:
        """Check once, then go on in the background."""
        await self._servicer.set(LIVENESS, health_pb2.HealthCheckResponse.SERVING)
        await self._poll()
        self._background.every("check_health", POLL_SECONDS, self._poll, first_after_seconds=POLL_SECONDS)

    async def stop(self) -> None:
        """Report NOT_SERVING from now on."""
        await self._background.stop()
        await self._servicer.enter_graceful_shutdown()

    async def _poll(self) -> None:
        failing = frozenset([name for name, check in self._checks.items() if not await _passes(check)])
        if failing != self._failing:
            _logger.warning("health_changed", failing=sorted(failing))
        self._failing = failing
        serving = health_pb2.HealthCheckResponse
        status = serving.NOT_SERVING if failing else serving.SERVING
        for name in self._names:
            await self._servicer.set(name, status)


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception:  # noqa: BLE001 - whatever fails, the dependency is not healthy
        return False
    return True
