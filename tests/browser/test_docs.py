"""The documentation page as people meet it: on a phone, by keyboard, with a screen reader."""

from pathlib import Path
from typing import Literal

import pytest

from gateway.openapi.files import PAGE_NAME, write_files
from tests.support import browser
from tests.support.browser import DESKTOP, PHONE, accessibility_faults, open_page, running_browser

pytestmark = [
    pytest.mark.skipif(browser.IS_MISSING, reason="there is no Chromium"),
    # A long page, looked at whole.
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of the page, as a file: it loads nothing."""
    folder: Path = tmp_path_factory.mktemp("docs")
    write_files(folder)
    return (folder / PAGE_NAME).as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")])
async def test_nothing_keeps_people_out(address: str, width: int, scheme: Literal["light", "dark"]) -> None:
    """Axe finds nothing serious, on a phone and on a desktop, light and dark."""
    async with running_browser() as chromium:
        page = await open_page(chromium, address, width=width, scheme=scheme)
        assert await accessibility_faults(page) == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
async def test_no_line_leaves_the_window(address: str, width: int) -> None:
    """The page is read without scrolling sideways."""
    async with running_browser() as chromium:
        page = await open_page(chromium, address, width=width)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_an_operation_is_reached_by_keyboard(address: str) -> None:
    """Tab finds the sections, Enter opens one and follows its first link; the first Tab offers to skip all of it."""
    async with running_browser() as chromium:
        page = await open_page(chromium, address, width=PHONE)
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.getAttribute('href')") == "#top"
        await page.locator("summary", has_text="Links").first.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        target = await page.evaluate("document.activeElement.getAttribute('href')")
        await page.keyboard.press("Enter")
        assert await page.evaluate("location.hash") == target
        assert await page.locator(f"[id='{target[1:]}']").is_visible()
