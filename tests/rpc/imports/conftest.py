"""Running links and analytics for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.support.clock import FakeClock
from tests.support.imports import Moving, running_moving


@pytest.fixture
async def moving(linkmeter_database: str, valkey_url: str, clock: FakeClock) -> AsyncIterator[Moving]:
    """Run both with a clock that only the test moves."""
    async with running_moving(linkmeter_database, valkey_url, clock) as running:
        yield running
