"""What happens around every call, with a real server and a real client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from linkmeter.links.v1 import access_service_pb2, access_service_pb2_grpc, links_pb2
from services.common import caller, errors
from services.runtime import caller_metadata, request_id, rpc_client
from services.runtime.health import HealthPoller
from services.runtime.rpc_errors import STATUS_DETAILS_KEY
from services.runtime.rpc_server import Limits, RpcServer

SERVICE = "linkmeter.links.v1.AccessService"


class Servicer(access_service_pb2_grpc.AccessServiceServicer):
    """Does what the asked code says."""

    def __init__(self) -> None:
        self.seen_request_ids: list[str] = []

    async def Authenticate(self, request: Any, context: Any) -> access_service_pb2.AuthenticateResponse:  # noqa: N802
        """Fail in the way that the code names."""
        self.seen_request_ids.append(request_id.current())
        match request.credential:
            case "missing":
                raise errors.NotFound("link", "missing")
            case "bad":
                raise errors.InvalidArgument("code", "is too short")
            case "busy":
                raise errors.ResourceExhausted("too many", retry_after_seconds=7)
            case "bug":
                raise KeyError("SELECT secret FROM links")
            case "slow":
                await asyncio.Event().wait()
        found = caller_metadata.caller_of(context)
        link_id = found.link_id if found else 0
        return access_service_pb2.AuthenticateResponse(caller=links_pb2.Caller(link_id=link_id))


@asynccontextmanager
async def serving(servicer: Servicer, address: str = "127.0.0.1:0", **limits: int) -> AsyncIterator[str]:
    """Serve the servicer and answer its address."""
    server = RpcServer(address=address, health=HealthPoller(), limits=Limits(**limits))
    access_service_pb2_grpc.add_AccessServiceServicer_to_server(servicer, server.server)
    await server.start([SERVICE])
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        await server.stop()


@asynccontextmanager
async def calling(servicer: Servicer) -> "AsyncIterator[access_service_pb2_grpc.AccessServiceAsyncStub]":
    """Serve the servicer and answer a stub for it."""
    async with serving(servicer) as address, rpc_client.open_channel(address) as channel:
        yield access_service_pb2_grpc.AccessServiceStub(channel)


def ask(code: str) -> access_service_pb2.AuthenticateRequest:
    return access_service_pb2.AuthenticateRequest(credential=code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("missing", errors.NotFound), ("bad", errors.InvalidArgument), ("busy", errors.ResourceExhausted)],
)
async def test_errors_arrive_as_they_were_raised(code: str, kind: type[errors.LinkmeterError]) -> None:
    """An error crosses the wire without losing its kind, reason or description."""
    async with calling(Servicer()) as stub:
        with pytest.raises(kind) as caught:
            await stub.Authenticate(ask(code))
    assert caught.value.reason == kind.reason
    assert caught.value.description


async def test_details_of_errors_survive_the_wire() -> None:
    """The field of a bad request and the wait of an exhausted limit are kept."""
    async with calling(Servicer()) as stub:
        with pytest.raises(errors.InvalidArgument) as bad:
            await stub.Authenticate(ask("bad"))
        with pytest.raises(errors.ResourceExhausted) as busy:
            await stub.Authenticate(ask("busy"))
    assert (bad.value.field, bad.value.problem) == ("code", "is too short")
    assert busy.value.retry_after_seconds == 7


async def test_status_details_are_readable_by_any_grpc_client() -> None:
    """A client without our library reads code, message and ErrorInfo."""
    async with serving(Servicer()) as address, grpc.aio.insecure_channel(address) as channel:
        stub = access_service_pb2_grpc.AccessServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Authenticate(ask("missing"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    trailing = dict(caught.value.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailing[STATUS_DETAILS_KEY])
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain) == ("NOT_FOUND", "linkmeter")


async def test_a_new_channel_does_not_inherit_the_failures_of_another() -> None:
    """A channel that was refused at an address does not keep one opened later from reaching it."""
    async with serving(Servicer()) as address:
        pass
    async with rpc_client.open_channel(address) as early:
        with pytest.raises(errors.Unavailable):
            await access_service_pb2_grpc.AccessServiceStub(early).Authenticate(ask("answer"))
        async with serving(Servicer(), address) as again, rpc_client.open_channel(again) as late:
            await access_service_pb2_grpc.AccessServiceStub(late).Authenticate(ask("answer"))


async def test_unexpected_errors_say_a_request_id_and_no_more() -> None:
    """An exception that nobody foresaw is INTERNAL, without its text (S18)."""
    servicer = Servicer()
    async with calling(servicer) as stub:
        with pytest.raises(errors.Internal) as caught:
            await stub.Authenticate(ask("bug"))
    assert caught.value.description == f"internal error, request id {servicer.seen_request_ids[0]}"


async def test_a_call_without_deadline_gets_the_default() -> None:
    """A client that sets no deadline is not waited for for ever: our clients set one of their own."""
    async with serving(Servicer()) as address, rpc_client.open_channel(address, deadline_seconds=0.2) as channel:
        stub = access_service_pb2_grpc.AccessServiceStub(channel)
        with pytest.raises(errors.DeadlineExceeded):
            await stub.Authenticate(ask("slow"))


async def test_the_request_id_is_passed_on() -> None:
    """What the caller works on has the same id in the service that it calls."""
    servicer = Servicer()
    async with calling(servicer) as stub:
        mine = request_id.adopt("journey-0001")
        await stub.Authenticate(ask("abc"))
    assert servicer.seen_request_ids == [mine]


async def test_the_caller_travels_in_metadata() -> None:
    """A service reads the caller that another vouches for."""
    async with calling(Servicer()) as stub:
        answer = await stub.Authenticate(ask("abc"), metadata=caller_metadata.metadata_for(caller.Caller(link_id=42)))
    assert answer.caller.link_id == 42
    assert links_pb2.Caller(link_id=42) == caller_metadata.to_message(caller.Caller(link_id=42))


async def test_an_oversized_message_is_refused() -> None:
    """A message over the limit is RESOURCE_EXHAUSTED and does no harm (S15)."""
    async with serving(Servicer(), message_bytes=1000) as address, rpc_client.open_channel(address) as channel:
        stub = access_service_pb2_grpc.AccessServiceStub(channel)
        with pytest.raises(errors.ResourceExhausted):
            await stub.Authenticate(ask("x" * 2000))
        assert (await stub.Authenticate(ask("abc"))).caller.link_id == 0
