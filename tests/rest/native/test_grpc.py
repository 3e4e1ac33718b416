"""Native gRPC and gRPC-Web on the same port as REST."""

import struct

import grpc
import httpx
import pytest
from google.rpc import status_pb2

from linkmeter.analytics.v1 import stats_service_pb2, stats_service_pb2_grpc
from linkmeter.compat.shtr.v1 import shtr_pb2, shtr_pb2_grpc
from linkmeter.gateway.authz.v3 import ext_authz_pb2
from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from services.common import errors
from services.runtime import rpc_errors
from tests.support.edge import Edge, Services
from tests.support.native_errors import assert_refused

GET_LINK = "linkmeter.links.v1.LinkService/GetLink"
GET_LEDGER = "linkmeter.analytics.v1.StatsService/GetLedger"
CHECK = "envoy.service.auth.v3.Authorization/Check"


async def test_a_native_call_passes(channel: grpc.aio.Channel, services: Services) -> None:
    """A stub works at the public port."""
    services.answer(GET_LINK, links_pb2.Link(link_id=5, code="abc"))
    link = await link_service_pb2_grpc.LinkServiceStub(channel).GetLink(link_service_pb2.GetLinkRequest(link_id=5))
    assert link.code == "abc"


async def test_a_native_failure_passes_untouched(channel: grpc.aio.Channel, services: Services) -> None:
    """A native caller sees status, words and details as the service gave them."""
    error = errors.InvalidArgument("destination", "must be http or https")
    services.fail(GET_LINK, error)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await link_service_pb2_grpc.LinkServiceStub(channel).GetLink(link_service_pb2.GetLinkRequest(link_id=5))
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert rpc_errors.error_of(raised.value).metadata == error.metadata


async def test_compat_can_be_called_natively(channel: grpc.aio.Channel, services: Services) -> None:
    """The dialects are gRPC services, too."""
    services.answer("linkmeter.compat.shtr.v1.ShtrService/Lookup", shtr_pb2.LookupResponse(code="abc"))
    answer = await shtr_pb2_grpc.ShtrServiceStub(channel).Lookup(shtr_pb2.LookupRequest(token="tok_x"))
    assert answer.code == "abc"


async def test_grpc_web_passes(client: httpx.AsyncClient, services: Services) -> None:
    """A browser's gRPC-Web call is answered with its frames."""
    services.answer(GET_LINK, links_pb2.Link(code="abc"))
    answer = await client.post(
        f"/{GET_LINK}",
        content=frame(link_service_pb2.GetLinkRequest(link_id=5).SerializeToString()),
        headers={"content-type": "application/grpc-web+proto", "origin": "https://app.example"},
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/grpc-web+proto"
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    message = frame(links_pb2.Link(code="abc").SerializeToString())
    assert answer.content.startswith(message)
    assert b"grpc-status:0" in answer.content[len(message) :]
    assert services.only_call.request.link_id == 5


async def test_json_to_a_native_path_is_refused(client: httpx.AsyncClient, services: Services) -> None:
    """The paths of gRPC take gRPC only."""
    answer = await client.post(f"/{GET_LINK}", json={"link_id": 5})
    assert answer.status_code == 404
    assert services.calls == []


async def test_links_is_asked_before_analytics(client: httpx.AsyncClient, services: Services) -> None:
    """Whom links lets through gets to analytics with the caller that links names."""
    services.on(CHECK, allow)
    answer = await client.get("/v1/ledger", headers={"authorization": "Bearer lm_x", "cookie": "a=b"})
    assert answer.status_code == 200
    check, call = services.calls
    assert call.method == GET_LEDGER
    assert call.metadata["x-linkmeter-caller-bin"] == b"caller"
    asked = check.request.attributes.request.http
    assert asked.headers["authorization"] == "Bearer lm_x"
    assert "cookie" not in asked.headers


async def test_native_calls_of_analytics_are_authorized(channel: grpc.aio.Channel, services: Services) -> None:
    """The same question is asked for native calls."""
    services.on(CHECK, deny)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await stats_service_pb2_grpc.StatsServiceStub(channel).GetLedger(stats_service_pb2.GetLedgerRequest())
    assert raised.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert [call.method for call in services.calls] == [CHECK]


async def test_rest_calls_of_analytics_are_authorized(client: httpx.AsyncClient, services: Services) -> None:
    """Whom links does not know gets 401 in the native shape."""
    services.on(CHECK, deny)
    answer = await client.get("/v1/links/5/stats")
    assert_refused(answer, 401, 16, "UNAUTHENTICATED", "a valid API key or edit token is required")
    assert [call.method for call in services.calls] == [CHECK]


async def test_without_links_analytics_is_closed(client: httpx.AsyncClient, services: Services) -> None:
    """When nobody can say who asks, nothing is answered: 503 with Retry-After."""
    services.fail(CHECK, errors.Unavailable("no database"))
    answer = await client.get("/v1/clicks")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert [call.method for call in services.calls] == [CHECK]


@pytest.mark.parametrize("path", ["/v1/links/5", "/v1/apiKeys", "/api/links/abc", "/abc"])
async def test_nothing_else_is_asked_about(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """links, compat and redirect look at credentials themselves."""
    await client.get(path)
    assert CHECK not in [call.method for call in services.calls]


async def test_reading_is_tried_again(client: httpx.AsyncClient, services: Services) -> None:
    """A read is repeated when the service was not available; a write is not."""
    services.fail(GET_LINK, errors.Unavailable("restarting"))
    services.fail("linkmeter.links.v1.LinkService/CreateLink", errors.Unavailable("restarting"))
    assert (await client.get("/v1/links/5")).status_code == 503
    assert len(services.calls) == 3
    services.calls.clear()
    assert (await client.post("/v1/links", json={})).status_code == 503
    assert len(services.calls) == 1


async def test_http2_clients_are_served(edge: Edge, services: Services) -> None:
    """REST works over HTTP/2 as well."""
    async with httpx.AsyncClient(base_url=edge.url, http1=False, http2=True, trust_env=False) as client:
        answer = await client.get("/v1/links/5")
    assert (answer.status_code, answer.http_version) == (200, "HTTP/2")
    assert services.only_call.method == GET_LINK


def frame(message: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(message)) + message


async def allow(_request: object, _context: object) -> ext_authz_pb2.CheckResponse:
    # The value is base64, as binary metadata is on the wire.
    header = ext_authz_pb2.HeaderValue(key="x-linkmeter-caller-bin", value="Y2FsbGVy")
    ok = ext_authz_pb2.OkHttpResponse(headers=[ext_authz_pb2.HeaderValueOption(header=header)])
    return ext_authz_pb2.CheckResponse(status=status_pb2.Status(code=0), ok_response=ok)


async def deny(_request: object, _context: object) -> ext_authz_pb2.CheckResponse:
    denied = ext_authz_pb2.DeniedHttpResponse(status=ext_authz_pb2.HttpStatus(code=401))
    return ext_authz_pb2.CheckResponse(status=status_pb2.Status(code=16), denied_response=denied)
