"""The metrics linkmeter_clicks_* say the same as the ledger."""

from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.analytics.background_jobs import show_ledger
from services.analytics.store.sources import Sources
from services.runtime.postgres import open_pool
from tests.support.analytics import running_analytics
from tests.support.clicks import ingest_request, recorded_click
from tests.support.clock import FakeClock
from tests.support.wait import eventually

NOW = FakeClock().now()


def shown(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"linkmeter_clicks_{name}", labels)


async def test_metrics_agree_with_the_ledger(analytics_database: str, clock: FakeClock) -> None:
    """Of two outboxes, with clicks stored, set aside, waiting and lost for several reasons."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(uuid4(), recorded_click(NOW), recorded_click(NOW), b"no click")
        source = uuid4()
        await analytics.take(source, recorded_click(NOW))
        await analytics.take(source, recorded_click(NOW), first=4)
        request = ingest_request(source, [], last_sequence=10, dropped={"disk_full": 4, "outbox_full": 1})
        request.report.oldest_pending_time.FromDatetime(NOW - timedelta(seconds=90))
        await analytics.ingest.IngestClicks(request)
        total = (await analytics.ledger()).total
        pool = await open_pool(analytics_database, "analytics")
        try:
            await show_ledger(Sources(pool), clock)
        finally:
            await pool.close()
    assert (total.stored, total.set_aside, total.pending, total.accepted) == (4, 1, 6, 18)
    names = ("accepted", "stored", "set_aside", "pending", "lag_seconds")
    assert [shown(name) for name in names] == [getattr(total, name) for name in names]
    reasons = {"missing": 2.0, "disk_full": 4.0, "outbox_full": 1.0}
    assert {reason: shown("dropped", reason=reason) for reason in total.dropped} == reasons
    assert shown("read_time_seconds") == NOW.timestamp()


@pytest.mark.parametrize("count", [1, 2])
async def test_a_running_service_keeps_them_fresh(analytics_database: str, count: int) -> None:
    """Without being asked, every few seconds."""
    async with running_analytics(analytics_database) as analytics:
        await eventually(lambda: shown("stored") == 0, 10)
        await analytics.take(uuid4(), *[recorded_click(NOW)] * count)
        await eventually(lambda: shown("stored") == count, 15)
