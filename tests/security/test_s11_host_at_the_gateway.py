"""S11 at the gateway: the Host that a client sends comes back nowhere, and reaches redirect unchanged."""

import httpx
import pytest

from tests.support.edge import Edge, Services

PATHS = ["/v1/nope", "/v1/links", "/api/nope", "/docs", "/openapi.json", "/healthz", "/a/b", "/abc%2F"]


@pytest.mark.parametrize("path", PATHS)
async def test_answers_never_echo_the_host(client: httpx.AsyncClient, path: str) -> None:
    """Neither bodies nor headers of the gateway hold it."""
    answer = await client.get(path, headers={"host": "evil.example"})
    assert "evil.example" not in answer.text
    assert "evil.example" not in str(answer.headers)


@pytest.mark.parametrize(
    "host", ["evil.example", "EVIL.example:8080", "localhost", "[::1]:80", "xn--bcher-kva.example"]
)
async def test_redirect_decides_about_hosts(client: httpx.AsyncClient, services: Services, host: str) -> None:
    """The data plane gets the Host as it was sent, to answer 404 when it is none of ours."""
    await client.get("/abc", headers={"host": host})
    (visit,) = services.visits
    assert visit.headers["x-original-host"].lower() == host.lower()


async def test_the_host_of_an_absolute_address_counts(edge: Edge, services: Services) -> None:
    """Of a Host header and an absolute request target, one is used everywhere."""
    await edge.raw(b"GET http://evil.example/abc HTTP/1.1\r\nhost: sho.rt\r\n\r\n")
    (visit,) = services.visits
    assert visit.target == "/abc"
    assert (visit.headers["host"], visit.headers["x-original-host"]) == ("evil.example", "evil.example")


@pytest.mark.parametrize(
    "request_head", [b"GET /abc HTTP/1.1\r\n\r\n", b"GET /abc HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"]
)
async def test_one_host_is_needed(edge: Edge, services: Services, request_head: bytes) -> None:
    """Without Host, or with two, nothing is routed by guess."""
    answer = await edge.raw(request_head)
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert services.visits == []
