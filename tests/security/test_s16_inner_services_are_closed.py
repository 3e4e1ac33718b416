"""S16: reflection, health details, Envoy's admin, metrics and internal RPCs cannot be reached from outside."""

import grpc
import httpx
import pytest

from gateway.openapi.contract import Contract
from tests.support.edge import Edge, Services

CONTRACT = Contract.load()
OPEN = {
    "linkmeter.links.v1.LinkService",
    "linkmeter.links.v1.TagService",
    "linkmeter.links.v1.ApiKeyService",
    "linkmeter.links.v1.DomainService",
    "linkmeter.links.v1.SessionService",
    "linkmeter.links.v1.ShareService",
    "linkmeter.links.v1.ImportService",
    "linkmeter.analytics.v1.ClickService",
    "linkmeter.analytics.v1.StatsService",
}
NATIVE = [service for service in CONTRACT.services("linkmeter", public_only=False) if ".compat." not in service]
INNER = [
    *(f"{service}/{method.name}" for service in NATIVE if service not in OPEN for method in CONTRACT.methods(service)),
    "envoy.service.auth.v3.Authorization/Check",
    "grpc.health.v1.Health/Check",
    "grpc.health.v1.Health/Watch",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.channelz.v1.Channelz/GetServers",
]
# The many ways to write a path.
DISGUISES = [
    "/{}",
    "//{}",
    "/./{}",
    "/x/../{}",
    "/%2e/{}",
    "/v1/../{}",
    "/v1//{}",
    "/{}/",
    "/{}?x",
    "/v1/{}",
    "/api/{}",
]


def test_the_list_of_open_services_is_known() -> None:
    """A service that becomes public is added to this test by somebody who thought about it."""
    assert {service for service in NATIVE if any(CONTRACT.operations(service))} == OPEN
    assert len(INNER) > 20


@pytest.mark.parametrize("method", INNER)
async def test_inner_methods_are_not_reached_natively(
    channel: grpc.aio.Channel, services: Services, method: str
) -> None:
    """A native call of an internal method is as unknown as one that does not exist."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await channel.unary_unary(f"/{method}", request_serializer=bytes)(b"", timeout=60)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert raised.value.details() == "there is nothing at this path"
    assert services.calls == []


@pytest.mark.parametrize("content_type", [b"application/grpc", b"application/grpc-web", b"application/json"])
@pytest.mark.parametrize("method", ["linkmeter.analytics.v1.IngestService/IngestClicks", INNER[0]])
async def test_inner_methods_are_not_reached_in_disguise(
    edge: Edge, services: Services, content_type: bytes, method: str
) -> None:
    """Whatever the spelling of the path and the kind of call, nothing gets through."""
    for disguise in DISGUISES:
        head = f"POST {disguise.format(method)} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n".encode()
        await edge.raw(head + b"content-type: " + content_type + b"\r\nte: trailers\r\n\r\n\0\0\0\0\0")
    assert services.calls == []
    assert services.visits == []


@pytest.mark.parametrize(
    "path",
    [
        "/stats/prometheus",
        "/config_dump",
        "/server_info",
        "/quitquitquit",
        "/logging",
        "/clusters",
        "/admin/stats",
        "/metrics/",
        "/v1/metrics",
        "/readyz/links",
        "/debug/pprof",
    ],
)
async def test_the_admin_interface_is_not_served(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """At the public port there is no admin interface and no metrics: such a path is unknown or means something else."""
    for verb in ("GET", "POST"):
        answer = await client.request(verb, path)
        # A documented API has statistics at /stats/{code}, for one verb.
        is_of_a_dialect = answer.status_code == 405 or any(".compat." in call.method for call in services.calls)
        is_a_code = [visit.target for visit in services.visits] == [path]
        assert answer.status_code == 404 or is_of_a_dialect or is_a_code
        assert "envoy" not in answer.text
        services.reset()


async def test_open_services_are_reached(client: httpx.AsyncClient, services: Services) -> None:
    """So that this file would notice if nothing at all got through."""
    assert (await client.get("/v1/links/5")).status_code == 200
    assert services.only_call.method == "linkmeter.links.v1.LinkService/GetLink"
