"""Clocks that are set forward and back, on the machine of redirect or of analytics, change no count."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.support.analytics import running_analytics, running_settle
from tests.support.clicks import recorded_click
from tests.support.clock import FakeClock

STEPS = [timedelta(hours=1), timedelta(hours=-3), timedelta(hours=12), timedelta(minutes=-20), timedelta(0)]
BATCH = 20


@pytest.mark.parametrize("settled", [(), (0, 1, 2, 3, 4), (1, 4)], ids=str)
async def test_stepped_clocks_change_no_count(
    analytics_database: str, clock: FakeClock, settled: tuple[int, ...]
) -> None:
    """Clicks of earlier times may come later; each counts once, in the hour that it was told, settled or not."""
    source, start = uuid4(), clock.now()
    first = 1
    times: list[datetime] = []
    async with (
        running_analytics(analytics_database, clock=clock) as analytics,
        running_settle(analytics_database, clock=clock) as settle,
    ):
        for number, step in enumerate(STEPS):
            batch = [start + step + timedelta(seconds=second) for second in range(BATCH)]
            clicks = [recorded_click(time) for time in batch]
            assert await analytics.take(source, *clicks, first=first) == first + BATCH - 1
            clock.advance(step)
            assert await analytics.take(source, *clicks, first=first) == first + BATCH - 1
            if number in settled:
                await settle.settling.settle()
                assert await settle.settling.waiting() == 0
                # What comes again now is in no table any more.
                assert await analytics.take(source, *clicks, first=first) == first + BATCH - 1
            first += BATCH
            times += batch
        # What a fast clock wrote is shown once its time has come.
        clock.advance(timedelta(days=2))
        for begin, end in ((-4, 0), (0, 2), (2, 48), (-4, 48)):
            interval = (start + timedelta(hours=begin), start + timedelta(hours=end))
            expected = sum(interval[0] <= time < interval[1] for time in times)
            assert await analytics.count(start=interval[0], end=interval[1]) == expected
        total = (await analytics.ledger()).total
    assert (total.stored, total.set_aside, total.accepted) == (len(times), 0, len(times))
