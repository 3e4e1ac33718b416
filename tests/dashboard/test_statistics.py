"""The screen of statistics: its numbers, what narrows them down, and that its address keeps all of it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.people import key_of_new_owner
from tests.support.statistics_sample import FORMULA, HOSTILE, Sample, counts, make_sample
from tests.support.system import System

BERLIN = ZoneInfo("Europe/Berlin")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sample(system: System) -> Sample:
    """Return an account with known clicks."""
    return await make_sample(system, datetime.now(UTC))


@pytest_asyncio.fixture(loop_scope="session")
async def screen(system: System, chromium: Browser, sample: Sample) -> AsyncIterator[Dashboard]:
    """Return a window that is signed in as that account."""
    async with open_dashboard(system, chromium, api_key=sample.api_key) as opened:
        yield opened


def days_ago(days: int) -> datetime:
    """Return when the day began that was so many days before today, in the reader's zone."""
    today = datetime.now(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=days)).replace(tzinfo=BERLIN)


async def expect_figure(page: Page, metric: str, value: int) -> None:
    """Wait until a figure among the totals has a value."""
    figure = page.locator(f"[data-metric={metric}] [data-value]")
    await expect(figure).to_have_attribute("data-value", str(value))


async def looks_right(screen: Dashboard, name: str) -> None:
    """Look at the screen when nothing on it is of the question before, which is shown paler."""
    await expect(screen.page.locator("[aria-busy=true]")).to_have_count(0)
    await screen.looks_right(name)


async def rows_of(page: Page, panel: str) -> list[tuple[str, int]]:
    """Return the values that a panel shows, with their clicks."""
    rows = await page.locator(f"[data-panel={panel}] button[data-value]").all()
    return [
        (str(await row.get_attribute("data-value")), int(str(await row.get_attribute("data-clicks")))) for row in rows
    ]


async def test_its_numbers_are_those_of_a_query_and_of_a_count_by_hand(screen: Dashboard, sample: Sample) -> None:
    """Of the last 30 days as the reader's clock has them; visitors come behind the rest."""
    page = await screen.open("/statistics")
    await screen.heading("Statistics")
    start = days_ago(29)
    clicks = sample.since(start)
    people = [click for click in clicks if not click.is_bot]
    visitors = {(click.visitor, click.is_bot) for click in clicks}
    await expect_figure(page, "clicks", len(clicks))
    await expect_figure(page, "people", len(people))
    await expect_figure(page, "visitors", len(visitors))
    request = {
        "interval": {"startTime": start.astimezone(UTC).isoformat()},
        "reports": [
            {"metrics": ["METRIC_CLICKS", "METRIC_HUMAN_CLICKS", "METRIC_VISITORS"]},
            {"dimensions": ["DIMENSION_REFERRER_HOST"]},
        ],
    }
    async with screen.client() as client:
        answer: dict[str, Any] = (await client.post("/v1/stats:query", json=request)).json()
    totals, hosts = (result["rows"] for result in answer["results"])
    assert [int(number) for number in totals[0]["metrics"]] == [len(clicks), len(people), len(visitors)]
    shown = await rows_of(page, "sources")
    assert shown == [(row["dimensions"][0].get("value", ""), int(row["metrics"][0])) for row in hosts]
    assert await rows_of(page, "places") == counts(click.country for click in clicks)[:4]
    assert dict(await rows_of(page, "links")) == {
        link["linkId"]: sum(click.code == code for click in clicks) for code, link in sample.links.items()
    }
    await page.get_by_text("Direct, or not told").wait_for()
    await looks_right(screen, "statistics")


async def test_a_click_on_a_row_filters_and_the_address_keeps_it(screen: Dashboard, sample: Sample) -> None:
    """A reload shows the same, back takes it away, a pill changes or removes it, Escape removes all."""
    page = await screen.open("/statistics?period=all&places=country")
    await expect_figure(page, "clicks", len(sample.clicks))
    germans = sum(click.country == "DE" for click in sample.clicks)
    await page.get_by_role("button", name=re.compile("^Germany")).click()
    await expect_figure(page, "clicks", germans)
    assert "f=country" in page.url
    await page.reload()
    await expect_figure(page, "clicks", germans)
    await page.go_back()
    await expect_figure(page, "clicks", len(sample.clicks))
    await page.go_forward()
    await page.get_by_role("button", name="Change filter: Country is Germany").click()
    await page.get_by_label("How", exact=True).select_option("is_not")
    await page.get_by_role("button", name="Apply").click()
    await expect_figure(page, "clicks", len(sample.clicks) - germans)
    await page.get_by_label("Whose clicks").select_option("people")
    await expect_figure(page, "clicks", sum(click.country != "DE" and not click.is_bot for click in sample.clicks))
    await page.locator("h1").focus()
    await page.keyboard.press("Escape")
    await expect_figure(page, "clicks", len(sample.clicks))
    assert "f=" not in page.url


async def test_a_filter_is_made_from_what_is_typed(screen: Dashboard, sample: Sample) -> None:
    """A beginning, a piece in another case, or a name of the list; what is no country is refused there."""
    page = await screen.open("/statistics?period=all")
    await page.get_by_role("button", name="Filter", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Value", exact=True).fill("Atlantis")
    await dialog.get_by_role("button", name="Apply").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Choose one of the list")
    await looks_right(screen, "statistics-filter")
    await dialog.get_by_label("What", exact=True).select_option("utm_source")
    await dialog.get_by_label("How", exact=True).select_option("contains")
    await dialog.get_by_label("Value", exact=True).fill("PRIN")
    await dialog.get_by_role("button", name="Apply").click()
    await expect_figure(page, "clicks", sum(click.source == "spring" for click in sample.clicks))
    await page.get_by_role("button", name="Remove filter: utm_source contains PRIN").click()
    await expect_figure(page, "clicks", len(sample.clicks))


async def test_time_is_compared_and_zoomed_into_by_keys(screen: Dashboard, sample: Sample) -> None:
    """F is four weeks, X turns the comparison off and on; Enter in the chart goes into a day."""
    page = await screen.open("/statistics")
    await page.keyboard.press("f")
    start = days_ago(27)
    clicks = sample.since(start)
    await expect_figure(page, "clicks", len(clicks))
    change = page.locator("[data-metric=clicks]").get_by_text("before:")
    await expect(change).to_have_count(1)
    await page.keyboard.press("x")
    await expect(change).to_have_count(0)
    assert "compare=off" in page.url
    chart = page.get_by_role("application")
    await chart.focus()
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect_figure(page, "clicks", len(sample.since(days_ago(0))))
    await page.go_back()
    await expect_figure(page, "clicks", len(clicks))
    await page.locator("h1").focus()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog").get_by_text("Last 28 days")).to_be_visible()


async def test_all_values_are_searched_sorted_and_downloaded(screen: Dashboard, sample: Sample) -> None:
    """The dialog is part of the address; a cell of the file is no formula."""
    page = await screen.open("/statistics?period=all&sources=utm_source")
    await page.get_by_role("button", name="All: utm_source").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("row")).to_have_count(1 + 3)
    await looks_right(screen, "statistics-all")
    await dialog.get_by_label("Search").fill("HYPER")
    await expect(dialog.get_by_role("row")).to_have_count(1 + 1)
    await expect(dialog.get_by_role("button", name=FORMULA)).to_be_visible()
    await expect(page).to_have_url(re.compile("q=HYPER"))
    await page.reload()
    await expect(dialog.get_by_role("row")).to_have_count(1 + 1)
    await dialog.get_by_role("button", name="By people").click()
    await expect(dialog.get_by_role("columnheader", name="By people")).to_have_attribute("aria-sort", "descending")
    async with page.expect_download() as downloading:
        await dialog.get_by_role("button", name="Download CSV").click()
    path = await (await downloading.value).path()
    found = [click for click in sample.clicks if click.source == FORMULA]
    people = sum(not click.is_bot for click in found)
    quoted = FORMULA.replace('"', '""')
    assert path.read_bytes().decode() == (
        f'utm_source,name,clicks,human_clicks\r\n"\'{quoted}","\'{quoted}",{len(found)},{people}\r\n'
    )
    await dialog.get_by_role("button", name=FORMULA).click()
    await expect(dialog).to_have_count(0)
    await expect_figure(page, "clicks", len(found))


async def test_links_are_found_by_their_titles_and_have_a_page_each(screen: Dashboard, sample: Sample) -> None:
    """A title is text, whatever it looks like; an address of no link is none."""
    (code, link), _ = sample.links.items()
    page = await screen.open("/statistics?period=all&all=link&q=first")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("row")).to_have_count(1 + 1)
    await dialog.get_by_role("link", name=f"Statistics of First {HOSTILE}").click()
    await screen.heading(re.compile(f"Statistics of .*{code}$"))
    assert page.url.endswith(f"/dashboard/links/{link['linkId']}/statistics")
    clicks = [click for click in sample.since(days_ago(29)) if click.code == code]
    await expect_figure(page, "clicks", len(clicks))
    await expect(page.get_by_text(f"First {HOSTILE}")).to_be_visible()
    await screen.open("/links/0/statistics")
    await screen.heading("There is nothing here")


async def test_a_tag_and_a_language_of_the_reader(system: System, chromium: Browser, sample: Sample) -> None:
    """Clicks of all links that carry the tag; words and numbers in German."""
    code = next(iter(sample.links))
    async with open_dashboard(system, chromium, api_key=sample.api_key, locale="de-DE") as german:
        page = await german.open("/statistics?period=all&places=country")
        await page.get_by_label("Schlagwort").select_option("spring")
        clicks = [click for click in sample.clicks if click.code == code]
        await expect_figure(page, "clicks", len(clicks))
        await expect(page.get_by_role("button", name=re.compile("^Deutschland"))).to_be_visible()
        await expect(page.get_by_role("button", name="Filter entfernen: Links mit spring")).to_be_visible()


async def test_without_clicks_or_rights_it_says_what_to_do(
    system: System, chromium: Browser, dashboard: Dashboard
) -> None:
    page = await dashboard.open("/statistics?period=7d")
    await page.get_by_role("button", name="All time").click()
    await expect(page.get_by_role("heading", name="No clicks yet")).to_be_visible()
    await looks_right(dashboard, "statistics-empty")
    key = await key_of_new_owner(system, "links:read")
    async with open_dashboard(system, chromium, api_key=key) as other:
        page = await other.open("/statistics")
        await expect(page.get_by_role("alert")).to_contain_text("stats:read")
