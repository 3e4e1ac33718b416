"""S18 at the gateway: what goes wrong behind it is said in the surface's shape, without a word about the inside."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import httpx
import pytest

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc
from services.common import errors
from tests.support.edge import Context, Edge, Services, running_edge
from tests.support.native_errors import assert_refused

NOWHERE = ("127.0.0.1:1",)
INSIDE = re.compile(r"127\.0\.0\.1|upstream|connection|refused|cluster|envoy|Traceback|\.py|SELECT", re.IGNORECASE)


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Run a gateway with nobody behind it."""
    gone: dict[str, Any] = dict.fromkeys(("links", "analytics", "compat", "redirect"), NOWHERE)
    with running_edge(tmp_path_factory.mktemp("edge"), ready_path="/healthz", **gone) as edge:
        yield edge


@pytest.fixture
async def lonely_client(lonely: Edge) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the gateway with nobody behind it."""
    async with lonely.client() as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/links/5", "/v1/links", "/v1/clicks", "/v1/ledger"])
async def test_a_service_that_is_down_is_503(lonely_client: httpx.AsyncClient, path: str) -> None:
    """The native API says so, and when to come back."""
    answer = await lonely_client.get(path)
    assert_refused(answer, 503, 14, "UNAVAILABLE", "the service is not available just now")
    assert answer.headers["retry-after"] == "1"
    assert not INSIDE.search(str(answer.headers))


async def test_compat_that_is_down_is_503_in_its_shape(lonely_client: httpx.AsyncClient) -> None:
    """The dialect says it in its own words."""
    answer = await lonely_client.get("/api/links/abc")
    assert answer.status_code == 503
    assert answer.json() == {"error": "the service is not available just now"}
    assert answer.headers["retry-after"] == "1"


async def test_redirect_that_is_down_is_503(lonely_client: httpx.AsyncClient) -> None:
    """A visitor learns nothing about addresses."""
    answer = await lonely_client.get("/abc")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert not INSIDE.search(answer.text)


async def test_a_native_caller_gets_unavailable(lonely: Edge) -> None:
    """There is a status for it."""
    async with lonely.channel() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await link_service_pb2_grpc.LinkServiceStub(channel).GetLink(link_service_pb2.GetLinkRequest(link_id=5))
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert not INSIDE.search(raised.value.details() or "")


async def test_not_ready_without_services(lonely_client: httpx.AsyncClient) -> None:
    """Alive and ready are two questions."""
    assert (await lonely_client.get("/healthz")).status_code == 200
    assert (await lonely_client.get("/readyz")).status_code == 503


async def test_an_internal_error_has_a_request_id_only(client: httpx.AsyncClient, services: Services) -> None:
    """What a service says of a fault of ours passes as it is."""
    services.fail("linkmeter.links.v1.LinkService/GetLink", errors.Internal("internal error, request id 1234"))
    answer = await client.get("/v1/links/5")
    assert answer.status_code == 500
    assert (answer.json()["code"], answer.json()["message"]) == (13, "internal error, request id 1234")


async def test_an_uncaught_exception_is_not_quoted(client: httpx.AsyncClient, services: Services) -> None:
    """Even where no interceptor caught it, no stack gets out."""

    async def break_down(_request: object, context: Context) -> link_service_pb2.ListLinksResponse:
        await context.abort(grpc.StatusCode.UNKNOWN, "")
        raise AssertionError("abort raises")

    services.on("linkmeter.links.v1.LinkService/ListLinks", break_down)
    answer = await client.get("/v1/links")
    assert answer.status_code == 500
    assert not INSIDE.search(answer.text)
