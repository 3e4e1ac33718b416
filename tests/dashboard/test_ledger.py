"""The ledger screen: accepted = stored + pending + dropped + set aside, and green only while that holds."""

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.system import System

# An outbox whose machine is gone, with three clicks that nobody will send.
_DEAD_OUTBOX = """
INSERT INTO analytics.sources
    (source, mark, stored, last_sequence, oldest_pending_time, first_report_time, last_report_time)
VALUES (gen_random_uuid(), 7, 7, 10, now() - interval '90 seconds', now(), now())
"""


async def test_an_administrator_sees_that_it_adds_up(system: System, chromium: Browser) -> None:
    """The same numbers as over the API, for each source."""
    async with open_dashboard(system, chromium, api_key=system.api_key) as dashboard:
        await dashboard.create_link("ledger-one")
        await dashboard.follow("ledger-one")
        page = await dashboard.open("/ledger")
        equation = page.get_by_role("group", name="accepted = stored + pending + dropped + set aside")
        await expect(equation).to_be_visible()
        await expect(page.get_by_text("It adds up")).to_be_visible()
        await dashboard.looks_right("ledger")
        async with dashboard.client() as client:
            answer = await client.get("/v1/ledger")
        assert answer.status_code == httpx.codes.OK
        rows = page.get_by_role("table", name="Sources").get_by_role("row")
        await expect(rows).to_have_count(1 + len(answer.json()["entries"]))


async def test_others_are_told_what_it_needs(dashboard: Dashboard) -> None:
    """Rather than seeing an error; and no other screen bothers them with it."""
    page = await dashboard.open("/ledger")
    await expect(page.get_by_role("heading", name="The ledger is for administrators")).to_be_visible()
    await dashboard.looks_right("ledger-refused")


@pytest.mark.timeout(240)
async def test_every_screen_says_that_clicks_are_late(own_system: System, chromium: Browser) -> None:
    """And while analytics is away, what works all the same."""
    connection = await asyncpg.connect(own_system.stack.postgres_url)
    await connection.execute(_DEAD_OUTBOX)
    await connection.close()
    async with open_dashboard(own_system, chromium, api_key=own_system.api_key) as dashboard:
        dashboard.tolerate(r"Failed to load resource")
        page = await dashboard.open("/live")
        await expect(page.get_by_text("Statistics are behind by 1 min, 30 sec: 3 clicks are")).to_be_visible()
        await page.get_by_role("link", name="Ledger").click()
        await expect(page.get_by_text("It adds up, but clicks are waiting")).to_be_visible()
        await dashboard.looks_right("ledger-late")
        own_system.kill("analytics")
        await page.reload()
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("A part of the system is not there just now")
        await expect(alert).to_contain_text("Links lead on as always, and their clicks are kept")
        await expect(alert).to_contain_text("Request id:")
        await dashboard.looks_right("ledger-away")
        await own_system.ready("analytics")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_text("It adds up, but clicks are waiting")).to_be_visible()
