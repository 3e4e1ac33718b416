"""R19: every answer of statistics is of one snapshot, on every replica, while clicks come in and are erased."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

from linkmeter.analytics.v1 import stats_service_pb2 as api
from services.common.caller import LINKS_WRITE, STATS_READ, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.analytics import AS_OWNER, Analytics, running_analytics
from tests.support.clicks import LINK, OWNER, recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()
AS_WRITER = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({STATS_READ, LINKS_WRITE})))
BATCHES = 40
BATCH = 25
# In several ways the same number: from sums, from sums of values, by step, and from the clicks themselves.
REPORTS = [
    api.Report(),
    api.Report(dimensions=[api.DIMENSION_LINK]),
    api.Report(dimensions=[api.DIMENSION_BROWSER]),
    api.Report(dimensions=[api.DIMENSION_COUNTRY, api.DIMENSION_OS]),
    api.Report(bucket=api.BUCKET_DAY),
    api.Report(bucket=api.BUCKET_TEN_MINUTES),
]


async def counts(analytics: Analytics) -> set[int]:
    """Ask in all ways at once; return the different sums."""
    request = api.QueryStatsRequest(reports=REPORTS)
    request.interval.start_time.FromDatetime(NOW - timedelta(days=3))
    request.interval.end_time.FromDatetime(NOW + timedelta(minutes=1))
    response = await analytics.stats.QueryStats(request, metadata=AS_OWNER)
    return {sum(row.metrics[0] for row in result.rows) for result in response.results}


async def take_all(analytics: Analytics) -> None:
    """Send batches of one source, each of clicks over two days and two links."""
    source = uuid4()
    for batch in range(BATCHES):
        clicks = [
            recorded_click(NOW - timedelta(minutes=(batch * BATCH + number) * 2), link_id=LINK + number % 2)
            for number in range(BATCH)
        ]
        await analytics.take(source, *clicks, first=batch * BATCH + 1)


async def test_r19_reports_of_one_query_agree(analytics_database: str, clock: FakeClock) -> None:
    """A batch is in all of an answer's reports or in none; whole batches are seen, and on the other replica, too."""
    async with AsyncExitStack() as stack:
        replicas = [
            await stack.enter_async_context(running_analytics(analytics_database, clock=clock)) for _ in range(2)
        ]
        ingest = asyncio.create_task(take_all(replicas[0]))
        seen: list[int] = []
        while not ingest.done():
            for replica in replicas:
                found = await counts(replica)
                assert len(found) == 1, found
                seen += found
        await ingest
        assert all(count % BATCH == 0 for count in seen)
        assert [await counts(replica) for replica in replicas] == [{BATCHES * BATCH}] * 2


async def test_r19_an_erased_link_is_gone_from_all_reports_at_once(analytics_database: str, clock: FakeClock) -> None:
    """Before or after, never between."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await take_all(analytics)
        whole = BATCHES * BATCH
        kept = BATCHES * (BATCH // 2)
        erase = analytics.stats.DeleteStats(api.DeleteStatsRequest(link_id=LINK), metadata=AS_WRITER)
        erasing = asyncio.ensure_future(erase)
        while not erasing.done():
            assert await counts(analytics) in ({whole}, {kept})
        assert (await erasing).deleted_clicks == whole - kept
        assert await counts(analytics) == {kept}
