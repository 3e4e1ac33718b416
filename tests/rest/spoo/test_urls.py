"""Listing, changing and deleting links."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.rest.spoo import examples
from tests.rest.spoo.conftest import NewClient, Shorten, assert_error
from tests.rest.spoo.examples import FIRST_DAY

URL = "https://example.com/page"
SHORTEN = "/api/v1/shorten"
BROWSER = {"user-agent": examples.WINDOWS_CHROME}


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
        "tags": [],
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
