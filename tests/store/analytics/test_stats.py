"""R12 on PostgreSQL: whatever tables answer a report, the numbers are those of a naive count over the raw clicks."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.domain.buckets import Bucket, bucket_starts
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Query, Report, Row
from services.analytics.store.clicks import ClickWriter
from services.analytics.store.copies import NO_COPIES, Copies, CopyLimits
from services.analytics.store.partitions import Partitions
from services.analytics.store.plan import Table, plan_of
from services.analytics.store.stats import Stats
from services.common.errors import InvalidArgument
from services.runtime.postgres import Pool, open_pool
from tests.store.analytics.drawn_queries import CLICKS, NOW, SPAN, START, ZONES, moments, queries, reports_from_sums
from tests.store.analytics.naive_count import naive
from tests.support.clicks import LINK, OWNER, batch, click
from tests.support.postgres import TestPostgres

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(url, "analytics")
    try:
        yield pool
    finally:
        await pool.close()


async def fill(pool: Pool, clicks: Sequence[Click], source: UUID | None = None) -> None:
    """Store clicks in batches, as they would arrive."""
    writer, name = ClickWriter(pool, Partitions(pool)), source or uuid4()
    for first in range(0, len(clicks), 400):
        await writer.store(batch(name, clicks[first : first + 400], first=first + 1), NOW)


@pytest.fixture(scope="module")
def filled_database(postgres_server: TestPostgres) -> Iterator[str]:
    """Lend a database that holds CLICKS, to tests that only read."""

    async def prepare(url: str) -> None:
        async with opened(url) as pool:
            await fill(pool, CLICKS)

    with postgres_server.database("analytics") as url:
        asyncio.run(prepare(url))
        yield url


@pytest.mark.parametrize("limits", [NO_COPIES, CopyLimits(most_bytes=2**26, fewest_clicks=1)])
@SETTINGS
@given(query=queries())
async def test_r12_every_report_equals_a_naive_count(filled_database: str, limits: CopyLimits, query: Query) -> None:
    """Random zones, windows, filters, groupings and orders, from tables alone and with copies in memory."""
    async with opened(filled_database) as pool:
        result = await Stats(pool, Copies(pool, limits)).query(query, NOW)
    for report, rows in zip(query.reports, result.results, strict=True):
        assert list(rows) == naive(query, report, CLICKS, NOW)


@SETTINGS
@given(asked=reports_from_sums(), start=moments(), end=moments(), zone=st.sampled_from(["UTC", "UTC", "Asia/Kolkata"]))
async def test_r12_rollups_equal_a_naive_count(
    filled_database: str, asked: tuple[Report, tuple[Filter, ...]], start: datetime, end: datetime, zone: str
) -> None:
    """Interior from rollups, edges from raw clicks, the commonest values from what is left over."""
    report, conditions = asked
    query = Query(
        audience=Audience(owner_id=OWNER),
        filters=conditions,
        start=min(start, end),
        end=max(start, end),
        time_zone=zone,
        reports=(report,),
    )
    async with opened(filled_database) as pool:
        (rows,) = (await Stats(pool).query(query, NOW)).results
    assert list(rows) == naive(query, report, CLICKS, NOW)


async def test_r12_rollups_of_every_dimension_equal_a_naive_count(filled_database: str) -> None:
    """Over whole days, over days with edges, and of people alone."""
    people = Filter(dimension=Dimension.IS_BOT, values=frozenset({"false"}))
    midnight = START.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    async with opened(filled_database) as pool:
        for start, end in [(midnight, midnight + timedelta(days=300)), (START, START + SPAN)]:
            query = Query(
                audience=Audience(owner_id=OWNER),
                filters=(Filter(dimension=Dimension.LINK, values=frozenset("12")),),
                start=start,
                end=end,
                reports=tuple(Report(dimensions=(each,), limit=10_000) for each in list(Dimension)[:20]),
            )
            rest = replace(query, reports=tuple(Report(dimensions=(each,)) for each in list(Dimension)[20:]))
            for asked in (query, rest, replace(rest, filters=(people,))):
                result = await Stats(pool).query(asked, NOW)
                for report, rows in zip(asked.reports, result.results, strict=True):
                    assert list(rows) == naive(asked, report, CLICKS, NOW), report.dimensions


@pytest.mark.parametrize("zone", ZONES)
async def test_r12_buckets_sum_to_the_total(filled_database: str, zone: str) -> None:
    """Over 400 days and every change of offset, in every length."""
    buckets = [Bucket.HOUR, Bucket.DAY, Bucket.WEEK, Bucket.MONTH]
    query = Query(
        audience=Audience(owner_id=OWNER),
        start=START + timedelta(hours=7, minutes=3),
        end=START + SPAN,
        time_zone=zone,
        reports=(Report(), *(Report(bucket=bucket) for bucket in buckets)),
    )
    async with opened(filled_database) as pool:
        (total,), *tables = (await Stats(pool).query(query, NOW)).results
    assert total.metrics[0] > 1000
    for table in tables:
        assert sum(row.metrics[0] for row in table) == total.metrics[0]


@pytest.mark.parametrize("bucket", [Bucket.MINUTE, Bucket.TEN_MINUTES])
async def test_r12_short_buckets_sum_to_the_total(filled_database: str, bucket: Bucket) -> None:
    """Over the hour around a busy moment."""
    busiest = max(CLICKS, key=lambda item: sum(abs(other.time - item.time) < timedelta(hours=1) for other in CLICKS))
    start = busiest.time - timedelta(hours=1)
    query = Query(
        audience=Audience(owner_id=OWNER),
        start=start,
        end=start + timedelta(hours=2, seconds=7),
        time_zone="Asia/Kathmandu",
        reports=(Report(), Report(bucket=bucket)),
    )
    async with opened(filled_database) as pool:
        (total,), table = (await Stats(pool).query(query, NOW)).results
    assert sum(row.metrics[0] for row in table) == total.metrics[0] > 0


async def test_sums_answer_what_they_can() -> None:
    """Plans use rollups wherever no step begins within one, and raw clicks else."""
    berlin, start, end = ZoneInfo("Europe/Berlin"), START, START + timedelta(days=90)
    days = bucket_starts(Bucket.DAY, start, end, berlin)
    country = Report(dimensions=(Dimension.COUNTRY,))
    bots = (Filter(dimension=Dimension.IS_BOT, values=frozenset({"true"})),)
    assert plan_of(Report(), bots, start, end, ()).table is Table.TOTALS
    assert plan_of(Report(bucket=Bucket.DAY), (), start, end, days).table is Table.TOTALS
    assert plan_of(country, bots, start, end, ()).table is Table.DAILY
    assert plan_of(replace(country, bucket=Bucket.DAY), (), start, end, days).table is Table.RAW
    assert plan_of(country, (Filter(dimension=Dimension.OS, values=frozenset("x")),), start, end, ()).table is Table.RAW
    assert plan_of(Report(metrics=(Metric.VISITORS,)), (), start, end, ()).table is Table.RAW
    assert plan_of(country, (), start, start + timedelta(hours=20), ()).table is Table.RAW


async def test_an_absent_start_is_the_first_click_and_an_absent_end_is_now(filled_database: str) -> None:
    audience = Audience(owner_id=OWNER)
    own = [item.time for item in CLICKS if item.owner_id == OWNER]
    async with opened(filled_database) as pool:
        result = await Stats(pool).query(Query(audience=audience, reports=(Report(),)), NOW)
    assert (result.start, result.end) == (min(own), NOW)
    assert (result.first_click_time, result.last_click_time) == (min(own), max(own))
    assert result.results[0][0].metrics == (len(own),)


async def test_without_clicks_there_is_a_zero_and_no_interval(analytics_database: str) -> None:
    reports = (Report(), Report(bucket=Bucket.DAY), Report(dimensions=(Dimension.OS,)))
    async with opened(analytics_database) as pool:
        result = await Stats(pool).query(Query(audience=Audience(owner_id=OWNER), reports=reports), NOW)
    assert result.results == ((Row((), None, (0,)),), (), ())
    assert (result.start, result.first_click_time, result.last_click_time) == (None, None, None)


async def test_buckets_without_clicks_are_zeros(analytics_database: str) -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    query = Query(
        audience=Audience(link_id=LINK),
        start=start,
        end=start + timedelta(days=3),
        time_zone="Europe/Berlin",
        reports=(Report(bucket=Bucket.DAY, metrics=(Metric.CLICKS, Metric.HUMAN_CLICKS, Metric.VISITORS)),),
    )
    async with opened(analytics_database) as pool:
        await fill(pool, [click(start + timedelta(days=1)), click(start + timedelta(days=1), is_bot=True)])
        (rows,) = (await Stats(pool).query(query, NOW + SPAN)).results
    assert [(f"{row.bucket_start:%m-%dT%H}", row.metrics) for row in rows] == [
        ("03-27T23", (0, 0, 0)),
        ("03-28T23", (2, 1, 1)),
        ("03-29T22", (0, 0, 0)),
        ("03-30T22", (0, 0, 0)),
    ]


async def test_too_many_buckets_are_refused(filled_database: str) -> None:
    query = Query(audience=Audience(owner_id=OWNER), reports=(Report(bucket=Bucket.MINUTE),))
    async with opened(filled_database) as pool:
        with pytest.raises(InvalidArgument) as refusal:
            await Stats(pool).query(query, NOW)
    assert refusal.value.field == "reports.bucket"


async def test_orphan_visits_are_counted_only_when_asked_for_on_a_named_domain(analytics_database: str) -> None:
    """They belong to the owner of the domain, or to the administrators when that is the installation."""
    domain = Filter(dimension=Dimension.DOMAIN, values=frozenset({"own.example", "main.example"}))
    time = NOW - timedelta(days=2)
    orphan: dict[str, object] = {"code": "wrong", "http_status": 404, "link_id": 0}
    clicks = [
        click(time, domain="own.example"),
        click(time, **orphan, domain="own.example"),
        click(time, **orphan, domain="main.example", owner_id=0),
        click(time, **orphan, domain="main.example", owner_id=OWNER + 1),
    ]
    owner, admin = Audience(owner_id=OWNER), Audience(owner_id=OWNER, sees_installation=True)
    async with opened(analytics_database) as pool:
        await fill(pool, clicks)
        stats = Stats(pool)

        async def count(audience: Audience, filters: tuple[Filter, ...], *, with_orphans: bool) -> int:
            query = Query(audience=audience, filters=filters, with_orphans=with_orphans, reports=(Report(),))
            return (await stats.query(query, NOW)).results[0][0].metrics[0]

        assert await count(owner, (domain,), with_orphans=False) == 1
        assert await count(owner, (domain,), with_orphans=True) == 2
        assert await count(admin, (domain,), with_orphans=True) == 3
        assert await count(admin, (), with_orphans=True) == 1
        assert await count(Audience(link_id=LINK), (domain,), with_orphans=True) == 1
