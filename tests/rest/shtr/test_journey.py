"""What the calls of shtr's API do to links that people follow."""

import httpx

from tests.rest.shtr.conftest import Shorten
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

VISITOR = {"user-agent": BROWSER, "referer": "https://twitter.com/someone/status/1"}


async def test_a_followed_link_counts_everywhere(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """A click shows in the public view, the full view, the statistics and the list."""
    link = await shorten()
    followed = await shtr.get(f"/{link.code}", headers=VISITOR)
    assert (followed.status_code, followed.headers["location"]) == (302, "https://example.com/page")

    async def clicks() -> int:
        return int((await shtr.get(f"/api/links/{link.code}")).json()["clicks"])

    assert await eventually(clicks) == 1
    token = {"token": link.token}
    stats = (await shtr.get(f"/api/links/{link.code}/stats", params=token)).json()
    assert (stats["totalClickEvents"], stats["uniqueVisitors"], stats["link"]["clicks"]) == (1, 1, 1)
    assert stats["topReferers"] == [{"referer": "https://twitter.com", "clicks": 1}]
    listed = (await shtr.get(f"/api/links/{link.code}/clicks", params=token)).json()
    assert listed["clicks"] == stats["recentClicks"]
    assert listed["clicks"][0]["is_bot"] is False


async def test_a_link_without_clicks_has_empty_statistics(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """Every list is there, and empty."""
    link = await shorten()
    stats = (await shtr.get(f"/api/links/{link.code}/stats", params={"token": link.token})).json()
    lists = [name for name, value in stats.items() if isinstance(value, list)]
    assert len(lists) == 7
    assert all(stats[name] == [] for name in lists)
    assert (stats["uniqueVisitors"], stats["totalClickEvents"]) == (0, 0)


async def test_pages_hold_every_click_once(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """Going through the pages meets each click once, and past the last there is nothing."""
    link = await shorten()
    for _ in range(5):
        assert (await shtr.get(f"/{link.code}", headers=VISITOR)).status_code == 302

    async def page(number: int) -> dict[str, object]:
        params = {"token": link.token, "page": str(number), "limit": "2"}
        return dict((await shtr.get(f"/api/links/{link.code}/clicks", params=params)).json())

    async def all_counted() -> bool:
        return (await page(1))["total"] == 5

    await eventually(all_counted)
    pages = [await page(number) for number in (1, 2, 3, 4)]
    assert [len(each["clicks"]) for each in pages] == [2, 2, 1, 0]  # type: ignore[arg-type]
    assert {each["totalPages"] for each in pages} == {3}
    assert len({click["id"] for each in pages for click in each["clicks"]}) == 5  # type: ignore[attr-defined]


async def test_a_one_time_link_is_active_until_it_is_followed(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """isOneTime: one redirect, then 410 and isActive false; the API still shows the link."""
    link = await shorten(isOneTime=True)
    assert (await shtr.get(f"/api/links/{link.code}")).json()["isActive"] is True
    assert (await shtr.get(f"/{link.code}", headers=VISITOR)).status_code == 302
    assert (await shtr.get(f"/{link.code}", headers=VISITOR)).status_code == 410
    full = (await shtr.get(f"/api/links/{link.code}", params={"token": link.token})).json()
    assert (full["isOneTime"], full["isActive"]) == (True, False)


async def test_the_cookie_of_a_verified_password_opens_the_link(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """A protected link asks for its password, until the API has set the cookie."""
    link = await shorten(password="secret123")
    full = (await shtr.get(f"/api/links/{link.code}", params={"token": link.token})).json()
    assert full["isPasswordProtected"] is True
    assert (await shtr.get(f"/{link.code}", headers=VISITOR)).status_code != 302
    answer = await shtr.post("/api/verify-password", json={"code": link.code, "password": "secret123"})
    assert answer.json() == {"success": True}
    assert (await shtr.get(f"/{link.code}", headers=VISITOR)).status_code == 302


async def test_the_aliases_of_verify_password_do_the_same(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """The documentation does not name the path, so the likely ones are all there."""
    link = await shorten(password="secret123")
    for path in ("/api/verify", f"/api/links/{link.code}/verify", f"/api/links/{link.code}/verify-password"):
        answer = await shtr.post(path, json={"code": link.code, "password": "secret123"})
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert answer.headers["set-cookie"].startswith(f"lm_access_{link.code}=")


async def test_a_taken_code_is_a_conflict_and_changes_nothing(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """409, and the link that has the code stays as it is."""
    link = await shorten()
    body = {"url": "https://example.com/other", "customCode": link.code}
    answer = await shtr.post("/api/shorten", json=body)
    assert (answer.status_code, answer.json()) == (409, {"error": "This custom code is already taken"})
    found = (await shtr.get("/api/lookup", params={"token": link.token})).json()
    assert found["originalUrl"] == "https://example.com/page"


async def test_a_deleted_code_is_not_given_again(shtr: httpx.AsyncClient, shorten: Shorten) -> None:
    """Old copies of a short URL never lead to somebody else's page."""
    link = await shorten()
    assert (await shtr.delete(f"/api/links/{link.code}", params={"token": link.token})).status_code == 200
    answer = await shtr.post("/api/shorten", json={"url": "https://example.com/other", "customCode": link.code})
    assert answer.status_code == 409
