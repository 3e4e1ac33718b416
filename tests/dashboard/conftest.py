"""One browser for all tests of the dashboard in this process, and for each a window and an account of its own."""

import inspect
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from gateway.envoy.dashboard import INDEX, SITE
from tests.support import browser
from tests.support.browser import running_browser
from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.system import System


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser live in one event loop with all tests that use it; leave them out where there is no Chromium."""
    for item in items:
        if item.path.parent.name == "dashboard" and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.skipif(browser.IS_MISSING, reason="there is no Chromium"))


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """Say what is missing rather than waiting for a page that does not come."""
    assert (SITE / INDEX).exists(), "the dashboard is not built: make .state/dashboard"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Run one browser."""
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def dashboard(system: System, chromium: Browser) -> AsyncIterator[Dashboard]:
    """Return a window that is signed in as a new account."""
    async with open_dashboard(system, chromium) as opened:
        yield opened
