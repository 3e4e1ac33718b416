"""Scenarios of the dashboard: how long a person waits for it, in a real browser in front of the seeded account."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from playwright.async_api import Page

from tests.load.measured import Measured, measured
from tests.load.scenario import Figure, Scenario, Target
from tests.support.browser import CHROMIUM, DESKTOP, running_browser
from tests.support.dashboard import sign_in
from tests.support.system import System

_LEAST_ROUNDS: Final = 3
_FIRST_LIST: Final = Target(Figure.P50, 1000)
_LATER_VIEW: Final = Target(Figure.P99, 300)
# The screens that ask for something, as the menu names them.
_VIEWS: Final = ("Statistics", "Ledger", "Tags", "Domains", "API keys", "Links")
# A screen is there when its heading is, and nothing on it is awaited; the answer is when that was, in milliseconds.
_WHEN_READY: Final = """
([name, from]) => new Promise((resolve) => {
  const began = from ?? performance.now();
  if (from === null) {
    [...document.querySelectorAll("nav a")].find((link) => link.textContent === name).click();
  }
  const look = () => {
    const isThere = document.querySelector("h1")?.textContent === name;
    const isAwaited = document.querySelector("main [data-skeleton], main [aria-busy=true]");
    isThere && !isAwaited ? resolve(performance.now() - began) : requestAnimationFrame(look);
  };
  look();
})
"""


class Pages:
    """A person who opens the dashboard, and then goes from screen to screen."""

    def __init__(self, system: System) -> None:
        self._system = system

    def scenarios(self) -> list[Scenario]:
        """List them; without a browser there is none."""
        if CHROMIUM is None:
            return []
        return [
            self._scenario("first list", self._first_list, _FIRST_LIST),
            self._scenario("later views", self._later_views, _LATER_VIEW),
        ]

    def _scenario(self, name: str, run: Callable[[float], Measured], target: Target) -> Scenario:
        return Scenario(name=f"dashboard, {name}", run=run, target=target, is_warmed=False, is_asked_by_others=True)

    def _first_list(self, seconds: float) -> Measured:
        return asyncio.run(self._repeat(seconds, self._open))

    def _later_views(self, seconds: float) -> Measured:
        return asyncio.run(self._repeat(seconds, self._walk))

    async def _repeat(self, seconds: float, measure: Callable[[Page], Awaitable[list[float]]]) -> Measured:
        """Do it in one browser after another that knows nothing, for so many seconds and three times at least."""
        taken: list[float] = []
        began = time.perf_counter()
        rounds = 0
        async with running_browser() as browser:
            while rounds < _LEAST_ROUNDS or time.perf_counter() < began + seconds:
                context = await browser.new_context(viewport={"width": DESKTOP, "height": 800}, locale="en-US")
                await sign_in(context, self._system.api_key)
                taken += await measure(await context.new_page())
                await context.close()
                rounds += 1
        return measured(taken, time.perf_counter() - began)

    async def _open(self, page: Page) -> list[float]:
        """Return what passes from the address to the list, in seconds."""
        await page.goto(f"{self._system.base_url}/dashboard/links", wait_until="commit")
        await page.wait_for_selector("h1")
        # The page's clock began with the navigation.
        return [await page.evaluate(_WHEN_READY, ["Links", 0]) / 1000]

    async def _walk(self, page: Page) -> list[float]:
        """Return what passes from each choice in the menu to what it shows, nothing of it seen before, in seconds."""
        await self._open(page)
        return [await page.evaluate(_WHEN_READY, [name, None]) / 1000 for name in _VIEWS]
