"""Every kind of Short.io's answers, as typed clients read it, on the real system."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.rest.shortio import contracts
from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.contracts import problems
from tests.rest.shortio.examples import ANDROID_CHROME, BOT, GERA, INDIA, MAC_SAFARI, click

FULL: dict[str, Any] = {
    "title": "T",
    "tags": ["a"],
    "password": "secret",
    "expiresAt": 4070908800000,
    "expiredURL": "https://example.com/gone",
    "clicksLimit": 5,
    "redirectType": 301,
    "utmSource": "a",
    "utmMedium": "b",
    "utmCampaign": "c",
    "utmTerm": "d",
    "utmContent": "e",
}


@pytest.mark.parametrize("options", [{}, FULL], ids=["plain", "full"])
async def test_answers_about_links(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten, options: dict[str, Any]
) -> None:
    """One link and many, made, found, changed, copied, put away and deleted."""
    made = await shorten(**options)
    assert problems(made, contracts.CREATED) == []
    number, where = made["idString"], {"domain": domain.host, "originalURL": made["originalURL"]}
    row = {"originalURL": "https://example.com/other", **options}
    public = {"domain": domain.host, "originalURL": "https://example.com/public", **options}
    calls: list[tuple[str, str, dict[str, Any], contracts.Shape]] = [
        ("POST", "/links/public", {"json": public}, contracts.CREATED),
        ("POST", "/links/bulk", {"json": {"domain": domain.host, "links": [row]}}, [contracts.CREATED]),
        ("GET", f"/links/{number}", {}, contracts.LINK),
        ("POST", f"/links/{number}", {"json": {"title": "New"}}, contracts.LINK),
        ("GET", "/links/expand", {"params": {"domain": domain.host, "path": made["path"]}}, contracts.LINK),
        ("GET", "/links/by-original-url", {"params": where}, contracts.LINK),
        ("GET", "/links/multiple-by-url", {"params": where}, {"links": [contracts.LINK]}),
        ("GET", "/api/links", {"params": {"domain_id": domain.domain_id}}, contracts.LINKS),
        ("GET", "/api/links", {"params": {"domain_id": domain.domain_id, "limit": 1}}, contracts.LINKS),
        ("POST", f"/links/duplicate/{number}", {"json": {}}, contracts.COPIED),
        ("POST", "/links/archive", {"json": {"link_id": number}}, contracts.SUCCESS),
        ("POST", "/links/unarchive_bulk", {"json": {"link_ids": [number]}}, contracts.SUCCESS),
        ("POST", "/tags/bulk", {"json": {"tag": "b", "link_ids": [number]}}, contracts.SUCCESS),
        ("DELETE", f"/links/{number}", {}, contracts.SUCCESS),
        ("GET", f"/links/{number}", {}, contracts.ERROR),
    ]
    for verb, path, more, shape in calls:
        answer = await shortio.request(verb, path, **more)
        assert problems(answer.json(), shape) == [], f"{verb} {path}"


async def test_answers_about_domains(shortio: httpx.AsyncClient, domain: Domain) -> None:
    """All, one, a new one."""
    assert problems((await shortio.get("/api/domains")).json(), [contracts.DOMAIN]) == []
    assert problems((await shortio.get(f"/domains/{domain.domain_id}")).json(), contracts.DOMAIN) == []
    made = await shortio.post("/domains", json={"hostname": f"new.{domain.host}"})
    assert problems(made.json(), contracts.DOMAIN) == []


async def test_answers_with_clicks(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Statistics of links and domains, and the clickstream."""
    link = await shorten()
    now = datetime.now(UTC)
    await domain.ingest(
        [
            click(now - timedelta(minutes=2), ip=GERA, user_agent=MAC_SAFARI, referrer="https://t.co/a"),
            click(now, ip=INDIA, user_agent=ANDROID_CHROME, query="utm_source=a&utm_medium=b&utm_campaign=c"),
            click(now, user_agent=BOT),
        ],
        link,
    )
    of_link, of_domain = f"/statistics/link/{link['idString']}", f"/statistics/domain/{domain.domain_id}"
    calls: list[tuple[str, str, dict[str, Any] | None, contracts.Shape]] = [
        ("GET", of_link, None, contracts.LINK_STATISTICS),
        ("POST", of_link, {"period": "total"}, contracts.LINK_STATISTICS),
        ("POST", f"{of_link}/by_interval", {"interval": "day"}, contracts.BY_INTERVAL),
        ("GET", of_domain, None, contracts.DOMAIN_STATISTICS),
        ("POST", of_domain, {"period": "last7"}, contracts.DOMAIN_STATISTICS),
        ("POST", f"{of_domain}/by_interval", {"interval": "day"}, contracts.BY_INTERVAL),
        ("POST", f"{of_domain}/top", {"column": "country"}, contracts.TOP),
        ("POST", f"{of_domain}/top_by_interval", {"column": "os"}, contracts.TOP_BY_INTERVAL),
        ("POST", f"{of_domain}/last_clicks", {}, contracts.CLICKS),
        ("GET", f"{of_domain}/link_clicks?ids={link['idString']}", None, {link["idString"]: contracts.WHOLE}),
        ("GET", "/statistics/link/nonsense", None, {"error": contracts.TEXT}),
    ]
    for verb, path, body, shape in calls:
        answer = await shortio.request(verb, path, json=body)
        assert problems(answer.json(), shape) == [], f"{verb} {path}"


async def test_keys_come_in_one_order(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """The contract's for links; the alphabet's for errors and for what has no shape of its own: rows of bulks, too."""
    made = list(await shorten())
    assert made[:4] == ["idString", "id", "originalURL", "path"]
    rows = [{"originalURL": f"https://example.com/{number}"} for number in range(3)]
    body = {"domain": domain.host, "links": [*rows, {"originalURL": "javascript:alert(1)"}]}
    answer = (await shortio.post("/links/bulk", json=body)).json()
    error = ["code", "error", "field", "message", "statusCode", "success"]
    assert list(answer[3]) == error
    (order,) = {tuple(row) for row in answer[:3]}
    assert sorted(order) == sorted(made)
    assert list((await shortio.post("/links", json={"domain": domain.host, "originalURL": "x"})).json()) == error
    of_link = f"/statistics/link/{answer[0]['idString']}"
    await domain.ingest([click(datetime.now(UTC), user_agent=MAC_SAFARI)], answer[0])
    assert [list(row) for row in (await shortio.get(of_link)).json()["browser"]] == [["browser", "score"]]


@pytest.mark.parametrize("spelling", ["ids=%s,%s", "ids=%s&ids=%s", "ids[]=%s&ids[]=%s", "ids%%5B%%5D=%s&ids=%s"])
async def test_lists_of_ids_in_each_spelling(
    shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten, spelling: str
) -> None:
    """Joined, as commas are."""
    ids = [(await shorten())["idString"] for _ in range(2)]
    answer = await shortio.get(f"/statistics/domain/{domain.domain_id}/link_clicks?{spelling % tuple(ids)}")
    assert answer.json() == dict.fromkeys(ids, 0)
