"""Promise S15: no message, header, stream or patience of a caller exhausts a replica."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from linkmeter.links.v1 import access_service_pb2, access_service_pb2_grpc
from services.common.ip_addresses import CLIENT_IP_KEY
from services.runtime.health import HealthPoller
from services.runtime.rpc_server import Limits, RpcServer
from tests.support.floods import reset_streams
from tests.support.system import System
from tests.support.wait import eventually, promised

SERVICES = {
    # A method of each service, and a little more than its longest message.
    "links": ("/linkmeter.links.v1.ResolutionService/ResolveLink", 257 * 1024),
    "redirect": ("/linkmeter.redirect.v1.RedirectService/Resolve", 4 * 1024 * 1024 + 1024),
    "compat": ("/linkmeter.compat.shtr.v1.ShtrService/Shorten", 4 * 1024 * 1024 + 1024),
    "analytics": ("/linkmeter.analytics.v1.StatsService/GetLinkStats", 64 * 1024 * 1024 + 1024),
}
_HEALTH = "/grpc.health.v1.Health/Check"
_STREAMS = 10_000


class Servicer(access_service_pb2_grpc.AccessServiceServicer):
    """Answers when it is told to, and counts who waits."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most_waiting = 0
        self.go = asyncio.Event()

    async def Authenticate(self, request: Any, _context: Any) -> access_service_pb2.AuthenticateResponse:  # noqa: N802
        """Wait if asked to."""
        if request.credential == "slow":
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            try:
                await self.go.wait()
            finally:
                self.waiting -= 1
        return access_service_pb2.AuthenticateResponse()


@asynccontextmanager
async def _serving(servicer: Servicer, **limits: Any) -> AsyncIterator[str]:
    bounds = Limits(**{"grace_seconds": 0.1, **limits})
    server = RpcServer(address="127.0.0.1:0", health=HealthPoller(), limits=bounds)
    access_service_pb2_grpc.add_AccessServiceServicer_to_server(servicer, server.server)
    await server.start(["linkmeter.links.v1.AccessService"])
    yield f"127.0.0.1:{server.port}"
    servicer.go.set()
    await server.stop()


async def _call(channel: grpc.aio.Channel, path: str, content: bytes = b"", **settings: Any) -> grpc.StatusCode:
    call: Any = channel.unary_unary(path)
    try:
        await call(content, timeout=60, **settings)
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def _slow() -> access_service_pb2.AuthenticateRequest:
    return access_service_pb2.AuthenticateRequest(credential="slow")


@pytest.mark.parametrize("service", SERVICES)
async def test_oversized_message_is_refused(system: System, service: str) -> None:
    """A unary message over the service's limit is RESOURCE_EXHAUSTED, and the next call is answered."""
    path, too_much = SERVICES[service]
    address = str(getattr(system.stack.addresses, service))
    options = [("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0)]
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        assert await _call(channel, path, b"\x0a" * too_much) is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert await _call(channel, _HEALTH) is grpc.StatusCode.OK


@pytest.mark.parametrize("service", SERVICES)
async def test_32_kib_of_metadata_is_refused(system: System, service: str) -> None:
    """More metadata than 16 KiB is RESOURCE_EXHAUSTED before the service sees the call, and the next is answered."""
    async with system.channel(service) as channel:
        padding = (("x-padding", "x" * 32 * 1024),)
        assert await _call(channel, _HEALTH, metadata=padding) is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert await _call(channel, _HEALTH, metadata=(("x-padding", "x" * 4096),)) is grpc.StatusCode.OK


async def test_ten_thousand_streams_are_bounded() -> None:
    """Calls beyond what a replica takes at once are RESOURCE_EXHAUSTED at once; those it took are answered."""
    servicer = Servicer()
    async with _serving(servicer, concurrent_calls=200, longest_deadline_seconds=30) as address:
        channels = [
            grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) for _ in range(10)
        ]
        stubs = [access_service_pb2_grpc.AccessServiceStub(channel) for channel in channels]

        async def ask(number: int) -> grpc.StatusCode:
            try:
                await stubs[number % len(stubs)].Authenticate(_slow(), timeout=60)
            except grpc.aio.AioRpcError as error:
                return error.code()
            return grpc.StatusCode.OK

        calls = [asyncio.create_task(ask(number)) for number in range(_STREAMS)]
        while sum(call.done() for call in calls) < _STREAMS - 200:
            await asyncio.wait([call for call in calls if not call.done()], return_when=asyncio.FIRST_COMPLETED)
        servicer.go.set()
        codes = [await call for call in calls]
        for channel in channels:
            await channel.close()
    assert servicer.most_waiting <= 200
    refused = [code for code in codes if code is not grpc.StatusCode.OK]
    assert grpc.StatusCode.RESOURCE_EXHAUSTED in refused
    # A caller may see its stream reset before it has read why.
    assert set(refused) <= {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED}
    assert codes.count(grpc.StatusCode.OK) >= 200


async def test_clients_leave_room_for_each_other() -> None:
    """A client, and all clients together, take no more than their part; our own calls and health are never refused."""
    servicer = Servicer()
    async with _serving(servicer, public_calls=5, client_calls=3) as address:
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(address, options=options) as channel:
            stub = access_service_pb2_grpc.AccessServiceStub(channel)

            async def ask(ip: str) -> grpc.StatusCode:
                metadata = ((CLIENT_IP_KEY, ip),) if ip else ()
                try:
                    await stub.Authenticate(_slow(), timeout=30, metadata=metadata)
                except grpc.aio.AioRpcError as error:
                    return error.code()
                return grpc.StatusCode.OK

            # Of one IPv6 network, whatever the address in it.
            first = [asyncio.create_task(ask(f"2001:db8::{number}")) for number in range(4)]
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            others = [asyncio.create_task(ask(f"192.0.2.{number}")) for number in range(3)]
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
            own = [asyncio.create_task(ask("")) for _ in range(20)]
            await eventually(lambda: servicer.waiting == 5 + len(own), 30, 0.01, "all that may are being answered")
            assert await _call(channel, _HEALTH) is grpc.StatusCode.OK
            servicer.go.set()
            assert sorted(code.name for code in await asyncio.gather(*first)) == ["OK"] * 3 + ["RESOURCE_EXHAUSTED"]
            assert sorted(code.name for code in await asyncio.gather(*others)) == ["OK"] * 2 + ["RESOURCE_EXHAUSTED"]
            assert {*await asyncio.gather(*own)} == {grpc.StatusCode.OK}
            # Places are given back.
            assert await ask("2001:db8::9") is grpc.StatusCode.OK


@pytest.mark.measured
@pytest.mark.parametrize("service", ["links", "redirect"])
async def test_rapid_resets_starve_nobody(system: System, service: str) -> None:
    """While one peer opens and resets ten thousand streams, another's calls are answered in time."""
    path, _ = SERVICES[service]
    address = str(getattr(system.stack.addresses, service))
    async with system.channel(service) as channel:
        assert await _call(channel, _HEALTH) is grpc.StatusCode.OK
        flood = asyncio.create_task(reset_streams(address, path, _STREAMS))
        slowest = 0.0
        while not flood.done():
            began = time.monotonic()
            assert await _call(channel, _HEALTH) is grpc.StatusCode.OK
            slowest = max(slowest, time.monotonic() - began)
        assert await flood >= _STREAMS
        assert await _call(channel, _HEALTH) is grpc.StatusCode.OK
    assert slowest < promised(2.0)


async def test_call_without_deadline_gets_the_default() -> None:
    """Who sets no deadline is not served for ever."""
    servicer = Servicer()
    serving = _serving(servicer, default_deadline_seconds=0.2)
    async with serving as address, grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await access_service_pb2_grpc.AccessServiceStub(channel).Authenticate(_slow())
    assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert servicer.waiting == 0


async def test_oversized_deadline_is_clamped() -> None:
    """Who sets a deadline of an hour gets the longest that is given."""
    servicer = Servicer()
    serving = _serving(servicer, longest_deadline_seconds=0.2)
    async with serving as address, grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await access_service_pb2_grpc.AccessServiceStub(channel).Authenticate(_slow(), timeout=3600)
    assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_deadlines_are_ten_seconds_and_a_minute() -> None:
    """The figures that services run with."""
    assert (Limits().default_deadline_seconds, Limits().longest_deadline_seconds) == (10.0, 60.0)
