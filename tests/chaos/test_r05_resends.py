"""R5: resent batches, replayed outboxes and parallel analytics replicas change no count."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID, uuid4

from linkmeter.analytics.v1 import clicks_pb2
from tests.support.analytics import Analytics, running_analytics
from tests.support.clicks import LINK, recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()
OUTBOXES = 5
CLICKS = 300


async def ship(source: UUID, clicks: list[clicks_pb2.RecordedClick], replicas: list[Analytics], seed: int) -> None:
    """Send an outbox in batches of all sizes to any replica, each batch up to three times, also at once."""
    choose = random.Random(seed)
    first = 1
    while first <= len(clicks):
        size = choose.randint(1, 80)
        part = clicks[first - 1 : first - 1 + size]
        targets = [choose.choice(replicas) for _ in range(choose.randint(1, 3))]
        marks = await asyncio.gather(*(target.take(source, *part, first=first) for target in targets))
        assert set(marks) == {first + len(part) - 1}
        first += size


async def test_r05_resends_replays_and_replicas_change_no_count(analytics_database: str, clock: FakeClock) -> None:
    """Every click counts once: in raw clicks, in sums and in the ledger."""
    outboxes = {
        uuid4(): [
            recorded_click(NOW - timedelta(minutes=number), link_id=LINK + number % 7, referrer="https://t.co/")
            for number in range(CLICKS)
        ]
        for _ in range(OUTBOXES)
    }
    async with (
        running_analytics(analytics_database, clock=clock) as one,
        running_analytics(analytics_database, clock=clock) as two,
    ):
        replicas = [one, two]
        await asyncio.gather(
            *(ship(source, clicks, replicas, seed) for seed, (source, clicks) in enumerate(outboxes.items()))
        )
        for source, clicks in outboxes.items():
            assert await two.take(source, *clicks) == CLICKS
        ledger = await one.ledger()
        # Not on the border of a quarter of an hour: sums and raw clicks both have their part.
        start, end = NOW - timedelta(minutes=CLICKS, seconds=1), NOW + timedelta(seconds=1)
        assert await one.count(start=start, end=end) == OUTBOXES * CLICKS
    assert [entry.stored for entry in ledger.entries] == [CLICKS] * OUTBOXES
    assert ledger.total.accepted == ledger.total.stored == OUTBOXES * CLICKS
    assert dict(ledger.total.dropped) == {}
