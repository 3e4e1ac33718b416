"""API keys: made, shown once, used, revoked."""

import re

import httpx
from playwright.async_api import expect

from tests.support.dashboard import Dashboard


async def test_key_is_shown_once_and_works_until_it_is_revoked(dashboard: Dashboard) -> None:
    """It may do what was ticked, and nothing else; the list never shows it again."""
    page = await dashboard.open("/keys")
    await page.get_by_role("button", name="New key").first.click()
    dialog = page.get_by_role("dialog", name="New API key")
    await dialog.get_by_label("Title").fill("<b>Reports</b>")
    await dialog.get_by_label("create, change and delete links").uncheck()
    await expect(dialog.get_by_label("everything, and the ledger")).to_have_count(0)
    await dialog.get_by_label("Good until").fill("2099-12-31")
    await dashboard.looks_right("new-key")
    await dialog.get_by_role("button", name="New key").click()
    shown = page.get_by_role("dialog", name="Your new key")
    secret = await shown.locator("code").inner_text()
    assert re.fullmatch(r"lm_[0-9A-Za-z]{43}", secret)
    await shown.get_by_role("button", name="I have copied it").click()
    row = page.get_by_role("row").filter(has_text="<b>Reports</b>")
    await expect(row.get_by_text("2100")).to_be_visible()
    await expect(row.get_by_text(f"{secret[:10]}…")).to_be_visible()
    assert secret not in await page.content()
    await dashboard.looks_right("keys")

    async with dashboard.system.client(api_key=secret) as program:
        assert (await program.get("/v1/links")).status_code == httpx.codes.OK
        refused = await program.post("/v1/links", json={"destination": "https://example.com/"})
        assert refused.status_code == httpx.codes.FORBIDDEN
        await row.get_by_role("button", name="Revoke the key").click()
        await page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
        await row.wait_for(state="detached")
        assert (await program.get("/v1/links")).status_code == httpx.codes.UNAUTHORIZED
    await page.get_by_label("Show revoked keys").check()
    await expect(row.get_by_text("revoked")).to_be_visible()


async def test_key_needs_at_least_one_scope(dashboard: Dashboard) -> None:
    """Nothing can be sent until one is ticked; Escape makes nothing."""
    page = await dashboard.open("/keys")
    await page.get_by_role("button", name="New key").first.click()
    dialog = page.get_by_role("dialog", name="New API key")
    for box in await dialog.get_by_role("checkbox").all():
        await box.uncheck()
    await expect(dialog.get_by_role("alert")).to_contain_text("Choose at least one")
    await expect(dialog.get_by_role("button", name="New key")).to_be_disabled()
    await page.keyboard.press("Escape")
    await dialog.wait_for(state="detached")
