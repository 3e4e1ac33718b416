"""QueryStats, GetLinkStats and GetLedger over the wire, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest

from linkmeter.analytics.v1 import click_service_pb2 as clicks_api
from linkmeter.analytics.v1 import stats_service_pb2 as stats_api
from services.common.caller import LINKS_READ, STATS_READ, Caller
from services.common.errors import InvalidArgument, PermissionDenied, Unauthenticated
from services.runtime.caller_metadata import metadata_for
from tests.support.analytics import (
    AS_OWNER,
    Analytics,
)
from tests.support.clicks import LINK, OWNER
from tests.support.clock import FakeClock

NOW = FakeClock().now()


async def test_a_query_answers_its_reports(analytics: Analytics) -> None:
    """Values with words for people, buckets, metrics in the order asked for, and what was counted."""
    request = stats_api.QueryStatsRequest(
        time_zone="Asia/Kolkata",
        filters=[stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=[str(LINK)])],
        reports=[
            stats_api.Report(
                metrics=[stats_api.METRIC_VISITORS, stats_api.METRIC_HUMAN_CLICKS, stats_api.METRIC_CLICKS]
            ),
            stats_api.Report(dimensions=[stats_api.DIMENSION_COUNTRY]),
            stats_api.Report(dimensions=[stats_api.DIMENSION_CITY], limit=1),
            stats_api.Report(bucket=stats_api.BUCKET_DAY),
        ],
    )
    response = await analytics.stats.QueryStats(request, metadata=AS_OWNER)
    totals, countries, cities, days = [list(result.rows) for result in response.results]
    assert list(totals[0].metrics) == [3, 3, 4]
    found = [(row.dimensions[0].value, row.dimensions[0].label, row.metrics[0]) for row in countries]
    assert found == [("US", "United States", 2), ("GB", "United Kingdom", 1), ("IN", "India", 1)]
    city = cities[0].dimensions[0]
    assert (city.value, city.geoname_id, city.country) == ("Ashburn", 4744870, "US")
    assert [(row.bucket_start_time.ToDatetime(UTC), row.metrics[0]) for row in days] == [
        (datetime(2026, 2, 28, 18, 30, tzinfo=UTC), 4)
    ]
    assert response.interval.end_time.ToDatetime(UTC) == NOW
    assert response.interval.start_time == response.first_click_time
    assert response.last_click_time.ToDatetime(UTC) == NOW - timedelta(minutes=1)
    assert (response.time_zone, response.count_definition) == ("Asia/Kolkata", "3")


async def test_filters_join_by_and_their_values_by_or(analytics: Analytics) -> None:
    country = stats_api.Filter(dimension=stats_api.DIMENSION_COUNTRY, values=["US", "IN"])
    people = stats_api.Filter(dimension=stats_api.DIMENSION_IS_BOT, values=["true"], negated=True)
    request = stats_api.QueryStatsRequest(
        filters=[country], reports=[stats_api.Report(), stats_api.Report(filters=[people])]
    )
    response = await analytics.stats.QueryStats(request, metadata=AS_OWNER)
    assert [result.rows[0].metrics[0] for result in response.results] == [3, 2]


async def test_a_comparison_counts_the_same_over_another_interval(analytics: Analytics) -> None:
    """Its buckets begin with it; a report may be left out."""
    days = stats_api.Report(bucket=stats_api.BUCKET_DAY)
    countries = stats_api.Report(dimensions=[stats_api.DIMENSION_COUNTRY], without_comparison=True)
    request = stats_api.QueryStatsRequest(reports=[stats_api.Report(), days, countries])
    request.interval.start_time.FromDatetime(NOW)
    request.comparison_interval.start_time.FromDatetime(NOW - timedelta(days=2))
    request.comparison_interval.end_time.FromDatetime(NOW)
    response = await analytics.stats.QueryStats(request, metadata=AS_OWNER)
    assert [[list(row.metrics) for row in result.rows] for result in response.results] == [[[0]], [], []]
    total, by_day, none = response.comparison_results
    assert (list(total.rows[0].metrics), list(none.rows)) == ([5], [])
    assert sum(row.metrics[0] for row in by_day.rows) == 5
    assert by_day.rows[0].bucket_start_time.ToDatetime(UTC) <= NOW - timedelta(days=2)
    assert response.comparison_interval == request.comparison_interval


async def test_without_a_comparison_there_is_none(analytics: Analytics) -> None:
    response = await analytics.stats.QueryStats(query(), metadata=AS_OWNER)
    assert (len(response.comparison_results), response.HasField("comparison_interval")) == (0, False)


async def test_pages_of_a_breakdown_are_its_rows(analytics: Analytics) -> None:
    reports = [stats_api.Report(dimensions=[stats_api.DIMENSION_COUNTRY], limit=2, skip=skip) for skip in (0, 2, 4)]
    response = await analytics.stats.QueryStats(stats_api.QueryStatsRequest(reports=reports), metadata=AS_OWNER)
    pages = [[row.dimensions[0].value for row in result.rows] for result in response.results]
    assert pages == [["US", ""], ["GB", "IN"], []]


async def test_link_stats_say_the_same_as_a_query(analytics: Analytics) -> None:
    request = stats_api.GetLinkStatsRequest(link_id=LINK, bucket=stats_api.BUCKET_HOUR)
    stats = await analytics.stats.GetLinkStats(request, metadata=AS_OWNER)
    assert (stats.link_id, stats.clicks, stats.human_clicks, stats.visitors) == (LINK, 4, 3, 3)
    assert sum(row.clicks for row in stats.clicks_over_time) == 4
    assert len(stats.clicks_over_time) == 30 * 24
    tops = {breakdown.dimension: breakdown.rows for breakdown in stats.breakdowns}
    country = tops[stats_api.DIMENSION_COUNTRY][0]
    assert (country.value.value, country.clicks, country.human_clicks) == ("US", 2, 2)
    assert tops[stats_api.DIMENSION_SOCIAL_NETWORK][1].value.value == "Twitter"
    assert stats.interval.end_time.ToDatetime(UTC) == NOW
    assert (stats.time_zone, stats.count_definition) == ("UTC", "3")


async def test_link_stats_of_a_strangers_link_are_zeros(analytics: Analytics) -> None:
    """Not yours and absent look the same."""
    for link_id in (LINK + 2, 999_999):
        request = stats_api.GetLinkStatsRequest(link_id=link_id)
        stats = await analytics.stats.GetLinkStats(request, metadata=AS_OWNER)
        assert (stats.clicks, stats.visitors) == (0, 0)
        assert all(not breakdown.rows for breakdown in stats.breakdowns)


def query(**report: object) -> stats_api.QueryStatsRequest:
    return stats_api.QueryStatsRequest(reports=[stats_api.Report(**report)])  # type: ignore[arg-type]


def in_two_ways() -> stats_api.Filter:
    return stats_api.Filter(dimension=stats_api.DIMENSION_OS, values=["a"], prefix=True, contains=True)


def upside_down() -> stats_api.QueryStatsRequest:
    request = query()
    request.interval.start_time.FromDatetime(NOW)
    request.interval.end_time.FromDatetime(NOW - timedelta(seconds=1))
    return request


def compared(start: datetime | None, end: datetime | None, **report: object) -> stats_api.QueryStatsRequest:
    request = query(**report)
    request.comparison_interval.SetInParent()
    if start is not None:
        request.comparison_interval.start_time.FromDatetime(start)
    if end is not None:
        request.comparison_interval.end_time.FromDatetime(end)
    return request


def too_many_minutes() -> stats_api.QueryStatsRequest:
    request = query(bucket=stats_api.BUCKET_MINUTE)
    request.interval.start_time.FromDatetime(NOW - timedelta(days=30))
    return request


def beyond_the_calendar() -> stats_api.QueryStatsRequest:
    request = query()
    request.interval.start_time.seconds = 2**62
    return request


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (stats_api.QueryStatsRequest(), "reports"),
        (stats_api.QueryStatsRequest(reports=[stats_api.Report()] * 21), "reports"),
        (stats_api.QueryStatsRequest(reports=[stats_api.Report()], time_zone="Mars/Olympus"), "time_zone"),
        (stats_api.QueryStatsRequest(reports=[stats_api.Report()], time_zone="../../etc/passwd"), "time_zone"),
        (query(dimensions=[0]), "reports.dimensions"),
        (query(dimensions=[99]), "reports.dimensions"),
        (query(dimensions=[4, 4]), "reports.dimensions"),
        (query(dimensions=[1, 2, 3, 4, 5]), "reports.dimensions"),
        (query(metrics=[0]), "reports.metrics"),
        (query(bucket=77), "reports.bucket"),
        (query(order=77), "reports.order"),
        (query(order=stats_api.ORDER_TIME_ASCENDING), "reports.order"),
        (query(limit=-1), "reports.limit"),
        (query(limit=10_001), "reports.limit"),
        (query(skip=-1), "reports.skip"),
        (query(skip=100_001), "reports.skip"),
        (query(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_COUNTRY)]), "filters.values"),
        (query(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=["abc"])]), "filters.values"),
        (query(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=["1" * 30])]), "filters.values"),
        (query(filters=[stats_api.Filter(values=["a"])]), "filters.dimension"),
        (query(filters=[in_two_ways()]), "filters.contains"),
        (upside_down(), "interval"),
        (beyond_the_calendar(), "interval"),
        (too_many_minutes(), "reports.bucket"),
        (compared(None, None), "comparison_interval"),
        (compared(NOW, None), "comparison_interval"),
        (compared(None, NOW), "comparison_interval"),
        (compared(NOW, NOW - timedelta(seconds=1)), "comparison_interval"),
        (compared(datetime(1800, 1, 1, tzinfo=UTC), NOW), "comparison_interval"),
        (compared(NOW - timedelta(days=30), NOW, bucket=stats_api.BUCKET_MINUTE), "reports.bucket"),
    ],
)
async def test_a_wrong_query_is_refused_by_the_name_of_its_field(
    analytics: Analytics, request_: stats_api.QueryStatsRequest, field: str
) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        await analytics.stats.QueryStats(request_, metadata=AS_OWNER)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (None, Unauthenticated),
        (Caller(), Unauthenticated),
        (Caller(owner_id=OWNER, scopes=frozenset({LINKS_READ})), PermissionDenied),
        (Caller(link_id=LINK, scopes=frozenset({LINKS_READ})), PermissionDenied),
    ],
)
async def test_reading_needs_a_caller_with_the_scope(
    analytics: Analytics, caller: Caller | None, refusal: type[Exception]
) -> None:
    metadata = metadata_for(caller) if caller else ()
    with pytest.raises(refusal):
        await analytics.stats.QueryStats(query(), metadata=metadata)
    with pytest.raises(refusal):
        await analytics.stats.GetLinkStats(stats_api.GetLinkStatsRequest(link_id=LINK), metadata=metadata)
    with pytest.raises(refusal):
        await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(), metadata=metadata)


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (None, Unauthenticated),
        (Caller(owner_id=OWNER, scopes=frozenset({STATS_READ})), PermissionDenied),
        (Caller(link_id=LINK), PermissionDenied),
    ],
)
async def test_the_ledger_is_for_administrators(
    analytics: Analytics, caller: Caller | None, refusal: type[Exception]
) -> None:
    metadata = metadata_for(caller) if caller else ()
    with pytest.raises(refusal):
        await analytics.stats.GetLedger(stats_api.GetLedgerRequest(), metadata=metadata)
