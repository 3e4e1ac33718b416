"""The frame of every screen: how it is served, how one gets around in it, and in which words and colours."""

import gzip
import re

import pytest
from playwright.async_api import Browser, expect

from gateway.envoy.dashboard import CONTENT_SECURITY_POLICY
from tests.support.browser import PHONE
from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.system import System


async def test_its_files_are_kept_for_ever_and_its_page_is_not(system: System) -> None:
    """A new version is there with the next look, and what did not change is not loaded again."""
    async with system.client(api_key="") as client:
        page = await client.get("/dashboard/links?q=x")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert "<script>" not in page.text
        assert "style=" not in page.text
        (script,) = re.findall(r'src="(/dashboard/assets/[^"]+\.js)"', page.text)
        plain = await client.get(script, headers={"accept-encoding": "identity", "origin": "https://a.example"})
        compressed = await client.get(script, headers={"accept-encoding": "br, gzip"})
    for answer in (plain, compressed):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["vary"] == "accept-encoding"
        assert "access-control-allow-origin" not in answer.headers
    assert "content-encoding" not in plain.headers
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.content == plain.content
    assert len(gzip.compress(plain.content, 9)) < 200_000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/dashboard", 200),
        ("HEAD", "/dashboard/", 200),
        ("GET", "/dashboard/no/such/screen", 200),
        ("POST", "/dashboard", 405),
        ("POST", "/dashboard/links", 405),
        ("GET", "/dashboard/assets/gone-12345678.js", 404),
        ("GET", "/dashboards", 404),
    ],
)
async def test_every_address_below_it_is_the_page(system: System, method: str, path: str, status: int) -> None:
    """But for what was a file once, and for what is no reading."""
    async with system.client(api_key="") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status


async def test_a_screen_is_reached_by_keyboard_alone(dashboard: Dashboard) -> None:
    """The first Tab offers to skip the menu; Enter follows a link of the menu, and reading begins at its heading."""
    page = await dashboard.open("/live")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to content"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"
    await page.get_by_role("link", name="Ledger").focus()
    await page.keyboard.press("Enter")
    await dashboard.heading("Ledger")
    assert page.url.endswith("/dashboard/ledger")
    assert await page.evaluate("document.activeElement.tagName") == "H1"
    assert await page.get_by_role("link", name="Ledger").get_attribute("aria-current") == "page"
    assert await page.title() == "Ledger · Linkmeter"
    await page.go_back()
    await dashboard.heading("Live")


async def test_on_a_phone_the_menu_opens_and_closes(system: System, chromium: Browser) -> None:
    """It is behind a button; Escape and a choice close it."""
    async with open_dashboard(system, chromium, width=PHONE) as dashboard:
        page = await dashboard.open("/live")
        link = page.get_by_role("link", name="Ledger")
        await expect(link).to_be_hidden()
        button = page.get_by_role("button", name="Open menu")
        await button.click()
        await expect(link).to_be_visible()
        await dashboard.looks_right("menu")
        await page.keyboard.press("Escape")
        await expect(link).to_be_hidden()
        await button.click()
        await link.click()
        await dashboard.heading("Ledger")
        await expect(link).to_be_hidden()


async def test_it_speaks_the_readers_language(system: System, chromium: Browser) -> None:
    """The browser's at first, then the one that was chosen, which stays."""
    async with open_dashboard(system, chromium, locale="de-AT") as dashboard:
        page = await dashboard.open("/live")
        assert await page.evaluate("document.documentElement.lang") == "de"
        await page.get_by_label("Sprache").select_option("en")
        await page.get_by_role("link", name="Ledger").wait_for()
        await page.reload()
        await page.get_by_role("link", name="Ledger").wait_for()
        assert await page.evaluate("document.documentElement.lang") == "en"


async def test_light_and_dark_can_be_chosen(dashboard: Dashboard) -> None:
    """As the system has it, unless the reader wants it otherwise; and that stays."""
    page = await dashboard.open("/live")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(ground)
    await page.emulate_media(color_scheme="dark")
    dark = await page.evaluate(ground)
    assert light != dark
    await page.get_by_label("Appearance").select_option("light")
    assert await page.evaluate(ground) == light
    await page.reload()
    await page.locator("h1").wait_for()
    assert await page.evaluate(ground) == light


async def test_an_address_of_nothing_leads_on(dashboard: Dashboard) -> None:
    """With a way to somewhere."""
    page = await dashboard.open("/no-such-screen")
    await dashboard.heading("There is nothing here")
    await dashboard.looks_right("not-found")
    await page.get_by_role("link", name="To your links").click()
    await page.wait_for_url("**/dashboard/links")
