"""A service with a few clicks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.support.analytics import (
    Analytics,
    running_analytics,
)
from tests.support.clicks import LINK, OWNER, recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()
BOT = "curl/8.5.0"


@pytest.fixture
async def analytics(analytics_database: str, clock: FakeClock) -> AsyncIterator[Analytics]:
    """Run a service with six clicks: four of LINK (one by a bot), one of another link, one of another owner."""
    async with running_analytics(analytics_database, clock=clock) as running:
        minute = timedelta(minutes=1)
        await running.take(
            uuid4(),
            recorded_click(NOW - 6 * minute, ip="3.208.0.1", referrer="https://t.co/a"),
            recorded_click(NOW - 5 * minute, ip="202.83.57.227", user_agent=BOT),
            recorded_click(NOW - 4 * minute, ip="3.208.0.1"),
            recorded_click(NOW - 3 * minute, link_id=LINK + 1, code="def"),
            recorded_click(NOW - 2 * minute, link_id=LINK + 2, owner_id=OWNER + 1, code="ghi"),
            recorded_click(NOW - minute, ip="81.2.69.142"),
        )
        yield running
