"""The health of a server that is about to end."""

import asyncio
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.runtime.health import LIVENESS, HealthPoller
from services.runtime.rpc_server import Limits, RpcServer
from tests.support.wait import eventually

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def _fails() -> None:
    raise ConnectionError


async def test_draining_server_says_so_and_still_answers() -> None:
    """R6: for the drain time health says NOT_SERVING, and calls on open connections are answered."""
    server = RpcServer(address="127.0.0.1:0", health=HealthPoller(), limits=Limits(drain_seconds=3))
    await server.start([])
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == _SERVING
        stopping = asyncio.create_task(server.stop())

        async def is_leaving() -> bool:
            return bool((await health.Check(health_pb2.HealthCheckRequest(), timeout=1)).status == _NOT_SERVING)

        await eventually(is_leaving)
        await stopping


async def test_a_process_lives_while_its_dependencies_are_down() -> None:
    """Who restarts dead processes asks for "live"; who sends calls asks for the service."""
    server = RpcServer(address="127.0.0.1:0", health=HealthPoller({"postgres": _fails}))
    await server.start(["some.Service"])
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        answers = {
            name: (await health.Check(health_pb2.HealthCheckRequest(service=name))).status
            for name in ("", "some.Service", LIVENESS)
        }
        assert answers == {"": _NOT_SERVING, "some.Service": _NOT_SERVING, LIVENESS: _SERVING}
    await server.stop()
