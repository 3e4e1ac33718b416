"""What time and which countries are looked at: menus by mouse and keyboard, and a map."""

import re
import uuid
from datetime import UTC, datetime

from playwright.async_api import Locator, Page, expect

from tests.support.dashboard import Dashboard
from tests.support.past_clicks import bring_clicks, daily_clicks, is_quiet


def _menu(page: Page, name: str) -> Locator:
    """Return the button of a menu, whose name goes on with what is chosen."""
    return page.get_by_role("button", name=re.compile(f"^{name}:"))


async def test_a_period_is_chosen_from_a_menu_or_by_days(dashboard: Dashboard) -> None:
    """Escape closes the menu and gives the focus back; arrows go to what is beside; days must be in their order."""
    page = await dashboard.open("/statistics")
    period = _menu(page, "Period")
    await period.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Last 30 days", pressed=True)).to_be_visible()
    await is_quiet(page)
    await dashboard.looks_right("period-menu")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Last 7 days")).to_have_count(0)
    await expect(period).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Last month").click()
    await page.wait_for_url(re.compile("period=last_month"))
    await page.get_by_role("button", name="Period after").click()
    await page.wait_for_url(re.compile("period=month$"))
    await expect(page.get_by_role("button", name="Period after")).to_be_disabled()
    await page.locator("h1").click()
    await page.keyboard.press("c")
    first, last = page.get_by_label("First day"), page.get_by_label("Last day")
    await expect(first).to_be_focused()
    await first.fill("2025-10-31")
    await last.fill("2025-10-01")
    await last.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("The last day is before the first.")
    await first.fill("2025-09-01")
    await first.press("Enter")
    await page.wait_for_url(re.compile("period=custom&from=2025-09-01&to=2025-10-01"))
    await expect(period).to_have_text(re.compile("Sep 1 . Oct 1, 2025"))


async def test_comparison_step_and_time_zone_are_in_the_address(dashboard: Dashboard) -> None:
    """A time zone is found by its name, or is an offset; what is none is refused."""
    page = await dashboard.open("/statistics?period=custom&from=2025-09-01&to=2025-10-01")
    await _menu(page, "Comparison").click()
    await page.get_by_role("button", name="Year before").click()
    await page.wait_for_url(re.compile("compare=year"))
    await _menu(page, "Comparison").click()
    await page.get_by_label("Match days of the week").check()
    await page.wait_for_url(re.compile("compare=year&match=weekday"))
    await page.keyboard.press("Escape")
    steps = page.get_by_label("Step of the chart")
    assert await steps.locator("option").all_inner_texts() == ["by hour", "by day", "by week", "by month"]
    await steps.select_option("by week")
    await page.wait_for_url(re.compile("bucket=week"))
    zone = _menu(page, "Time zone")
    await expect(zone).to_have_text(re.compile(r"Berlin \(GMT\+"))
    await zone.click()
    typed = page.get_by_label("Time zone", exact=True)
    await typed.fill("Mars/Olympus")
    await typed.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("There is no such time zone.")
    await typed.fill("Asia/Kolkata")
    await typed.press("Enter")
    await page.wait_for_url(re.compile("tz=Asia%2FKolkata"))
    await expect(zone).to_have_text(re.compile(r"Kolkata \(GMT\+5:30\)"))


async def test_a_country_of_the_map_filters(dashboard: Dashboard) -> None:
    """Pointing at it says its clicks; one without clicks does nothing."""
    code = f"map{uuid.uuid4().hex[:8]}"
    await dashboard.create_link(code)
    first = datetime(2025, 10, 1, 10, tzinfo=UTC)
    brazil = daily_clicks(code, first, [3], country="BR")
    unknown = daily_clicks(code, first, [9])
    await bring_clicks(dashboard, brazil + daily_clicks(code, first, [1], country="CA") + unknown)
    page = await dashboard.open("/statistics?period=custom&from=2025-10-01&to=2025-10-31")
    country = page.locator("[data-country=BR]")
    await country.hover()
    await expect(page.get_by_text("BrazilClicks: 3")).to_be_visible()
    await page.locator("[data-country=AU]").click()
    assert "f=" not in page.url
    await country.click()
    await page.wait_for_url(re.compile("f=country%2Cis%2CBR"))
    await expect(page.get_by_role("application")).to_have_accessible_name(re.compile("Clicks: 3 in total"))
