"""Promise S15 for headers: no header of a client breaks a service, or takes it from others."""

import grpc
import httpx
import pytest

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc
from tests.support.edge import Edge, Services
from tests.support.system import System
from tests.support.wait import eventually

PATHS = ["/v1/links", "/v1/clicks", "/api/links/absent", "/api/v1/urls", "/v3/user/info", "/statistics/link/1"]


async def _served(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> httpx.Response:
    """Return an answer that is about the request: a busy machine may say that it has no time for it just now."""

    async def asked() -> httpx.Response:
        answer = await client.get(path, headers=headers)
        assert answer.status_code != httpx.codes.SERVICE_UNAVAILABLE, answer.text
        return answer

    return await eventually(asked)


@pytest.mark.parametrize("path", [*PATHS, "/absent"])
@pytest.mark.parametrize("size", [15_000, 15_300, 15_600, 15_900, 16_200, 17_000])
async def test_headers_fit_or_are_too_large(system: System, path: str, size: int) -> None:
    """Below the limit headers are served and above it they are 431, on every surface; there is nothing between."""
    async with system.client() as client:
        plain = await _served(client, path, {})
        answer = await _served(client, path, {"x-padding": "x" * (size - 500)})
    assert answer.status_code in (plain.status_code, 431)
    assert answer.status_code == plain.status_code or size > 15_000


@pytest.mark.parametrize("path", [*PATHS, "/absent"])
@pytest.mark.parametrize("count", [70, 80, 85, 90, 95, 110])
async def test_many_headers_fit_or_are_too_many(system: System, path: str, count: int) -> None:
    """The number of headers is bounded in the same way."""
    async with system.client() as client:
        plain = await _served(client, path, {})
        answer = await _served(client, path, {f"x-{number}": "x" for number in range(count)})
    assert answer.status_code in (plain.status_code, 431)
    assert answer.status_code == plain.status_code or count > 70


@pytest.mark.parametrize("name", ["grpc-timeout", "grpc-encoding", "grpc-previous-rpc-attempts", "grpc-status", "te"])
async def test_headers_of_grpc_mean_nothing_to_rest(system: System, name: str) -> None:
    """A service would end the stream, and Envoy would take the service for broken, for everybody."""
    async with system.client() as client:
        for _ in range(10):
            assert (await client.get("/v1/links", headers={name: "zzz"})).status_code == 200


async def test_malformed_headers_of_grpc_do_not_break_calls(channel: grpc.aio.Channel, edge: Edge) -> None:
    """Of a native call, too, only those are passed on that a service can read; a good deadline is."""
    stub = link_service_pb2_grpc.LinkServiceStub(channel)
    request = link_service_pb2.GetLinkRequest(link_id=5)
    for _ in range(10):
        await stub.GetLink(request, metadata=(("grpc-previous-rpc-attempts", "zzz"),), timeout=10)
    assert len(edge.services.calls) == 10


@pytest.mark.parametrize("text", [b"caf\xe9", "café".encode(), b"\xff\xfe", b"\x80"])
async def test_metadata_is_ascii(edge: Edge, services: Services, text: bytes) -> None:
    """Bytes beyond ASCII reach a service escaped: as they are it would log them, credentials too."""
    names = (b"authorization", b"idempotency-key", b"user-agent", b"x-anything")
    headers = b"".join(name + b": " + text + b"\r\n" for name in names)
    answer = await edge.raw(b"GET /v1/links/5 HTTP/1.1\r\nhost: sho.rt\r\n" + headers + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    escaped = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in text)
    metadata = services.only_call.metadata
    assert {metadata[name] for name in ("authorization", "idempotency-key", "x-anything")} == {escaped}


async def test_a_credential_beyond_ascii_is_none(system: System) -> None:
    """It is 401 like every wrong one, and stands in no log (S7)."""
    async with system.client(api_key="") as client:
        for path in ("/v1/links", "/v1/clicks"):
            answer = await client.get(path, headers={b"authorization": b"Bearer secret\xff\xe9"})
            assert answer.status_code == httpx.codes.UNAUTHORIZED
    for name in ("links", "analytics", "compat", "envoy"):
        assert "secret\\xff" not in system.log(name).read_text()
        assert "Invalid encoding" not in system.log(name).read_text()
