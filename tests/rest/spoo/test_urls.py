"""Creating, listing, changing and deleting links; keys and accounts."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.rest.spoo import examples
from tests.rest.spoo.conftest import NewClient, Shorten, assert_error
from tests.rest.spoo.examples import FIRST_DAY
from tests.support.system import System

URL = "https://example.com/page"
SHORTEN = "/api/v1/shorten"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "long_url"),
        ({"long_url": 5}, 422, "long_url"),
        ({"url": "not-a-valid-url"}, 400, "long_url"),
        ({"url": "javascript:alert(1)"}, 400, "long_url"),
        ({"url": "http://localhost/x"}, 400, "long_url"),
        ({"url": URL, "alias": "ab"}, 422, "alias"),
        ({"url": URL, "alias": "healthz"}, 400, "alias"),
        ({"url": URL, "password": "weak"}, 422, "password"),
        ({"url": URL, "max_clicks": 0}, 422, "max_clicks"),
        ({"url": URL, "expire_after": 1}, 400, "expire_after"),
        ({"url": URL, "private_stats": True}, 400, "private_stats"),
    ],
)
async def test_a_wrong_body_is_refused(
    anyone: httpx.AsyncClient, body: dict[str, Any], status: int, field: str
) -> None:
    """With the field's name; nothing is created."""
    answer = await anyone.post(SHORTEN, json=body)
    assert_error(answer, status, code="validation_error")
    assert answer.json()["field"] == field


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b'{"url": "https://example.com"', "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b'{"url": "\xff"}', "application/json", 400),
        (b'{"url": "https://example.com"}', "text/plain", 415),
        (b'{"url": "' + b"a" * 2_000_000 + b'"}', "application/json", 413),
    ],
)
async def test_what_is_no_json_object_is_refused(
    anyone: httpx.AsyncClient, content: bytes, content_type: str, status: int
) -> None:
    """In this API's shape."""
    assert_error(await anyone.post(SHORTEN, content=content, headers={"content-type": content_type}), status)


async def test_unknown_fields_are_passed_over(anyone: httpx.AsyncClient) -> None:
    """Newer clients send fields that older services do not know."""
    body = {"url": URL, "alias_type": "alphanumeric", "tag_ids": ["x"], "meta_tags": {"title": "x"}}
    assert (await anyone.post(SHORTEN, json=body)).status_code == 201


async def test_a_taken_alias(anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """409, also of a link that was deleted."""
    link = await shorten(anyone)
    assert_error(await anyone.post(SHORTEN, json={"url": URL, "alias": link.alias}), 409, "Alias is already in use")


async def test_a_random_alias_has_seven_characters(anyone: httpx.AsyncClient) -> None:
    """Letters and digits."""
    alias = (await anyone.post(SHORTEN, json={"url": URL})).json()["alias"]
    assert len(alias) == 7
    assert alias.isalnum()


async def test_emojis_as_alias(anyone: httpx.AsyncClient) -> None:
    """They name the link in every call, however they are drawn."""
    answer = await anyone.post(SHORTEN, json={"url": URL, "alias": "🥥🥕🥦🍉🐍❤️"})
    assert answer.status_code == 201
    alias = answer.json()["alias"]
    assert alias == "🥥🥕🥦🍉🐍❤"
    assert (await anyone.get(f"/{alias}")).headers["location"] == URL
    body = (await anyone.get("/api/v1/stats", params={"scope": "anon", "short_code": alias})).json()
    assert body["short_code"] == alias
    taken = await anyone.get("/api/v1/shorten/check-alias", params={"alias": "🥥🥕🥦🍉🐍❤️"})
    assert taken.json() == {"available": False, "reason": "taken"}


@pytest.mark.parametrize(
    ("alias", "reason"),
    [("free-alias", None), ("ab", "length"), ("a" * 17, "length"), ("a b c", "format"), ("api", "reserved")],
)
async def test_check_alias(anyone: httpx.AsyncClient, alias: str, reason: str | None) -> None:
    """Says why one could not be had."""
    answer = await anyone.get("/api/v1/shorten/check-alias", params={"alias": alias})
    assert answer.json() == {"available": reason is None, "reason": reason}


async def test_check_alias_needs_one(anyone: httpx.AsyncClient) -> None:
    """422 for none and for an endless one."""
    for query in ("", "?alias=", f"?alias={'a' * 65}"):
        assert_error(await anyone.get(f"/api/v1/shorten/check-alias{query}"), 422)


async def test_a_link_is_what_it_was_made_as(
    anyone: httpx.AsyncClient, owner: httpx.AsyncClient, shorten: Shorten
) -> None:
    """A limit is a limit, a password locks, and bots are redirected without being counted."""
    link = await shorten(owner, max_clicks=1)
    assert [(await anyone.get(f"/{link.alias}", headers=BROWSER)).status_code for _ in range(2)] == [302, 410]
    shown = (await owner.get(f"/api/v1/urls/{link.url_id}")).json()
    assert (shown["status"], shown["max_clicks"]) == ("EXPIRED", 1)
    locked = await shorten(anyone, password="Test@123")
    assert (await anyone.get(f"/{locked.alias}")).status_code == 401


BROWSER = {"user-agent": examples.WINDOWS_CHROME}


async def test_changes(owner: httpx.AsyncClient, anyone: httpx.AsyncClient, shorten: Shorten) -> None:
    """What is given changes, null takes away, and the rest stays."""
    link = await shorten(owner, max_clicks=5, password="secret@123", expire_after="2100-01-01T00:00:00Z")
    path = f"/api/v1/urls/{link.url_id}"
    changed = (await owner.patch(path, json={"long_url": "https://example.org/new", "block_bots": True})).json()
    assert changed == {
        "id": link.url_id,
        "alias": link.alias,
        "long_url": "https://example.org/new",
        "status": "ACTIVE",
        "password_set": True,
        "max_clicks": 5,
        "expire_after": 4102444800,
        "block_bots": True,
        "private_stats": True,
        "updated_at": changed["updated_at"],
        "domain": "localhost",
    }
    assert abs(changed["updated_at"] - datetime.now(UTC).timestamp()) < 120
    changed = (await owner.patch(path, json={"max_clicks": 0, "password": None, "expire_after": None})).json()
    assert (changed["max_clicks"], changed["password_set"], changed["expire_after"]) == (None, False, None)
    assert changed["block_bots"] is True
    assert (await anyone.get(f"/{link.alias}")).headers["location"] == "https://example.org/new"
    changed = (await owner.patch(path, json={"status": "INACTIVE"})).json()
    assert changed["status"] == "INACTIVE"
    assert (await owner.patch(path, json={})).json()["status"] == "INACTIVE"
    assert (await owner.patch(f"{path}/status", json={"status": "ACTIVE"})).json()["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"long_url": "javascript:x"}, 400),
        ({"alias": "another-one"}, 400),
        ({"max_clicks": -1}, 422),
        ({"status": "SLEEPING"}, 422),
        ({"expire_after": "yesterday"}, 422),
        ({"password": "weak"}, 422),
        ({"block_bots": 5}, 422),
    ],
)
async def test_wrong_changes_change_nothing(
    owner: httpx.AsyncClient, shorten: Shorten, body: dict[str, Any], status: int
) -> None:
    """With the field's name."""
    link = await shorten(owner)
    path = f"/api/v1/urls/{link.url_id}"
    before = (await owner.get(path)).json()
    assert_error(await owner.patch(path, json=body), status)
    assert (await owner.get(path)).json() == before
    assert_error(await owner.patch(f"{path}/status", json={}), 422)


async def test_deletion_is_for_ever(owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """And is told once."""
    link = await shorten(owner)
    path = f"/api/v1/urls/{link.url_id}"
    assert (await owner.delete(path)).json() == {"message": "URL deleted", "id": link.url_id}
    for answer in (await owner.delete(path), await owner.get(path), await owner.patch(path, json={})):
        assert_error(answer, 404, "URL not found")
    assert_error(await owner.post(SHORTEN, json={"url": URL, "alias": link.alias}), 409)


async def test_links_of_others_are_not_there(owner: httpx.AsyncClient, client_of: NewClient, shorten: Shorten) -> None:
    """The same answer for them and for what never was (S8)."""
    link = await shorten(owner)
    other = await client_of()
    for method, rest, body in (
        ("GET", "", None),
        ("PATCH", "", {}),
        ("PATCH", "/status", {"status": "ACTIVE"}),
        ("DELETE", "", None),
    ):
        foreign = await other.request(method, f"/api/v1/urls/{link.url_id}{rest}", json=body)
        absent = await other.request(method, f"/api/v1/urls/{'0' * 12}{secrets.token_hex(6)}{rest}", json=body)
        assert_error(foreign, 404, "URL not found")
        assert foreign.content == absent.content
    assert_error(await other.get("/api/v1/urls/nonsense"), 400, "Invalid URL ID format")


async def test_a_link_by_host_and_alias(owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """The newer client's get_by_alias."""
    link = await shorten(owner)
    assert (await owner.get(f"/api/v1/urls/localhost/{link.alias}")).json()["id"] == link.url_id
    assert_error(await owner.get("/api/v1/urls/localhost/absent"), 404)
    assert_error(await owner.get(f"/api/v1/urls/other.example/{link.alias}"), 404)


async def test_lists(owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """Pages, orders and filters."""
    links = [await shorten(owner, max_clicks=number or None) for number in range(4)]
    for number, clicks in ((1, 3), (2, 1)):
        await links[number].ingest(examples.click(FIRST_DAY.replace(hour=10 - number)) for _ in range(clicks))
    await owner.patch(f"/api/v1/urls/{links[3].url_id}/status", json={"status": "INACTIVE"})

    async def listed(**parameters: Any) -> list[int]:
        answer = await owner.get("/api/v1/urls", params=parameters)
        assert answer.status_code == 200, answer.text
        places = {link.url_id: place for place, link in enumerate(links)}
        return [places[item["id"]] for item in answer.json()["items"]]

    assert await listed() == [3, 2, 1, 0]
    assert await listed(sortOrder="asc") == await listed(sortOrder="1") == [0, 1, 2, 3]
    assert await listed(pageSize=3) == [3, 2, 1]
    assert await listed(pageSize=3, page=2) == [0]
    assert await listed(pageSize=3, page=9) == []
    assert (await listed(sortBy="total_clicks"))[:2] == [1, 2]
    assert (await listed(sortBy="last_click"))[:2] == [1, 2]
    assert (await listed(sortBy="last_click", sortOrder="ascending"))[-2:] == [2, 1]
    assert await listed(filter=json.dumps({"status": "INACTIVE"})) == [3]
    assert await listed(filterBy=json.dumps({"maxClicksSet": False})) == [0]
    assert await listed(filter=json.dumps({"search": links[2].alias.upper()})) == [2]
    assert await listed(filter=json.dumps({"createdBefore": "2020-01-01"})) == []
    assert await listed(filter=json.dumps({"createdAfter": 1577836800, "passwordSet": False}), pageSize=1) == [3]
    page = (await owner.get("/api/v1/urls", params={"pageSize": 3})).json()
    assert (page["total"], page["hasNext"]) == (4, True)
    assert (await owner.get("/api/v1/urls", params={"pageSize": 3, "page": 2})).json()["hasNext"] is False


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


async def test_me(owner: httpx.AsyncClient) -> None:
    """At the root of the site."""
    user = (await owner.get("/auth/me")).json()["user"]
    assert set(user) == {"id", "email", "email_verified", "user_name", "plan", "password_set", "auth_providers"}
    assert len(user["id"]) == 24


async def test_health(anyone: httpx.AsyncClient) -> None:
    """Of this API; the installation's own is /healthz."""
    assert (await anyone.get("/health")).json() == {"status": "healthy"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/api/v1/urls", 405),
        ("POST", "/api/v1/stats", 405),
        ("GET", "/api/v1/shorten", 405),
        ("GET", "/api/v1/nope", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/auth/nope", 404),
        ("GET", "/emoji", 405),
        ("GET", "/stats/x", 405),
        ("POST", "/metric", 405),
        ("GET", "/api/v1/urls/%2e%2e", 400),
    ],
)
async def test_unknown_paths_and_methods(anyone: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    """In this API's shape."""
    answer = await anyone.request(method, path)
    assert answer.status_code == status
    if path != "/api/v1/urls/%2e%2e":
        assert_error(answer, status)


async def test_the_root_is_still_everybodys(anyone: httpx.AsyncClient) -> None:
    """Only its POST is this API's."""
    assert (await anyone.get("/")).status_code == 200
    assert (await anyone.head("/")).status_code == 200
    assert (await anyone.put("/")).status_code == 405
