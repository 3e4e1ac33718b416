"""Sharing the statistics of one link, and looking at them as a stranger."""

import uuid

from playwright.async_api import Browser, expect

from tests.support.dashboard import Dashboard, open_dashboard

PASSWORD = "correct horse"


async def new_link(dashboard: Dashboard) -> tuple[str, str]:
    """Make a link that was followed; return its code and id."""
    code = f"s{uuid.uuid4().hex[:10]}"
    link = await dashboard.create_link(code, title="Spring <b>sale</b>", destination="https://secret.example/")
    await dashboard.follow(code, times=3)
    return code, str(link["linkId"])


async def shared_address(dashboard: Dashboard, link_id: str, **fields: object) -> str:
    """Share a link's statistics over the API; return the address."""
    async with dashboard.client() as client:
        answer = await client.post(f"/v1/links/{link_id}/shares", json=fields)
    return str(answer.raise_for_status().json()["url"])


async def test_stranger_sees_sums_and_nothing_else(dashboard: Dashboard, chromium: Browser) -> None:
    """Without an account and without a way to anything else; a reload shows them again, also without the token."""
    _, link_id = await new_link(dashboard)
    address = await shared_address(dashboard, link_id)
    async with open_dashboard(dashboard.system, chromium, api_key="") as stranger:
        await stranger.page.goto(address)
        await expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("Spring <b>sale</b>")
        await expect(stranger.page.locator("[data-skeleton]")).to_have_count(0)
        await stranger.looks_right("shared-statistics")
        assert "secret.example" not in await stranger.page.content()
        await expect(stranger.page.get_by_role("navigation", name="Main")).to_have_count(0)
        await stranger.page.goto(address.partition("#")[0])
        await expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("Spring <b>sale</b>")
        await stranger.open("/links")
        await stranger.heading("Sign in")


async def test_owner_makes_and_takes_back_an_address(dashboard: Dashboard) -> None:
    """It is shown again as long as it is good, and copied when it is made."""
    _, link_id = await new_link(dashboard)
    await dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await dashboard.open(f"/links/{link_id}/statistics")
    await page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share these statistics")
    await expect(dialog.get_by_text("Nobody but you")).to_be_visible()
    await dialog.get_by_label("Title").fill("For the <i>client</i>")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Make an address").click()
    await expect(page.get_by_text("The address is copied")).to_be_visible()
    shown = dialog.get_by_role("listitem").filter(has_text="For the <i>client</i>")
    address = await shown.locator("code").inner_text()
    assert address == await page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{dashboard.system.base_url}/dashboard/share/")
    await expect(shown.get_by_text("with password")).to_be_visible()
    await dashboard.looks_right("share-dialog")
    await shown.get_by_role("button", name="Take back").click()
    await expect(dialog.get_by_text("Nobody but you")).to_be_visible()


async def test_password_is_asked_for(dashboard: Dashboard, chromium: Browser) -> None:
    """A wrong one is said; what was taken back shows nothing any more."""
    _, link_id = await new_link(dashboard)
    address = await shared_address(dashboard, link_id, password=PASSWORD)
    async with open_dashboard(dashboard.system, chromium, api_key="") as stranger:
        page = stranger.page
        await page.goto(address)
        await stranger.heading("These statistics have a password")
        await stranger.looks_right("shared-password")
        await page.get_by_label("Password").fill("wrong")
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_role("alert")).to_contain_text("This is not the password")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Spring <b>sale</b>")
        async with dashboard.client() as client:
            listed = (await client.get(f"/v1/links/{link_id}/shares")).json()["shares"]
            await client.delete(f"/v1/shares/{listed[0]['shareId']}")
        await page.reload()
        await expect(page.get_by_text("There are no statistics at this address")).to_be_visible()
