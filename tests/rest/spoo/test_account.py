"""Keys: what needs one, what one may, and making them; and health."""

import json
from typing import Any

import httpx
import pytest

from tests.rest.spoo.conftest import NewClient, Shorten, assert_error
from tests.support.system import System

URL = "https://example.com/page"
SHORTEN = "/api/v1/shorten"


async def test_calls_that_need_a_key(anyone: httpx.AsyncClient) -> None:
    """401, before anything else is looked at."""
    link_id = "0" * 23 + "1"
    for method, path in (
        ("GET", "/api/v1/urls"),
        ("GET", f"/api/v1/urls/{link_id}"),
        ("PATCH", f"/api/v1/urls/{link_id}"),
        ("PATCH", f"/api/v1/urls/{link_id}/status"),
        ("DELETE", f"/api/v1/urls/{link_id}"),
        ("GET", f"/api/v1/stats/links/{link_id}"),
        ("GET", f"/api/v1/export/links/{link_id}?format=json"),
        ("POST", "/api/v1/keys"),
        ("GET", "/api/v1/keys"),
        ("DELETE", f"/api/v1/keys/{link_id}"),
        ("GET", "/auth/me"),
    ):
        body: dict[str, Any] | None = {} if method in {"POST", "PATCH"} else None
        answer = await anyone.request(method, path, json=body)
        assert_error(answer, 401, "Authentication required", "authentication_error")


async def test_scopes(client_of: NewClient, owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """Reading does not manage, shortening does not read."""
    reader, shortener = await client_of("links:read"), await client_of("links:write")
    link = await shorten(owner)
    assert (await reader.get("/api/v1/urls")).status_code == 200
    assert_error(await reader.post(SHORTEN, json={"url": URL}), 403)
    assert_error(await reader.delete(f"/api/v1/urls/{link.url_id}"), 403)
    assert (await shortener.post(SHORTEN, json={"url": URL})).status_code == 201
    assert_error(await shortener.get("/api/v1/urls"), 403)
    assert_error(await shortener.delete(f"/api/v1/urls/{link.url_id}"), 403)


async def test_keys(system: System, client_of: NewClient) -> None:
    """They are made, work as far as they may, are listed without their secret, and end."""
    manager = await client_of("keys:manage", "stats:read", "links:read")
    body = {"name": "reports", "description": "weekly", "scopes": ["stats:read"], "expires_at": 4102444800}
    answer = await manager.post("/api/v1/keys", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    token = made.pop("token")
    assert token.startswith(f"spoo_{made['token_prefix'][:7]}")
    assert (made["name"], made["description"], made["scopes"]) == ("reports", "weekly", ["stats:read"])
    assert (made["expires_at"], made["revoked"]) == (4102444800, False)
    async with system.client(api_key=token) as client:
        assert (await client.get("/api/v1/stats")).status_code == 200
        assert_error(await client.get("/api/v1/urls"), 403)
        assert_error(await client.get("/api/v1/keys"), 403)
        listed = (await manager.get("/api/v1/keys")).json()["keys"]
        assert made in listed
        assert token not in json.dumps(listed)
        answer = await manager.delete(f"/api/v1/keys/{made['id']}", params={"revoke": "true"})
        assert answer.json() == {"success": True, "action": "revoked"}
        assert_error(await client.get("/api/v1/stats"), 401)
    listed = (await manager.get("/api/v1/keys")).json()["keys"]
    assert made | {"revoked": True} in listed
    assert_error(await manager.delete(f"/api/v1/keys/{made['id']}"), 404, "key not found or access denied")
    assert_error(await manager.delete("/api/v1/keys/nonsense"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": " ", "scopes": ["stats:read"]},
        {"name": "x"},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": "stats:read"},
        {"name": "x", "scopes": ["moon:read"]},
        {"name": "x", "scopes": [5]},
        {"name": "x", "scopes": ["stats:read"], "expires_at": "soon"},
    ],
)
async def test_wrong_keys_are_refused(client_of: NewClient, body: dict[str, Any]) -> None:
    """422."""
    manager = await client_of("keys:manage", "stats:read")
    assert_error(await manager.post("/api/v1/keys", json=body), 422, code="validation_error")


async def test_a_key_gives_no_more_than_it_has(client_of: NewClient) -> None:
    """And what is past is no end."""
    manager = await client_of("keys:manage", "stats:read")
    assert_error(await manager.post("/api/v1/keys", json={"name": "x", "scopes": ["admin:all"]}), 403)
    body = {"name": "x", "scopes": ["stats:read"], "expires_at": 5}
    assert_error(await manager.post("/api/v1/keys", json=body), 400)


async def test_twenty_keys_are_enough(client_of: NewClient) -> None:
    """As on the real service."""
    manager = await client_of("keys:manage", "stats:read")
    body = {"name": "x", "scopes": ["stats:read"]}
    for _ in range(19):
        assert (await manager.post("/api/v1/keys", json=body)).status_code == 201
    assert_error(await manager.post("/api/v1/keys", json=body), 400, "maximum 20 active keys allowed")


async def test_health(anyone: httpx.AsyncClient) -> None:
    """Of this API, with what its document requires; the installation's own is /healthz."""
    body = (await anyone.get("/health")).json()
    assert set(body) == {"status", "checks", "version"}
    assert set(body["checks"]) == {"mongodb", "redis"}
    assert body["checks"]["mongodb"] == "ok"
    assert body["status"] == "healthy"
    assert body["checks"]["redis"] in {"ok", "not_configured"}
