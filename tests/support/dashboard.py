"""The dashboard in a real browser, in front of the real system: what its tests have in common.

A test gets a Dashboard: a window that is signed in as an account of its own. When the test ends, whatever the page
should not have done is a failure: an error in its console, what its policy refused, a request to another host.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.support.browser import DESKTOP, PHONE, accessibility_faults
from tests.support.people import key_of_new_owner
from tests.support.system import System
from tests.support.wait import GENEROUS_SECONDS

# Looked at by people, never compared.
PICTURES: Final = Path(__file__).resolve().parents[2] / ".state" / "pictures"
Scheme = Literal["light", "dark"]
# How every screen is looked at: a phone and a desktop, light and dark.
VIEWS: Final[Sequence[tuple[str, int, Scheme]]] = (("desktop-light", DESKTOP, "light"), ("phone-dark", PHONE, "dark"))
_HEIGHT: Final = 800
_SAY_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));
"""
_IS_QUIET: Final = "document.querySelector('[data-skeleton]') === null"
_PAGE_WIDTH: Final = "document.documentElement.scrollWidth"


expect.set_options(timeout=GENEROUS_SECONDS * 1000)


class Dashboard:
    """A window of the dashboard, and the account that looks at it."""

    def __init__(self, system: System, context: BrowserContext, page: Page, api_key: str) -> None:
        self.system = system
        self.context = context
        self.page = page
        self.api_key = api_key
        self.faults: list[str] = []
        self._tolerated: list[re.Pattern[str]] = []

    async def open(self, path: str) -> Page:
        """Go to an address below /dashboard, such as /links?q=x, and wait until its heading is there."""
        await self.page.goto(f"{self.system.base_url}/dashboard{path}")
        await self.page.locator("h1").wait_for()
        return self.page

    async def heading(self, name: str | re.Pattern[str]) -> Locator:
        """Wait for the heading of a screen and return it."""
        heading = self.page.get_by_role("heading", name=name, level=1)
        await heading.wait_for()
        return heading

    async def window(self) -> "Dashboard":
        """Open one more window of the same browser, signed in as the same account."""
        other = Dashboard(self.system, self.context, await self.context.new_page(), self.api_key)
        other.faults, other._tolerated = self.faults, self._tolerated
        other.listen()
        return other

    def client(self) -> httpx.AsyncClient:
        """Return a client of the API for the same account."""
        return self.system.client(api_key=self.api_key)

    async def create_link(self, code: str, **fields: object) -> dict[str, object]:
        """Make a link of the account over the API and return it; its destination is of no matter unless given."""
        body = {"code": code, "destination": "https://example.com/landing", **fields}
        async with self.client() as client:
            answer = await client.post("/v1/links", json=body)
        assert answer.status_code == httpx.codes.OK, answer.text
        link: dict[str, object] = answer.json()
        return link

    async def follow(self, code: str, *, times: int = 1, **headers: str) -> None:
        """Follow a link as a visitor with a browser does; headers by name, with _ for -."""
        said = {"user-agent": _AGENT, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.system.client(api_key="") as client:
            for _ in range(times):
                answer = await client.get(f"/{code}", headers=said)
                assert answer.is_redirect, answer.text

    def tolerate(self, pattern: str) -> None:
        """Let errors in the console pass that match: what a test provokes."""
        self._tolerated.append(re.compile(pattern))

    async def looks_right(self, name: str) -> None:
        """Look at what is there on a phone and on a desktop, light and dark, and leave the window as it was.

        Fails when axe finds something serious or the page scrolls sideways. Pictures go into .state/pictures.
        """
        before = self.page.viewport_size
        for view, width, scheme in VIEWS:
            await self.page.set_viewport_size({"width": width, "height": _HEIGHT})
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await self.page.wait_for_function(_IS_QUIET)
            await self.picture(f"{name}-{view}")
            assert await self.page.evaluate(_PAGE_WIDTH) <= width, f"{name}: {view} is too wide"
            faults = await accessibility_faults(self.page)
            assert not faults, f"{name}: {view}: {faults}"
        await self.page.emulate_media(color_scheme=None, reduced_motion=None)
        if before:
            await self.page.set_viewport_size(before)

    async def picture(self, name: str) -> None:
        """Take a picture of the whole page for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def listen(self) -> None:
        """Note what the page should not do."""
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != urlsplit(self.system.base_url).netloc:
            self._note(f"another host: {request.url}")

    def _note(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self._tolerated):
            self.faults.append(fault)


@asynccontextmanager
async def open_dashboard(
    system: System, browser: Browser, *, api_key: str | None = None, locale: str = "en-US", width: int = DESKTOP
) -> AsyncIterator[Dashboard]:
    """Open a window, signed in with a key, that of a new account by default; an empty key: not signed in.

    When the block ends, fail with whatever the page should not have done.
    """
    key = await key_of_new_owner(system) if api_key is None else api_key
    context = await browser.new_context(
        locale=locale, timezone_id="Europe/Berlin", viewport={"width": width, "height": _HEIGHT}
    )
    try:
        await context.add_init_script(_SAY_VIOLATIONS)
        if key:
            await sign_in(context, key)
        dashboard = Dashboard(system, context, await context.new_page(), key)
        dashboard.listen()
        yield dashboard
        assert dashboard.faults == []
    finally:
        await context.close()


async def sign_in(context: BrowserContext, api_key: str) -> None:
    """Let all calls of a browser show a key."""
    await context.set_extra_http_headers({"authorization": f"Bearer {api_key}"})


_AGENT: Final = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
