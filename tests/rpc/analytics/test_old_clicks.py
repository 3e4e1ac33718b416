"""The program that settles drops old clicks by itself, and answers say so."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from linkmeter.analytics.v1 import click_service_pb2, stats_service_pb2
from tests.support.analytics import AS_OWNER, Analytics, running_analytics, running_settle
from tests.support.clicks import LINK, recorded_click
from tests.support.clock import FakeClock
from tests.support.wait import eventually

NOW = FakeClock().now()


async def total(analytics: Analytics) -> stats_service_pb2.QueryStatsResponse:
    request = stats_service_pb2.QueryStatsRequest(reports=[stats_service_pb2.Report()])
    return await analytics.stats.QueryStats(request, metadata=AS_OWNER)


async def test_answers_say_since_when_there_are_raw_clicks(analytics_database: str, clock: FakeClock) -> None:
    """Totals go on counting all, visitors and lists what is left; the ledger stays."""
    times = [NOW - timedelta(days=100), NOW - timedelta(days=3)]
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(
            uuid4(), *(recorded_click(time) for time in times), recorded_click(times[0], ip="192.0.2.9")
        )
        assert not (await total(analytics)).HasField("raw_since_time")
    async with (
        running_analytics(analytics_database, clock=clock) as analytics,
        running_settle(analytics_database, clock=clock, LINKMETER_CLICK_RETENTION_MONTHS="1") as settle,
    ):
        await settle.settling.settle()
        await settle.drop_old_clicks()
        answer = await eventually(lambda: _with_raw_since(analytics), 10)
        request = stats_service_pb2.GetLinkStatsRequest(link_id=LINK)
        request.interval.start_time.FromDatetime((NOW - timedelta(days=101)).replace(hour=0))
        stats = await analytics.stats.GetLinkStats(request, metadata=AS_OWNER)
        page = await analytics.clicks.ListClicks(click_service_pb2.ListClicksRequest(), metadata=AS_OWNER)
        ledger = await analytics.ledger()
    since = datetime(2026, 2, 1, tzinfo=UTC)
    assert answer.raw_since_time.ToDatetime(UTC) == since
    assert answer.results[0].rows[0].metrics == [3]
    assert (stats.clicks, stats.visitors, stats.raw_since_time.ToDatetime(UTC)) == (3, 1, since)
    assert [click.time.ToDatetime(UTC) for click in page.clicks] == [times[1]]
    assert ledger.total.stored == 3


async def _with_raw_since(analytics: Analytics) -> stats_service_pb2.QueryStatsResponse:
    answer = await total(analytics)
    assert answer.HasField("raw_since_time")
    return answer
