"""When Short.io's calls that create a link answer an older one, on the real system."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.rest.shortio.conftest import Domain, Shorten
from tests.support.system import System

EXTRAS: list[dict[str, Any]] = [
    {"password": "secret"},
    {"expiresAt": "2099-01-01T00:00:00.000Z"},
    {"ttl": "2099-01-01T00:00:00.000Z"},
    {"clicksLimit": 5},
    {"tags": ["a"]},
    {"title": "T"},
    {"redirectType": 301},
    {"archived": True},
    {"expiredURL": "https://example.com/gone"},
    {"utmSource": "mail"},
]


@pytest.fixture(params=["/links", "/links/public", "/links/bulk"])
def make(request: pytest.FixtureRequest, shortio: httpx.AsyncClient, domain: Domain) -> Shorten:
    """Return what creates a link, by each of the calls."""

    async def create(**wanted: Any) -> dict[str, Any]:
        body = {"domain": domain.host, **wanted}
        if request.param == "/links/bulk":
            body = {"domain": domain.host, "links": [wanted]}
        answer = (await shortio.post(request.param, json=body)).json()
        row: dict[str, Any] = answer[0] if isinstance(answer, list) else answer
        return row

    return create


def url() -> str:
    """Make a destination that nothing leads to yet."""
    return f"https://example.com/{uuid4()}"


async def test_the_same_again_is_the_same_link(make: Shorten) -> None:
    """Unless duplicates are allowed, or another path is asked for."""
    wanted = {"originalURL": url(), "title": "T", "tags": ["a"]}
    first, again = await make(**wanted), await make(**wanted)
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert again["idString"] == first["idString"]
    assert (await make(**wanted, path=first["path"]))["idString"] == first["idString"]
    for other in ({"allowDuplicates": True}, {"path": uuid4().hex}):
        assert (await make(**wanted, **other))["idString"] != first["idString"]


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: next(iter(extra)))
async def test_a_link_with_more_or_less_than_asked_is_not_answered(make: Shorten, extra: dict[str, Any]) -> None:
    """Who asks for a password gets one, and who does not ask for it is not asked for it."""
    where = url()
    open_link = await make(originalURL=where)
    guarded = await make(originalURL=where, **extra)
    assert (guarded["success"], guarded["duplicate"]) == (True, False)
    assert guarded["idString"] != open_link["idString"]
    assert guarded["hasPassword"] is ("password" in extra)
    elsewhere = url()
    first = await make(originalURL=elsewhere, **extra)
    plain = await make(originalURL=elsewhere)
    assert (plain["duplicate"], plain["hasPassword"]) == (False, False)
    assert plain["idString"] != first["idString"]


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: next(iter(extra)))
async def test_a_path_with_another_link_is_taken(make: Shorten, extra: dict[str, Any]) -> None:
    """409, also where that link leads to the same place, but otherwise."""
    where = url()
    first = await make(originalURL=where, path=uuid4().hex)
    refused = await make(originalURL=where, path=first["path"], **extra)
    assert (refused["statusCode"], refused["success"], refused["error"]) == (409, False, "Link already exists")
    assert (await make(originalURL=where, path=first["path"]))["duplicate"] is True


async def test_dead_links_are_not_answered(system: System, make: Shorten, shortio: httpx.AsyncClient) -> None:
    """Switched off, deleted, archived."""
    where = url()
    off = await make(originalURL=where)
    async with system.client() as native:
        number = int((await native.get("/v1/links", params={"destination": where})).json()["links"][0]["linkId"])
        assert (await native.post(f"/v1/links/{number}:disable", json={})).status_code == 200
    gone = await make(originalURL=where)
    assert (await shortio.delete(f"/links/{gone['idString']}")).status_code == 200
    away = await make(originalURL=where)
    assert (await shortio.post("/links/archive", json={"link_id": away["idString"]})).status_code == 200
    alive = await make(originalURL=where)
    assert len({link["idString"] for link in (off, gone, away, alive)}) == 4
    assert not any(link["duplicate"] for link in (off, gone, away, alive))


async def test_equal_calls_at_once_make_one_link(make: Shorten) -> None:
    """One of them made it."""
    where = url()
    made = await asyncio.gather(*(make(originalURL=where) for _ in range(5)))
    assert len({link["idString"] for link in made}) == 1
    assert sorted(link["duplicate"] for link in made) == [False, True, True, True, True]


async def test_a_copy_is_guarded_as_its_original(system: System, shortio: httpx.AsyncClient, shorten: Shorten) -> None:
    """A visitor of the copy is asked for the same password."""
    link = await shorten(password="secret", clicksLimit=5, expiresAt="2099-01-01", expiredURL="https://example.com/x")
    path = uuid4().hex
    copied = (await shortio.post(f"/links/duplicate/{link['idString']}", json={"path": path})).json()
    guards = ("hasPassword", "clicksLimit", "expiresAt", "expiredURL")
    assert [copied[name] for name in guards] == [link[name] for name in guards]
    assert (copied["path"], copied["duplicatedFrom"]) == (path, link["idString"])
    async with system.client(api_key="") as visitor:
        page = await visitor.get(f"/{path}", headers={"host": copied["shortURL"].split("/")[2]}, follow_redirects=False)
    assert page.status_code == 401
    taken = await shortio.post(f"/links/duplicate/{link['idString']}", json={"path": path})
    assert taken.status_code == 409
