"""S25 at the gateway: what says whether a cookie counts arrives as the browser sent it, for gRPC-Web alone."""

import struct

import httpx
import pytest

from linkmeter.gateway.authz.v3 import ext_authz_pb2
from linkmeter.links.v1 import session_service_pb2
from tests.support.edge import Context, Edge, Services

SECRET = "ses_" + "s" * 43
CREATE = "linkmeter.links.v1.SessionService/CreateSession"
CALLER = "linkmeter.links.v1.SessionService/GetCaller"
LEDGER = "linkmeter.analytics.v1.StatsService/GetLedger"
CHECK = "envoy.service.auth.v3.Authorization/Check"
EMPTY_MESSAGE = b"\0" + struct.pack(">I", 0)


def page(edge: Edge, **more: str) -> dict[str, str]:
    """Return what a page of our own sends."""
    return {
        "content-type": "application/grpc-web+proto",
        "x-grpc-web": "1",
        "sec-fetch-site": "same-origin",
        "origin": edge.url,
        "cookie": f"session={SECRET}",
        **more,
    }


async def test_call_of_a_page_arrives_with_all_that_counts(
    edge: Edge, client: httpx.AsyncClient, services: Services
) -> None:
    """At links, and in the question about calls of analytics; the Host is the one that the browser asked."""
    await client.post(f"/{CALLER}", content=EMPTY_MESSAGE, headers=page(edge, **{"x-original-host": "evil.example"}))
    metadata = services.only_call.metadata
    expected = {name: value for name, value in page(edge).items() if name != "content-type"}
    assert {name: metadata[name] for name in expected} == expected
    assert metadata["x-original-host"] == edge.address
    services.reset()
    await client.post(f"/{LEDGER}", content=EMPTY_MESSAGE, headers=page(edge))
    [check, *_] = services.calls
    assert check.method == CHECK
    asked = check.request.attributes.request.http
    assert {name: asked.headers[name] for name in expected} == expected
    assert asked.host == edge.address
    assert asked.headers["x-forwarded-proto"] == "http"


@pytest.mark.parametrize("path", ["/v1/me", "/v1/links", "/v1/ledger", "/v1/sessions"])
async def test_rest_never_comes_with_a_session(
    edge: Edge, client: httpx.AsyncClient, services: Services, path: str
) -> None:
    """Neither the cookie nor what would make it count reaches a service."""
    await client.get(path, headers=page(edge) | {"content-type": "application/json"})
    for call in services.calls:
        if isinstance(call.request, ext_authz_pb2.CheckRequest):
            headers = dict(call.request.attributes.request.http.headers)
        else:
            headers = {name: str(value) for name, value in call.metadata.items()}
        assert not {"cookie", "x-grpc-web"} & set(headers)
    assert services.calls


async def test_cookie_reaches_the_browser_and_no_log(edge: Edge, client: httpx.AsyncClient, services: Services) -> None:
    """Envoy passes Set-Cookie on, and writes down neither that nor what comes back."""
    set_cookie = f"session={SECRET}; Path=/; HttpOnly; SameSite=Strict"

    async def sign_in(_request: object, context: Context) -> session_service_pb2.Session:
        await context.send_initial_metadata((("set-cookie", set_cookie),))
        return session_service_pb2.Session(session_id=1)

    services.on(CREATE, sign_in)
    answer = await client.post(f"/{CREATE}", content=EMPTY_MESSAGE, headers=page(edge))
    assert answer.headers["set-cookie"] == set_cookie
    await client.post(f"/{CALLER}", content=EMPTY_MESSAGE, headers=page(edge))
    assert SECRET not in edge.log()


async def test_pages_of_other_origins_get_no_credentials(client: httpx.AsyncClient) -> None:
    """Browsers send cookies along only where the answer to the preflight allows it."""
    asked = {
        "origin": "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-grpc-web",
    }
    answer = await client.options(f"/{CALLER}", headers=asked)
    assert answer.headers["access-control-allow-origin"] == "https://evil.example"
    assert "access-control-allow-credentials" not in answer.headers
