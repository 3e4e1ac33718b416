"""How calls are sent: what they carry, what becomes of failures, and which are repeated."""

import asyncio
import contextlib
import uuid
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from google.protobuf import descriptor_pool
from google.protobuf.message import Message

import linkmeter
from linkmeter import AsyncClient
from linkmeter.methods import CREATE_LINK, all_methods
from linkmeter.rpc import Method
from services.common import errors
from tests.sdk.conftest import Connect
from tests.support.certificates import issued
from tests.support.edge import Behaviour, Context, Edge
from tests.support.ports import free_port
from tests.support.tls_terminator import terminating_tls

_GET = "linkmeter.links.v1.LinkService/GetLink"
_CREATE = "linkmeter.links.v1.LinkService/CreateLink"

# A second arrival of these would do harm, or be answered otherwise than the first.
_ONCE = {
    "BatchUpdateLinks",
    "ClaimLink",
    "CopyLink",
    "CreateApiKey",
    "CreateTag",
    "DeleteApiKey",
    "DeleteDomain",
    "DeleteLink",
    "DeleteStats",
    "DeleteTag",
    "FindOrCreateLink",
    "MergeTags",
    "UpdateDomain",
    "UpdateLink",
    "UpdateTag",
    "VerifyDomain",
}


def test_a_call_carries_the_key_and_who_calls(connect: Connect, edge: Edge) -> None:
    """The key is a bearer's, and an idempotency key of its own goes along with each new link."""
    client = connect(edge.url, "lm_key")
    client.links.create("https://example.com/")
    client.links.create("https://example.com/")
    first, second = edge.services.work
    assert first.metadata["authorization"] == "Bearer lm_key"
    assert str(first.metadata["user-agent"]).startswith("linkmeter-python/")
    keys = [uuid.UUID(call.request.idempotency_key) for call in (first, second)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (errors.NotFound("link", 7), linkmeter.NotFound),
        (errors.AlreadyExists("code", "x"), linkmeter.AlreadyExists),
        (errors.FailedPrecondition("not now"), linkmeter.FailedPrecondition),
        (errors.Aborted("changed"), linkmeter.Aborted),
        (errors.Unauthenticated(), linkmeter.Unauthenticated),
        (errors.PermissionDenied("no"), linkmeter.PermissionDenied),
        (errors.ResourceExhausted("too many", 7), linkmeter.RateLimited),
        (errors.Unavailable("down", 7), linkmeter.Unavailable),
        (errors.DeadlineExceeded("too long", 7), linkmeter.DeadlineExceeded),
        (errors.Internal("a fault"), linkmeter.Internal),
        (errors.InvalidArgument("link.code", "too short", reason="CODE_LENGTH"), linkmeter.InvalidArgument),
    ],
    ids=lambda value: "" if isinstance(value, type) else type(value).__name__,
)
def test_what_a_service_raises_is_what_the_caller_gets(
    connect: Connect, edge: Edge, raised: errors.LinkmeterError, kind: type[linkmeter.LinkmeterError]
) -> None:
    """With its reason, its facts, its field, the time to wait, and the request's id."""
    method = "linkmeter.links.v1.LinkService/UpdateLink"
    edge.services.fail(method, raised)
    with pytest.raises(kind) as refused:
        connect(edge.url, "lm_key").links.update(7, title="x")
    error = refused.value
    assert type(error) is kind
    assert error.message == raised.description
    assert error.reason == raised.reason
    assert error.metadata == raised.metadata
    assert error.request_id == edge.services.only_call.metadata["x-request-id"]
    assert error.request_id in str(error)
    assert error.retry_after == getattr(raised, "retry_after_seconds", None)
    assert getattr(error, "field", "") == getattr(raised, "field", "")


def test_a_call_that_the_server_does_not_know_is_unimplemented(connect: Connect, edge: Edge) -> None:
    """A server may be older than the client."""
    known = all_methods()[0]
    unknown = Method(known.service, "ComingSoon", known.request, known.response)
    with pytest.raises(linkmeter.Unimplemented):
        connect(edge.url, "lm_key").links.transport.send(unknown(known.request()))


@pytest.mark.parametrize("method", all_methods(), ids=lambda method: method.name)
def test_methods_are_those_of_the_contracts(method: Method[Any, Any]) -> None:
    """Their names, requests and answers are."""
    service = descriptor_pool.Default().FindServiceByName(method.service)
    described = service.methods_by_name[method.name]
    assert described.input_type is method.request.DESCRIPTOR
    assert described.output_type is method.response.DESCRIPTOR
    assert described.server_streaming is method.streams


async def test_a_call_is_repeated_when_a_repeat_does_no_harm(edge: Edge) -> None:
    """What was cut off once succeeds when it is repeatable; else its caller decides. A repeat is the very same call."""
    methods = [method for method in all_methods() if not method.streams]
    for method in methods:
        edge.services.on(method.path[1:], _cut_off_once(method))
    clients = {
        package: AsyncClient(f"http://127.0.0.1:{edge.services.ports[name]}", "lm_key")
        for package, name in (("linkmeter.links.v1", "links"), ("linkmeter.analytics.v1", "analytics"))
    }

    async def arrivals(method: Method[Any, Any]) -> list[Message]:
        client = clients[method.service.rpartition(".")[0]]
        with contextlib.suppress(linkmeter.Unavailable):
            await client.links.transport.send(method(method.request()))
        return [call.request for call in edge.services.work if call.method == method.path[1:]]

    arrived = dict(zip([m.name for m in methods], await asyncio.gather(*map(arrivals, methods)), strict=True))
    assert {name for name, requests in arrived.items() if len(requests) == 1} == _ONCE
    assert {name for name, requests in arrived.items() if len(requests) == 2} == {m.name for m in methods} - _ONCE
    assert await clients["linkmeter.links.v1"].links.create("https://example.com/")
    edge.services.calls.clear()
    edge.services.on(_CREATE, _cut_off_once(CREATE_LINK))
    await clients["linkmeter.links.v1"].links.create("https://example.com/")
    first, second = edge.services.work
    assert first.request == second.request
    for client in clients.values():
        await client.close()


def _cut_off_once(method: Method[Any, Any]) -> Behaviour:
    arrived = False

    async def behaviour(_request: object, context: Context) -> Message:
        nonlocal arrived
        if arrived:
            answer: Message = method.response()
            return answer
        arrived = True
        await context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
        raise AssertionError("abort raises")

    return behaviour


def test_a_call_that_is_not_answered_ends(connect: Connect, edge: Edge) -> None:
    """By the client's own deadline."""

    async def never(_request: object, _context: Context) -> Message:
        await asyncio.Event().wait()
        raise AssertionError("never")

    edge.services.on(_GET, never)
    with pytest.raises(linkmeter.DeadlineExceeded):
        connect(edge.url, "lm_key", timeout=0.1).links.get(7)


def test_nobody_at_the_address_is_unavailable(connect: Connect) -> None:
    """What is not repeated fails at once."""
    with pytest.raises(linkmeter.Unavailable):
        connect(f"http://127.0.0.1:{free_port()}", "lm_key").links.delete(7)


def test_https_is_tls_with_an_authority_that_is_trusted(connect: Connect, edge: Edge, tmp_path: Path) -> None:
    """A given one is trusted instead of the system's; who shows another's certificate is not spoken to."""
    folder = issued(tmp_path / "ours", trustme.CA())
    foreign = issued(tmp_path / "foreign", trustme.CA())
    with terminating_tls(edge.port, folder, protocols=["h2"]) as terminator:
        url = f"https://localhost:{terminator.port}"
        connect(url, "lm_key", ca=folder.files.authority).links.get(7)
        assert edge.services.only_call.metadata["authorization"] == "Bearer lm_key"
        for trusted in (foreign.files.authority, None):
            with pytest.raises(linkmeter.Unavailable):
                connect(url, "lm_key", ca=trusted).links.delete(7)
    assert edge.services.only_call
