"""ListClicks, QueryStats, GetLinkStats and GetLedger over the wire, on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linkmeter.analytics.v1 import click_service_pb2 as clicks_api
from linkmeter.analytics.v1 import stats_service_pb2 as stats_api
from services.common.caller import ADMIN, LINKS_READ, STATS_READ, Caller, metadata_for
from services.common.errors import InvalidArgument, PermissionDenied, Unauthenticated
from tests.support.analytics import (
    AS_ADMIN,
    AS_LINK,
    AS_OTHER_OWNER,
    AS_OWNER,
    Analytics,
    Metadata,
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


async def codes(analytics: Analytics, metadata: Metadata, **request: object) -> list[str]:
    page = await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(**request), metadata=metadata)  # type: ignore[arg-type]
    return [click.code for click in page.clicks]


async def test_clicks_are_listed_newest_first(analytics: Analytics) -> None:
    page = await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(), metadata=AS_OWNER)
    times = [click.time.ToDatetime(UTC) for click in page.clicks]
    assert times == sorted(times, reverse=True)
    assert len(times) == 5
    assert page.next_page_token == ""


async def test_callers_see_the_clicks_of_their_links_only(analytics: Analytics) -> None:
    """An owner those of their links, an edit token those of its link; admin is no right to read."""
    assert await codes(analytics, AS_OWNER) == ["abc", "def", "abc", "abc", "abc"]
    assert await codes(analytics, AS_OTHER_OWNER) == ["ghi"]
    assert await codes(analytics, AS_LINK) == ["abc"] * 4
    assert await codes(analytics, AS_ADMIN) == []
    assert await codes(analytics, AS_OWNER, link_id=LINK + 2) == []
    assert await codes(analytics, AS_LINK, link_id=LINK + 1) == []


async def test_clicks_are_filtered(analytics: Analytics) -> None:
    assert await codes(analytics, AS_OWNER, link_id=LINK + 1) == ["def"]
    assert len(await codes(analytics, AS_OWNER, human_only=True)) == 4
    request = clicks_api.ListClicksRequest()
    request.interval.start_time.FromDatetime(NOW - timedelta(minutes=5))
    request.interval.end_time.FromDatetime(NOW - timedelta(minutes=3))
    page = await analytics.clicks.ListClicks(request, metadata=AS_OWNER)
    assert [(NOW - click.time.ToDatetime(UTC)).seconds // 60 for click in page.clicks] == [4, 5]


async def test_pages_follow_each_other_without_gap_or_double(analytics: Analytics) -> None:
    """Also when newer clicks arrive in between, and when times are equal."""
    await analytics.take(uuid4(), *[recorded_click(NOW - timedelta(hours=1))] * 7)
    seen: list[str] = []
    token = ""
    while True:
        request = clicks_api.ListClicksRequest(page_size=2, page_token=token)
        page = await analytics.clicks.ListClicks(request, metadata=AS_OWNER)
        seen += [click.click_id for click in page.clicks]
        token = page.next_page_token
        if not token:
            break
        await analytics.take(uuid4(), recorded_click(NOW))
    assert len(seen) == len(set(seen)) == 12
    assert await codes(analytics, AS_OWNER, skip=15, page_size=1000) == ["abc"] * 2


@pytest.mark.parametrize(
    "request_",
    [
        clicks_api.ListClicksRequest(page_token="nonsense"),
        clicks_api.ListClicksRequest(page_token="é"),
        clicks_api.ListClicksRequest(page_token="AAAA" * 20),
        clicks_api.ListClicksRequest(page_size=-1),
        clicks_api.ListClicksRequest(skip=-1),
        clicks_api.ListClicksRequest(skip=100_001),
        clicks_api.ListClicksRequest(link_id=-1),
        clicks_api.ListClicksRequest(filters=[stats_api.Filter(dimension=99, values=["a"])]),  # type: ignore[arg-type]
        clicks_api.ListClicksRequest(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_OS, values=["a"])] * 51),
        clicks_api.ListClicksRequest(excluded_intervals=[{}] * 101),
    ],
)
async def test_a_wrong_list_request_is_refused(analytics: Analytics, request_: clicks_api.ListClicksRequest) -> None:
    with pytest.raises(InvalidArgument):
        await analytics.clicks.ListClicks(request_, metadata=AS_OWNER)


async def test_a_page_token_is_good_for_its_own_request_only(analytics: Analytics) -> None:
    page = await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(page_size=1), metadata=AS_OWNER)
    for metadata, request in [
        (AS_LINK, clicks_api.ListClicksRequest(page_token=page.next_page_token)),
        (AS_OWNER, clicks_api.ListClicksRequest(page_token=page.next_page_token, human_only=True)),
    ]:
        with pytest.raises(InvalidArgument):
            await analytics.clicks.ListClicks(request, metadata=metadata)


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


async def test_lists_take_the_conditions_of_queries(analytics: Analytics) -> None:
    """Whole values, beginnings, exclusions, and orphan visits on domains that are named."""
    orphan = recorded_click(NOW, link_id=0, code="wrong", http_status=404)
    await analytics.take(uuid4(), orphan)
    domain = stats_api.Filter(dimension=stats_api.DIMENSION_DOMAIN, values=["lm."], prefix=True)
    code = stats_api.Filter(dimension=stats_api.DIMENSION_CODE, values=["d", "w"], prefix=True)
    assert await codes(analytics, AS_OWNER, filters=[domain, code], with_orphans=True) == ["wrong", "def"]
    assert await codes(analytics, AS_OWNER, filters=[domain, code]) == ["def"]
    assert await codes(analytics, AS_OTHER_OWNER, filters=[domain], with_orphans=True) == ["ghi"]
    request = clicks_api.ListClicksRequest()
    request.excluded_intervals.add().start_time.FromDatetime(NOW - timedelta(minutes=4))
    page = await analytics.clicks.ListClicks(request, metadata=AS_OWNER)
    assert len(page.clicks) == 2


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


def upside_down() -> stats_api.QueryStatsRequest:
    request = query()
    request.interval.start_time.FromDatetime(NOW)
    request.interval.end_time.FromDatetime(NOW - timedelta(seconds=1))
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
        (query(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_COUNTRY)]), "filters.values"),
        (query(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=["abc"])]), "filters.values"),
        (query(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=["1" * 30])]), "filters.values"),
        (query(filters=[stats_api.Filter(values=["a"])]), "filters.dimension"),
        (upside_down(), "interval"),
        (beyond_the_calendar(), "interval"),
        (too_many_minutes(), "reports.bucket"),
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


async def test_an_administrator_without_stats_read_has_it_by_admin(analytics: Analytics) -> None:
    """Admin holds every scope, and still sees own links only."""
    owner = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({ADMIN})))
    assert len(await codes(analytics, owner)) == 5
