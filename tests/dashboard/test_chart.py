"""Clicks over time: what the lines show is there for the mouse, a finger, the keyboard and whoever hears the page."""

import re
import uuid
from datetime import UTC, datetime
from functools import partial

from playwright.async_api import Browser, Locator, Page, expect

from tests.support.browser import PHONE
from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.past_clicks import bring_clicks, daily_clicks, is_quiet
from tests.support.system import System
from tests.support.wait import eventually

_OCTOBER = "period=custom&from=2025-10-01&to=2025-10-31"
# Clicks of the first days of October, and of the days that lie under them.
_CLICKS = [4, 7, 3, 0, 9]
_BEFORE = [2, 7, 6, 1, 0]


async def _opened(dashboard: Dashboard, query: str) -> Page:
    page = await dashboard.open(f"/statistics?{query}")
    await _chart(page).wait_for()
    await is_quiet(page)
    return page


async def _with_clicks(dashboard: Dashboard) -> None:
    code = await _link(dashboard)
    october = daily_clicks(code, datetime(2025, 10, 1, 10, tzinfo=UTC), _CLICKS)
    september = daily_clicks(code, datetime(2025, 8, 31, 10, tzinfo=UTC), _BEFORE)
    await bring_clicks(dashboard, october + september)


async def _link(dashboard: Dashboard) -> str:
    """Make a link and return its code."""
    code = f"chart{uuid.uuid4().hex[:8]}"
    await dashboard.create_link(code)
    return code


def _chart(page: Page) -> Locator:
    return page.get_by_role("application")


async def _rows(page: Page) -> list[list[str]]:
    """Open the table of the chart and return its cells."""
    await page.get_by_text("As a table").click()
    rows = page.locator("figure tbody tr")
    await rows.first.wait_for()
    return [line.split("\t") for line in await rows.all_inner_texts()]


async def test_the_keyboard_reads_and_zooms(dashboard: Dashboard) -> None:
    """Arrows, Home and End move a cursor whose numbers are said; Enter shows the bucket alone, and back is back."""
    await _with_clicks(dashboard)
    page = await _opened(dashboard, f"{_OCTOBER}&compare=previous")
    chart, said = _chart(page), page.locator("figure [aria-live]")
    await expect(chart).to_have_accessible_name(re.compile("Clicks: 23 in total, most with 9 on Sun, Oct 5, 2025"))
    await chart.focus()
    await page.keyboard.press("Home")
    await expect(said).to_have_text("Wed, Oct 1, 2025. Clicks: 4, compared with Sun, Aug 31, 2025: 2, +100%")
    await page.keyboard.press("ArrowRight")
    await expect(said).to_have_text(re.compile(r"^Thu, Oct 2, 2025\. Clicks: 7, .*: 7, 0%$"))
    await page.keyboard.press("End")
    await page.keyboard.press("ArrowLeft")
    await expect(said).to_have_text(re.compile("^Thu, Oct 30, 2025. Clicks: 0"))
    await dashboard.looks_right("chart-cursor")
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("period=day&date=2025-10-01"))
    await expect(chart).to_have_accessible_name(re.compile(r"Clicks: 4 in total, most with 4 on .* 12:00\sPM"))
    await page.go_back()
    await expect(chart).to_have_accessible_name(re.compile("Clicks: 23 in total"))


async def test_dragging_zooms_to_whole_buckets(dashboard: Dashboard) -> None:
    """A press alone does nothing; what the pointer is at is shown beside it."""
    await _with_clicks(dashboard)
    page = await _opened(dashboard, f"{_OCTOBER}&compare=off")
    box = await page.locator("figure .u-over").bounding_box()
    assert box is not None
    days = [(box["x"] + box["width"] * day / 30, box["y"] + box["height"] / 2) for day in range(31)]
    await page.mouse.move(*days[4])
    await expect(page.locator("figure").get_by_text("Sun, Oct 5, 2025")).to_be_visible()
    await page.mouse.down()
    await page.mouse.up()
    assert _OCTOBER in page.url
    await page.mouse.move(*days[1])
    await page.mouse.down()
    await page.mouse.move(*days[2], steps=3)
    await page.mouse.move(*days[4], steps=3)
    await page.mouse.up()
    await page.wait_for_url(re.compile("from=2025-10-02&to=2025-10-05"))
    await expect(_chart(page)).to_have_accessible_name(re.compile("Clicks: 19 in total"))


async def test_the_table_has_the_numbers_of_the_chart(dashboard: Dashboard) -> None:
    """With those of the comparison beside them, by position."""
    await _with_clicks(dashboard)
    page = await _opened(dashboard, f"{_OCTOBER}&compare=previous")
    rows = await _rows(page)
    assert [int(row[1]) for row in rows] == _CLICKS + [0] * 26
    assert [int(row[2]) for row in rows] == _BEFORE + [0] * 26
    assert [row[3] for row in rows[:5]] == ["+100%", "0%", "-50%", "-100%", ""]
    await dashboard.looks_right("chart-table")


async def test_a_day_of_a_change_of_the_clocks_has_all_its_hours(dashboard: Dashboard) -> None:
    """25 of them, and the one that comes twice under two names; in another time zone the day has 24."""
    code = await _link(dashboard)
    first = daily_clicks(code, datetime(2025, 10, 26, 0, 30, tzinfo=UTC), [1])
    second = daily_clicks(code, datetime(2025, 10, 26, 1, 30, tzinfo=UTC), [2])
    await bring_clicks(dashboard, first + second)
    day = "period=day&date=2025-10-26&compare=off&bucket=hour"
    rows = await _rows(await _opened(dashboard, day))
    assert len(rows) == 25
    clicks = {row[0].replace("\u202f", " "): int(row[1]) for row in rows if row[1] != "0"}
    assert clicks == {"Sun, Oct 26, 2025, 02:00 AM GMT+2": 1, "Sun, Oct 26, 2025, 02:00 AM GMT+1": 2}
    assert len(await _rows(await _opened(dashboard, f"{day}&tz=UTC"))) == 24


async def test_it_is_as_wide_as_the_window_and_as_dark(system: System, chromium: Browser) -> None:
    """Also after a phone was turned, and when the colours change while one looks."""
    async with open_dashboard(system, chromium, width=PHONE) as dashboard:
        await _with_clicks(dashboard)
        page = await _opened(dashboard, f"{_OCTOBER}&compare=off")
        # Not by wait_for_function, which the page's policy refuses to look a second time.
        picture = "document.querySelector('figure canvas').toDataURL()"
        light = await page.evaluate(picture)
        await page.emulate_media(color_scheme="dark")
        await eventually(partial(_is, page, f"{picture} !== '{light}'", True), what="the chart is dark")
        await page.emulate_media(color_scheme="light")
        await eventually(partial(_is, page, picture, light), what="the chart is light again")
        right = "document.querySelector('figure canvas').getBoundingClientRect().right"
        for width, least in ((800, 600), (PHONE, 300)):
            await page.set_viewport_size({"width": width, "height": 800})
            fits = f"{least} < {right} && {right} <= innerWidth"
            await eventually(partial(_is, page, fits, True), what=f"the chart fits {width}")
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await dashboard.looks_right("chart-phone")


async def _is(page: Page, expression: str, wanted: object) -> bool:
    found: object = await page.evaluate(expression)
    return found == wanted
