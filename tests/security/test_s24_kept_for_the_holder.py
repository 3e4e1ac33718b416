"""S24: what one surface keeps for a credential's holder no other surface shows."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.common.caller import LINKS_READ, STATS_READ
from tests.rest.bitly.conftest import accounts_on
from tests.support.people import key_of_new_owner
from tests.support.system import System

PASSWORD = "correct.horse1"
# Nothing else of a page or of JSON holds this.
MARK = "kept-for-the-holder"
DESTINATION = f"https://example.com/{MARK}"


async def shown(system: System, code: str) -> list[httpx.Response]:
    """Ask every surface that shows links to strangers, without credentials or with those of another account."""
    async with system.client(api_key="") as anyone, accounts_on(system) as new_account:
        stranger = await new_account()
        short_url = f"{anyone.base_url}/{code}"
        return [
            await anyone.get("/api/v1/stats", params={"scope": "anon", "short_code": code}),
            await anyone.get("/api/v1/export", params={"scope": "anon", "short_code": code, "format": "json"}),
            await anyone.get(f"/api/v1/public/stats/{code}"),
            await anyone.post(f"/api/v1/public/stats/{code}", json={"password": PASSWORD}),
            await anyone.get(f"/api/v1/public/preview/{code}"),
            await anyone.post(f"/stats/{code}", data={"password": PASSWORD}),
            await anyone.get(f"/export/{code}/json"),
            await anyone.post(f"/export/{code}/json", data={"password": PASSWORD}),
            await anyone.get(f"/result/{code}"),
            await anyone.get(f"/api/links/{code}"),
            await stranger.get("expand", shortUrl=short_url),
            await stranger.get("expand", hash=code, format="txt"),
            await stranger.get("info", hash=code),
            await stranger.get("link/info", link=short_url),
            await stranger.get("link/encoders", link=short_url),
            await stranger.get("link/clicks", link=short_url),
            *await shown_by_shortio(system, code),
        ]


async def shown_by_shortio(system: System, code: str) -> list[httpx.Response]:
    """Ask all that Short.io's API shows of a code and of its domain, as an account whose link it is not."""
    key = await key_of_new_owner(system, LINKS_READ, STATS_READ)
    async with system.client(api_key="") as stranger:
        stranger.headers["authorization"] = key
        domain = (await stranger.get("/api/domains")).json()[0]
        domain_id, host = domain["id"], domain["hostname"]
        statistics = f"/statistics/domain/{domain_id}"
        answers = [
            await stranger.get("/links/expand", params={"domain": host, "path": code}),
            await stranger.get("/links/by-original-url", params={"domain": host, "originalURL": DESTINATION}),
            await stranger.get("/links/multiple-by-url", params={"domain": host, "originalURL": DESTINATION}),
            await stranger.get("/api/links", params={"domain_id": domain_id, "query": code}),
            await stranger.get(f"{statistics}/paths", params={"period": "total"}),
            await stranger.post(f"{statistics}/top", json={"period": "total", "column": "path"}),
            await stranger.post(f"{statistics}/last_clicks", json={"period": "total"}),
        ]
    for answer in answers:
        assert answer.status_code in {200, 404}, answer.text
        assert code not in answer.text, answer.request.url
    return answers


async def found_by_destination(system: System) -> list[httpx.Response]:
    """Ask which links lead there, as another account."""
    async with accounts_on(system) as new_account:
        stranger = await new_account()
        return [await stranger.get(call, url=DESTINATION) for call in ("lookup", "link/lookup")]


def in_an_hour() -> str:
    """Return a moment that has not passed."""
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


@pytest.mark.parametrize(
    "body",
    [{}, {"isOneTime": True}, {"password": PASSWORD}, {"expiresAt": in_an_hour()}],
    ids=["plain", "one-time", "password", "expiring"],
)
async def test_links_of_shtr_are_their_token_holders(system: System, body: dict[str, Any]) -> None:
    """No other surface shows their statistics or where they lead, not even to those who know the password."""
    async with system.client(api_key="") as anyone:
        made = await anyone.post("/api/shorten", json={"url": DESTINATION, **body})
        assert made.status_code == 201, made.text
        code, token = made.json()["code"], made.json()["editToken"]
        for answer in await shown(system, code):
            assert MARK not in answer.text, answer.request.url
        for answer in await found_by_destination(system):
            assert code not in answer.text
        for path in ("/api/v1/public/stats/{}", "/stats/{}"):
            answers = [await anyone.post(path.format(name)) for name in (code, "nothing-there-at-all")]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.text for answer in answers}) == 1
        # On shtr's own API nothing has changed.
        assert (await anyone.get(f"/api/links/{code}")).json() == {"code": code, "clicks": 0, "isActive": True}
        own = await anyone.get(f"/api/links/{code}", params={"token": token})
        assert own.json()["originalUrl"] == DESTINATION


@pytest.mark.parametrize(
    "body", [{"max_clicks": 1}, {"max_clicks": 100}, {"password": PASSWORD}], ids=["one-time", "limited", "password"]
)
async def test_destinations_of_limited_and_protected_links_do_not_show(system: System, body: dict[str, Any]) -> None:
    """Where they lead is for those who follow them, however open their statistics are."""
    async with system.client(api_key="") as anyone:
        alias = f"k{secrets.token_hex(5)}"
        made = await anyone.post("/api/v1/shorten", json={"long_url": DESTINATION, "alias": alias, **body})
        assert made.status_code == 201, made.text
        answers = await shown(system, alias)
    knows_password = {"password"} & set(body)
    for answer in answers:
        if knows_password and answer.request.method == "POST":
            continue
        assert MARK not in answer.text, answer.request.url
