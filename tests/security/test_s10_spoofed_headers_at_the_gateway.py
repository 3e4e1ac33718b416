"""S10 at the gateway: what a client claims about itself changes nothing; what a trusted proxy says does."""

import grpc
import httpx
import pytest

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc
from tests.support.edge import Edge, Services, running_edge
from tests.support.native_errors import assert_refused

CLAIMS = {
    "x-forwarded-for": "203.0.113.9, 198.51.100.7",
    "cf-connecting-ip": "203.0.113.9",
    "true-client-ip": "203.0.113.9",
    "x-real-ip": "203.0.113.9",
    "x-client-ip": "203.0.113.9",
    "forwarded": "for=203.0.113.9;host=evil.example",
    "x-linkmeter-client-ip": "203.0.113.9",
    "X-Linkmeter-Caller-Bin": "CAEQARoFYWRtaW4",
    "x-linkmeter-account": "evil",
    "x-original-host": "evil.example",
    "x-original-url": "/evil",
    "x-envoy-external-address": "203.0.113.9",
    "x-envoy-internal": "true",
    "x-envoy-original-path": "/api/evil",
    "x-envoy-decorator-operation": "evil",
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-envoy-max-retries": "100",
    "x-envoy-retry-on": "5xx",
    "x_forwarded_for": "203.0.113.9",
    "x-request-id": "evil-id",
    "evil-trace-bin": "!!!",
}


def assert_unimpressed(headers: dict[str, str | bytes]) -> None:
    assert headers["x-linkmeter-client-ip"] == "127.0.0.1"
    assert "x-linkmeter-caller-bin" not in headers
    assert not [value for value in headers.values() if b"evil" in _bytes(value) or b"203.0.113.9" in _bytes(value)]


async def test_claims_do_not_reach_redirect(client: httpx.AsyncClient, services: Services) -> None:
    """The data plane sees the peer's address and the Host that was asked, and no claim."""
    await client.get("/abc", headers={**CLAIMS, "host": "sho.rt"})
    (visit,) = services.visits
    assert_unimpressed(dict(visit.headers))
    assert visit.headers["x-original-host"] == "sho.rt"
    assert visit.headers["host"] == "sho.rt"


@pytest.mark.parametrize("path", ["/v1/links/5", "/v1/ledger", "/api/links/abc"])
async def test_claims_do_not_reach_services(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """The same holds for every service, also where links is asked first."""
    assert (await client.get(path, headers=CLAIMS)).status_code == 200
    assert_unimpressed(services.only_call.metadata)


async def test_claims_do_not_travel_by_grpc(channel: grpc.aio.Channel, services: Services) -> None:
    """A native caller cannot pretend to be an internal one either."""
    metadata = [(name.lower(), value) for name, value in CLAIMS.items() if not name.lower().endswith("-bin")]
    stub = link_service_pb2_grpc.LinkServiceStub(channel)
    await stub.GetLink(
        link_service_pb2.GetLinkRequest(link_id=5), metadata=(*metadata, ("x-linkmeter-caller-bin", b"\x08\x01"))
    )
    assert_unimpressed(services.only_call.metadata)


async def test_answers_do_not_follow_claims(client: httpx.AsyncClient) -> None:
    """A claimed path does not choose the shape of errors; a claimed request id is not ours."""
    answer = await client.get("/v1/nope", headers=CLAIMS)
    assert_refused(answer, 404, 5, "NOT_FOUND", "there is nothing at this path")
    assert answer.headers["x-request-id"] != "evil-id"


def test_a_trusted_proxy_is_believed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With one trusted hop, the last address of X-Forwarded-For counts, and none before it."""
    with running_edge(tmp_path_factory.mktemp("edge"), trusted_hops=1) as edge:
        for forwarded, expected in (
            ("198.51.100.7", "198.51.100.7"),
            ("203.0.113.9, 198.51.100.7", "198.51.100.7"),
            ("nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
        ):
            assert _seen_by_redirect(edge, forwarded) == expected


def _seen_by_redirect(edge: Edge, forwarded: str) -> str:
    edge.services.reset()
    headers = {"x-forwarded-for": forwarded, "cf-connecting-ip": "203.0.113.9"} if forwarded else {}
    assert httpx.get(f"{edge.url}/abc", headers=headers, trust_env=False).status_code == 200
    return edge.services.visits[0].headers["x-linkmeter-client-ip"]


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
