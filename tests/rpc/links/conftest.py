"""A running links service for each test, with analytics where it matters."""

from collections.abc import AsyncIterator

import pytest

from tests.support.clock import FakeClock
from tests.support.imports import Moving, running_moving
from tests.support.links_service import Links, running_links


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Links]:
    """Run links with a clock that only the test moves."""
    async with running_links(links_database, valkey_url, clock=clock) as running:
        yield running


@pytest.fixture
async def moving(linkmeter_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Moving]:
    """Run links and analytics with a clock that only the test moves."""
    async with running_moving(linkmeter_database, valkey_url, clock) as running:
        yield running
