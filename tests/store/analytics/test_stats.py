"""R12 on PostgreSQL: whatever tables answer a report, the numbers are those of a naive count over the raw clicks."""

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.domain.buckets import Bucket, borders
from services.analytics.domain.click import Click
from services.analytics.domain.query import Audience, Dimension, Filter, Metric, Order, Query, Report, Row, Span, Value
from services.analytics.store.clicks import ClickWriter
from services.analytics.store.copies import NO_COPIES, Copies, CopyLimits
from services.analytics.store.dimensions import ROLLED, detail_of
from services.analytics.store.partitions import Partitions
from services.analytics.store.plan import Table, plan_of
from services.analytics.store.stats import Stats
from services.common.errors import InvalidArgument
from services.common.postgres import Pool, open_pool
from tests.support.clicks import LINK, OWNER, batch, click, random_clicks
from tests.support.postgres import TestPostgres

START = datetime(2025, 1, 20, 5, 17, 3, tzinfo=UTC)
SPAN = timedelta(days=400)
NOW = START + SPAN + timedelta(days=1)
CLICKS = random_clicks(7, 1500, START, SPAN)
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe",
         "America/Sao_Paulo", "Pacific/Chatham", "Africa/Casablanca", "+05:37", "-03:30"]  # fmt: skip
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIELDS: dict[Dimension, Callable[[Click], str]] = {
    **{dimension: rolled.value_of for dimension, rolled in ROLLED.items()},
    Dimension.LINK: lambda item: str(item.link_id),
}


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


def naive(query: Query, report: Report, clicks: Sequence[Click], now: datetime) -> list[Row]:
    """Count one by one, with nothing but the definition."""
    conditions = [*query.filters, *report.filters]
    seen = [item for item in clicks if _is_seen(item, query.audience) and not _is_excluded(item, query)]
    passing = [item for item in seen if all(rule.passes(FIELDS[rule.dimension](item)) for rule in query.filters)]
    end = query.end or max(now, query.start or now)
    start = query.start or min((item.time for item in passing if item.time < end), default=end)
    steps = borders(report.bucket, start, end, query.zone)
    groups: dict[tuple[datetime | None, tuple[Value, ...]], list[Click]] = defaultdict(list)
    if not report.dimensions:
        for step in steps or ((None,) if report.bucket is Bucket.NONE else ()):
            groups[step, ()] = []
    for item in seen:
        if start <= item.time < end and all(rule.passes(FIELDS[rule.dimension](item)) for rule in conditions):
            values = tuple(Value(FIELDS[each](item), detail_of(each, item)) for each in report.dimensions)
            groups[steps[bisect_right(steps, item.time) - 1] if steps else None, values].append(item)
    rows = [Row(values, step, tuple(_measure(each, items) for each in report.metrics))
            for (step, values), items in groups.items()]  # fmt: skip
    return _ordered(rows, report)[: report.rows]


def _ordered(rows: list[Row], report: Report) -> list[Row]:
    order = report.effective_order
    rows.sort(key=lambda row: [(value.text, value.detail) for value in row.values])
    rows.sort(key=lambda row: row.bucket_start or START, reverse=order is Order.TIME_DESCENDING)
    if order is Order.METRIC_DESCENDING:
        rows.sort(key=lambda row: -row.metrics[0])
    return rows


def _is_seen(item: Click, audience: Audience) -> bool:
    return item.link_id == audience.link_id if audience.link_id else item.owner_id == audience.owner_id


def _is_excluded(item: Click, query: Query) -> bool:
    return any((span.start or START) <= item.time < (span.end or NOW) for span in query.excluded)


def _measure(metric: Metric, items: Sequence[Click]) -> int:
    if metric is Metric.CLICKS:
        return len(items)
    if metric is Metric.HUMAN_CLICKS:
        return sum(not item.is_bot for item in items)
    if metric is Metric.MEAN_LATENCY:
        mean = Decimal(sum(item.latency_us for item in items)) / (len(items) or 1)
        return int(mean.quantize(Decimal(1), ROUND_HALF_UP))
    return len({item.visitor for item in items if metric is Metric.VISITORS or not item.is_bot})


def values_of(dimension: Dimension) -> list[str]:
    return [*sorted({FIELDS[dimension](item) for item in CLICKS}), *([] if dimension is Dimension.LINK else ["never"])]


@st.composite
def filters(draw: st.DrawFn) -> tuple[Filter, ...]:
    dimensions = draw(st.lists(st.sampled_from(
        [Dimension.LINK, Dimension.IS_BOT, Dimension.COUNTRY, Dimension.CITY, Dimension.SCHEME, Dimension.REFERRER_HOST]
    ), max_size=2))  # fmt: skip
    return tuple(draw(filter_on(dimension)) for dimension in dimensions)


@st.composite
def filter_on(draw: st.DrawFn, dimension: Dimension) -> Filter:
    values = draw(st.lists(st.sampled_from(values_of(dimension)), min_size=1, max_size=2))
    prefix = draw(st.sampled_from([False, False, True]))
    return Filter(
        dimension=dimension,
        values=frozenset(value[:1] if prefix else value for value in values),
        negated=draw(st.booleans()),
        prefix=prefix,
    )


def metric_lists() -> st.SearchStrategy[tuple[Metric, ...]]:
    sums = [Metric.CLICKS, Metric.HUMAN_CLICKS]
    return st.one_of(
        st.lists(st.sampled_from(sums), min_size=1, max_size=2, unique=True),
        st.lists(st.sampled_from(Metric), min_size=1, max_size=3, unique=True),
    ).map(tuple)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    bucket = draw(st.sampled_from([Bucket.NONE, Bucket.HOUR, Bucket.DAY, Bucket.WEEK, Bucket.MONTH]))
    orders = list(Order) if bucket else [Order.DEFAULT, Order.METRIC_DESCENDING]
    return Report(
        dimensions=tuple(draw(st.lists(st.sampled_from(Dimension), max_size=draw(st.integers(0, 2)), unique=True))),
        bucket=bucket,
        metrics=draw(metric_lists()),
        limit=draw(st.sampled_from([0, 0, 1, 3, 500, 10_000])),
        order=draw(st.sampled_from(orders)),
        filters=draw(filters()),
    )


def moments() -> st.SearchStrategy[datetime]:
    """Draw ends of intervals: anywhere, and on borders of days, quarters and minutes."""
    spread = st.integers(-86_400, int(SPAN.total_seconds()) + 86_400)
    steps = st.sampled_from([1, 60, 900, 3600, 86_400])
    return st.tuples(spread, steps).map(
        lambda pair: datetime.fromtimestamp((START.timestamp() + pair[0]) // pair[1] * pair[1], UTC)
    )


@st.composite
def reports_from_sums(draw: st.DrawFn) -> tuple[Report, tuple[Filter, ...]]:
    """Draw reports that rollups can answer, with conditions that they can."""
    dimension = draw(st.sampled_from(Dimension))
    own = st.sampled_from([Dimension.LINK, Dimension.IS_BOT, dimension])
    report = Report(
        dimensions=draw(
            st.sampled_from(
                [(), (dimension,), (dimension,), (Dimension.LINK, dimension)][: 3 if dimension is Dimension.LINK else 4]
            )
        ),
        bucket=draw(st.sampled_from([Bucket.NONE, Bucket.DAY, Bucket.WEEK, Bucket.MONTH])),
        metrics=draw(st.sampled_from([(Metric.CLICKS,), (Metric.HUMAN_CLICKS, Metric.CLICKS)])),
        limit=draw(st.sampled_from([0, 2, 10_000])),
    )
    return report, tuple(draw(filter_on(each)) for each in draw(st.lists(own, max_size=2)))


def spans(one: datetime, other: datetime) -> tuple[Span, ...]:
    """Part time into an open span that ends early and one between two moments."""
    return (Span(end=START + timedelta(days=3)), Span(start=min(one, other), end=max(one, other)))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    start, end = sorted([draw(moments()), draw(moments())])
    return Query(
        audience=draw(st.sampled_from([Audience(owner_id=OWNER), Audience(owner_id=12), Audience(link_id=3)])),
        filters=draw(filters()),
        start=draw(st.sampled_from([start, None])),
        end=draw(st.sampled_from([end, None])),
        excluded=draw(st.sampled_from([(), (), spans(draw(moments()), draw(moments()))])),
        time_zone=draw(st.sampled_from(ZONES)),
        reports=tuple(draw(st.lists(reports(), min_size=1, max_size=3))),
    )


@pytest.mark.parametrize("limits", [NO_COPIES, CopyLimits(most_bytes=2**26, fewest_clicks=1)])
@SETTINGS
@given(query=queries())
async def test_r12_every_report_equals_a_naive_count(filled_database: str, limits: CopyLimits, query: Query) -> None:
    """Random zones, windows, filters, groupings and orders, from tables alone and with copies in memory."""
    async with opened(filled_database) as pool:
        answer = await Stats(pool, Copies(pool, limits)).answer(query, NOW)
    for report, rows in zip(query.reports, answer.results, strict=True):
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
        (rows,) = (await Stats(pool).answer(query, NOW)).results
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
                answer = await Stats(pool).answer(asked, NOW)
                for report, rows in zip(asked.reports, answer.results, strict=True):
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
        (total,), *tables = (await Stats(pool).answer(query, NOW)).results
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
        (total,), table = (await Stats(pool).answer(query, NOW)).results
    assert sum(row.metrics[0] for row in table) == total.metrics[0] > 0


async def test_sums_answer_what_they_can() -> None:
    """Plans use rollups wherever no step begins within one, and raw clicks else."""
    berlin, start, end = ZoneInfo("Europe/Berlin"), START, START + timedelta(days=90)
    days = borders(Bucket.DAY, start, end, berlin)
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
        answer = await Stats(pool).answer(Query(audience=audience, reports=(Report(),)), NOW)
    assert (answer.start, answer.end) == (min(own), NOW)
    assert (answer.first_click_time, answer.last_click_time) == (min(own), max(own))
    assert answer.results[0][0].metrics == (len(own),)


async def test_without_clicks_there_is_a_zero_and_no_interval(analytics_database: str) -> None:
    reports = (Report(), Report(bucket=Bucket.DAY), Report(dimensions=(Dimension.OS,)))
    async with opened(analytics_database) as pool:
        answer = await Stats(pool).answer(Query(audience=Audience(owner_id=OWNER), reports=reports), NOW)
    assert answer.results == ((Row((), None, (0,)),), (), ())
    assert (answer.start, answer.first_click_time, answer.last_click_time) == (None, None, None)


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
        (rows,) = (await Stats(pool).answer(query, NOW + SPAN)).results
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
            await Stats(pool).answer(query, NOW)
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
            return (await stats.answer(query, NOW)).results[0][0].metrics[0]

        assert await count(owner, (domain,), with_orphans=False) == 1
        assert await count(owner, (domain,), with_orphans=True) == 2
        assert await count(admin, (domain,), with_orphans=True) == 3
        assert await count(admin, (), with_orphans=True) == 1
        assert await count(Audience(link_id=LINK), (domain,), with_orphans=True) == 1
