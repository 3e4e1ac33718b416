"""R12: the buckets of any interval sum to its total in every zone, over changes of offset, over 400 days."""

import random
import zoneinfo
from datetime import timedelta
from uuid import uuid4

from linkmeter.analytics.v1 import stats_service_pb2 as api
from tests.support.analytics import AS_OWNER, Analytics, running_analytics
from tests.support.clicks import recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()
DAYS = 400
BUCKETS = [api.BUCKET_HOUR, api.BUCKET_DAY, api.BUCKET_WEEK, api.BUCKET_MONTH]


async def sums(analytics: Analytics, zone: str, start_minutes: int, end_minutes: int) -> set[int]:
    """Return the total of an interval and the sums of all its buckets, which should be one number."""
    request = api.QueryStatsRequest(
        time_zone=zone, reports=[api.Report(), *(api.Report(bucket=bucket) for bucket in BUCKETS)]
    )
    request.interval.start_time.FromDatetime(NOW - timedelta(minutes=start_minutes))
    request.interval.end_time.FromDatetime(NOW - timedelta(minutes=end_minutes))
    response = await analytics.stats.QueryStats(request, metadata=AS_OWNER)
    return {sum(row.metrics[0] for row in result.rows) for result in response.results}


async def test_r12_buckets_sum_to_the_total_in_every_zone(analytics_database: str, clock: FakeClock) -> None:
    """Through the whole service; the arithmetic alone is tested with every zone and length among the unit tests."""
    choose = random.Random(12)
    minutes = [choose.randrange(DAYS * 1440) for _ in range(2000)]
    zones = sorted(zoneinfo.available_timezones())
    async with running_analytics(analytics_database, clock=clock) as analytics:
        clicks = [recorded_click(NOW - timedelta(minutes=minute)) for minute in minutes]
        await analytics.take(uuid4(), *clicks)
        for zone in choose.sample(zones, 60):
            start, end = choose.randrange(DAYS * 1440 // 2, DAYS * 1440), choose.randrange(DAYS * 1440 // 3)
            expected = sum(end < minute <= start for minute in minutes)
            assert await sums(analytics, zone, start, end) == {expected}, zone
