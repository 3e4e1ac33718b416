"""A real browser for tests: the system's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM: Final = shutil.which("chromium")
# Where continuous integration runs, a missing browser is a fault of its set-up.
IS_MISSING: Final = CHROMIUM is None and os.environ.get("CI") != "true"
PHONE: Final = 390
DESKTOP: Final = 1280


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Run a browser without a window."""
    async with async_playwright() as playwright:
        # Chromium refuses its sandbox to root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


async def open_page(browser: Browser, url: str, *, width: int, scheme: Literal["light", "dark"] = "light") -> Page:
    """Open a page in a window of its own."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(url)
    return page


async def accessibility_faults(page: Page) -> list[str]:
    """Return what axe finds serious or critical on a page, with the first element that has it."""
    found = await Axe().run(page)
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
