"""A running links service for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.support.clock import FakeClock
from tests.support.links_service import Links, running_links


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Links]:
    """Run links with a clock that only the test moves."""
    async with running_links(links_database, valkey_url, clock=clock) as running:
        yield running
