"""The live screen: clicks as they are stored, by one stream a browser that resumes by itself."""

import pytest
from playwright.async_api import Browser, Locator, Page, Request, expect

from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.system import System
from tests.support.wait import eventually

_WATCH = "/WatchClicks"


def _watches(page: Page) -> list[Request]:
    """Return a list that grows with each stream that a window opens."""
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request) if request.url.endswith(_WATCH) else None)
    return seen


def _state(page: Page) -> Locator:
    return page.get_by_role("status", name="State of the stream")


async def _open_live(dashboard: Dashboard, query: str = "") -> Page:
    page = await dashboard.open(f"/live{query}")
    await expect(_state(page)).to_contain_text("Live")
    return page


async def test_a_click_appears_in_the_moment_it_is_stored(dashboard: Dashboard) -> None:
    """With where it came from; a row leads to the statistics of its link, and a value in it filters."""
    await dashboard.create_link("live-one")
    page = await _open_live(dashboard)
    await expect(page.get_by_role("heading", name="No clicks yet")).to_be_visible()
    await dashboard.looks_right("live-empty")
    await dashboard.follow("live-one", referer="https://news.example/story")
    await dashboard.follow("live-one", user_agent="curl/8.0")
    rows = page.get_by_role("listitem").filter(has=page.locator("time"))
    await expect(rows).to_have_count(2)
    await expect(rows.last).to_contain_text("news.example")
    await expect(rows.first).to_contain_text("Bot")
    await dashboard.looks_right("live")
    await rows.last.get_by_role("button", name="news.example").click()
    assert page.url.endswith("/live?referrer=news.example")
    await dashboard.follow("live-one")
    await dashboard.follow("live-one", referer="https://news.example/other")
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Remove filter Referrer: news.example").click()
    assert page.url.endswith("/live")


async def test_what_came_from_visitors_is_text(dashboard: Dashboard) -> None:
    """Referrers, agents and languages are shown as they are, and run nothing."""
    await dashboard.create_link("live-hostile")
    page = await _open_live(dashboard)
    await dashboard.follow(
        "live-hostile",
        referer="https://<img src=x onerror=alert(1)>.example/",
        user_agent="<script>alert(1)</script>",
        accept_language="<b>de</b>",
    )
    await expect(page.get_by_role("link", name="/live-hostile")).to_be_visible()
    assert await page.locator("main img, main script, main b").count() == 0


async def test_the_list_stands_still_while_it_is_paused(dashboard: Dashboard) -> None:
    """What came meanwhile is counted on the button, and there when it goes on."""
    await dashboard.create_link("live-pause")
    page = await _open_live(dashboard)
    await page.get_by_role("button", name="Pause").click()
    await dashboard.follow("live-pause", times=3)
    await page.get_by_role("button", name="Go on (3 new)").click()
    await expect(page.get_by_role("link", name="/live-pause")).to_have_count(3)


async def test_filters_are_in_the_address(dashboard: Dashboard) -> None:
    """So that a reload keeps them; nonsense in it is none."""
    await dashboard.create_link("live-filter")
    page = await _open_live(dashboard, "?class=person&link=nonsense&what=ever")
    await expect(page.get_by_label("People only")).to_be_checked()
    await dashboard.follow("live-filter", user_agent="curl/8.0")
    await dashboard.follow("live-filter")
    await expect(page.get_by_role("link", name="/live-filter")).to_have_count(1)
    await page.get_by_label("Filter by").select_option("code")
    await page.get_by_label("Value, exactly").fill("another")
    await page.get_by_role("button", name="Add filter").click()
    await expect(page.get_by_text("None has come that passes the filters.")).to_be_visible()
    assert page.url.endswith("/live?code=another&class=person")


async def test_a_browser_has_one_stream(dashboard: Dashboard) -> None:
    """One window watches and tells the others; when it is closed, another goes on where it was."""
    await dashboard.create_link("live-shared")
    first = _watches(dashboard.page)
    await _open_live(dashboard)
    other = await dashboard.window()
    second = _watches(other.page)
    await other.open("/live?code=live-shared")
    # It hears of the first window's stream, whose filters are no longer those of all.
    await expect(_state(other.page)).to_contain_text("Live")
    await dashboard.follow("live-shared")
    for page in (dashboard.page, other.page):
        await expect(page.get_by_role("link", name="/live-shared")).to_have_count(1)
    assert first
    assert not second
    await dashboard.page.close()
    await eventually(lambda: second, what="the other window watches")
    await dashboard.follow("live-shared")
    await expect(other.page.get_by_role("link", name="/live-shared")).to_have_count(2)


@pytest.mark.timeout(240)
async def test_what_is_away_is_said_and_nothing_is_lost(own_system: System, chromium: Browser) -> None:
    """Without Redis clicks are looked for; without analytics the stream is taken up again where it was."""
    async with open_dashboard(own_system, chromium, api_key=own_system.api_key) as dashboard:
        dashboard.tolerate(r"Failed to load resource")
        await dashboard.create_link("live-away")
        page = await _open_live(dashboard)
        status = _state(page)
        own_system.kill("valkey")
        await expect(status).to_contain_text("looking once a second")
        await dashboard.follow("live-away")
        await expect(page.get_by_role("link", name="/live-away")).to_have_count(1)
        await own_system.ready("valkey")
        own_system.kill("analytics")
        await expect(status).to_contain_text("Reconnecting")
        await expect(page.get_by_text("no click is lost")).to_be_visible()
        await dashboard.looks_right("live-reconnecting")
        await dashboard.follow("live-away")
        await own_system.ready("analytics")
        await expect(page.get_by_role("link", name="/live-away")).to_have_count(2)
        await expect(status).to_contain_text("Live")
