"""Pages of other origins may use the API, and read whatever it answers."""

import httpx
import pytest

from services.common import errors
from tests.support.edge import Services

ORIGIN = "https://app.example"
PREFLIGHT = {"origin": ORIGIN, "access-control-request-method": "PUT"}
GET_LINK = "linkmeter.links.v1.LinkService/GetLink"


@pytest.mark.parametrize(
    "path", ["/v1/links", "/v1/links/5", "/v1/nope", "/api/shorten", "/links", "/oauth/nope", f"/{GET_LINK}"]
)
async def test_preflight_is_answered(client: httpx.AsyncClient, services: Services, path: str) -> None:
    """A page of any origin may ask whether it may ask, also for gRPC-Web and where nothing is; nobody is bothered."""
    answer = await client.options(path, headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers
    assert services.calls == []


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "idempotency-key",
        "x-spoo-client",
        "x-requested-with",
        "x-request-id",
        "traceparent",
        "tracestate",
        "baggage",
        "*",
    ],
)
async def test_headers_of_clients_are_allowed(client: httpx.AsyncClient, name: str) -> None:
    """What clients and tracing send is named, and whatever else some page sends is allowed, too."""
    answer = await client.options("/v1/links", headers=PREFLIGHT)
    assert name in answer.headers["access-control-allow-headers"].split(", ")


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/v1/links", 200),
        ("GET", "/api/links/abc", 200),
        ("GET", "/healthz", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/v1/links?colour=red", 400),
        ("GET", "/v1/links/../apiKeys%00", 400),
        ("GET", "/v1/links/5?linkId=6", 400),
        ("GET", "/v1/nope", 404),
        ("GET", "/api/nope", 404),
        ("GET", "/a/b", 404),
        ("PUT", "/v1/links", 405),
        ("PUT", "/api/shorten", 405),
        ("PUT", "/docs", 405),
        ("OPTIONS", "/abc", 405),
    ],
)
async def test_answers_are_readable(client: httpx.AsyncClient, verb: str, path: str, status: int) -> None:
    """A page may read what services and the gateway itself answer, with the headers that matter."""
    answer = await client.request(verb, path, headers={"origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "retry-after" in answer.headers["access-control-expose-headers"]


async def test_failures_are_readable(client: httpx.AsyncClient, services: Services) -> None:
    """A page learns what went wrong, and when to come again."""
    services.fail(GET_LINK, errors.ResourceExhausted("slow down", 7))
    answer = await client.get("/v1/links/5", headers={"origin": ORIGIN})
    assert answer.status_code == 429
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("headers", [{}, {"origin": ORIGIN}])
@pytest.mark.parametrize("path", ["/v1/links", "/api/links/abc", "/v1/nope", "/healthz"])
async def test_caches_keep_origins_apart(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> None:
    """The origin is said back, so an answer to one is none for another; without an origin none is said."""
    answer = await client.get(path, headers=headers)
    assert answer.headers["vary"] == "Origin"
    assert answer.headers.get("access-control-allow-origin") == headers.get("origin")


async def test_redirects_are_not_readable_for_other_pages(client: httpx.AsyncClient) -> None:
    """CORS is for the API."""
    answer = await client.get("/abc", headers={"origin": ORIGIN})
    assert "access-control-allow-origin" not in answer.headers
    assert "vary" not in answer.headers
