"""R12: whatever rows answer a report, newest or settled, sums or clicks, the numbers are those of a naive count."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.domain.buckets import Bucket, bucket_starts
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Order, Query, QueryResult, Report, Row, Span
from services.analytics.questions import report_sql, visitor_report
from services.analytics.questions.plan import Source, plan_of
from services.common.errors import InvalidArgument
from tests.store.analytics.drawn_queries import CLICKS, NOW, SPAN, START, ZONES, moments, queries, reports_from_sums
from tests.store.analytics.naive_count import naive, naive_bounds
from tests.support.clicks import LINK, OWNER, click
from tests.support.engine import Engine, running_engine
from tests.support.loop_thread import LoopThread
from tests.support.postgres import TestPostgres

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Which of CLICKS are in segments, in the order in which they came; the others are still in landing.
KINDS: Final = {"newest": (), "settled": (1500,), "both": (900,), "several": (300, 700, 1200)}


class Filled:
    """An engine that holds CLICKS, in a loop of its own, for tests that only read."""

    def __init__(self, loop: LoopThread, engine: Engine) -> None:
        self._loop = loop
        self._engine = engine

    def ask(self, query: Query) -> QueryResult:
        """Return the result of a query."""
        return self._loop.run(self._engine.ask(query, NOW))


async def fill(engine: Engine, settled: tuple[int, ...]) -> None:
    """Store CLICKS, and settle when so many of them are there."""
    first = 0
    for upto in (*settled, len(CLICKS)):
        await engine.store(CLICKS[first:upto], NOW)
        first = upto
        if upto in settled:
            await engine.settle()


@pytest.fixture(scope="module", params=KINDS)
def filled(
    request: pytest.FixtureRequest, postgres_server: TestPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """Lend an engine with CLICKS for each of KINDS."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres_server.database("analytics"))
        loop = LoopThread()
        stack.callback(loop.stop)
        running = running_engine(url, tmp_path_factory.mktemp("engine"))
        engine = loop.run(running.__aenter__())
        stack.callback(lambda: loop.run(running.__aexit__(None, None, None)))
        loop.run(fill(engine, KINDS[request.param]))
        yield Filled(loop, engine)


@SETTINGS
@given(query=queries())
def test_r12_every_report_equals_a_naive_count(filled: Filled, query: Query) -> None:
    """Random zones, windows, filters, groupings and orders, wherever the clicks are."""
    result = filled.ask(query)
    for report, rows in zip(query.reports, result.results, strict=True):
        assert list(rows) == naive(query, report, CLICKS, NOW)
    assert (result.first_click_time, result.last_click_time) == naive_bounds(query, CLICKS, NOW)


@settings(SETTINGS, max_examples=15)
@given(query=queries(), other=queries(), moments=st.tuples(moments(), moments()))
def test_r12_a_comparison_equals_a_naive_count_over_its_interval(
    filled: Filled, query: Query, other: Query, moments: tuple[datetime, datetime]
) -> None:
    """The same reports and conditions, and the first interval is counted as if nothing were compared."""
    span = Span(start=min(moments), end=max(moments))
    reports = (*query.reports, *(replace(report, without_comparison=True) for report in other.reports))
    result = filled.ask(replace(query, reports=reports, comparison=span))
    over_span = replace(query, start=span.start, end=span.end)
    for report, rows, compared in zip(reports, result.results, result.comparison, strict=True):
        assert list(rows) == naive(query, report, CLICKS, NOW)
        expected = [] if report.without_comparison else naive(over_span, report, CLICKS, NOW)
        assert list(compared) == expected
    assert (result.first_click_time, result.last_click_time) == naive_bounds(query, CLICKS, NOW)


@SETTINGS
@given(asked=reports_from_sums(), start=moments(), end=moments(), zone=st.sampled_from(["UTC", "UTC", "Asia/Kolkata"]))
def test_r12_sums_equal_a_naive_count(
    filled: Filled, asked: tuple[Report, tuple[Filter, ...]], start: datetime, end: datetime, zone: str
) -> None:
    """Interior from sums, edges from clicks."""
    report, conditions = asked
    query = Query(
        audience=Audience(owner_id=OWNER),
        filters=conditions,
        start=min(start, end),
        end=max(start, end),
        time_zone=zone,
        reports=(report,),
    )
    (rows,) = filled.ask(query).results
    assert list(rows) == naive(query, report, CLICKS, NOW)


def test_r12_sums_of_every_dimension_equal_a_naive_count(filled: Filled) -> None:
    """Over whole days, over days with edges, and of people alone."""
    people = Filter(dimension=Dimension.IS_BOT, values=frozenset({"false"}))
    midnight = START.replace(hour=0, minute=0, second=0) + timedelta(days=1)
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
            result = filled.ask(asked)
            for report, rows in zip(asked.reports, result.results, strict=True):
                assert list(rows) == naive(asked, report, CLICKS, NOW), report.dimensions


def test_r12_days_of_a_link_in_whole_segments_begin_and_end_anywhere(filled: Filled) -> None:
    """The first and the last day are cut, the segments are not: their clicks count, wherever days begin."""
    month = [item.time for item in CLICKS if item.owner_id == OWNER and (item.time.year, item.time.month) == (2025, 3)]
    query = Query(
        audience=Audience(owner_id=OWNER),
        start=min(month),
        end=max(month) + timedelta(seconds=1),
        reports=(
            Report(dimensions=(Dimension.LINK, Dimension.COUNTRY), bucket=Bucket.DAY, limit=10_000),
            Report(dimensions=(Dimension.COUNTRY,), bucket=Bucket.DAY, limit=10_000),
        ),
    )
    for report, rows in zip(query.reports, filled.ask(query).results, strict=True):
        assert list(rows) == naive(query, report, CLICKS, NOW)


def test_r12_visitors_are_counted_part_by_part_where_sets_of_all_do_not_fit(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sets at a time."""
    for module in (report_sql, visitor_report):
        monkeypatch.setattr(module, "MOST_BITS", 2 * len({item.visitor for item in CLICKS}))
    metrics = (Metric.CLICKS, Metric.VISITORS, Metric.HUMAN_VISITORS)
    reports = [
        Report(dimensions=(each,), metrics=metrics, limit=limit)
        for each in (Dimension.CITY, Dimension.REFERRER_HOST, Dimension.LINK, Dimension.IS_BOT, Dimension.BROWSER)
        for limit in (1, 3, 10_000)
    ]
    reports += [
        Report(bucket=Bucket.MONTH, metrics=metrics, order=order, limit=limit)
        for order in (Order.TIME_DESCENDING, Order.METRIC_DESCENDING)
        for limit in (2, 10_000)
    ]
    for start in (None, START + timedelta(days=40)):
        query = Query(audience=Audience(owner_id=OWNER), start=start, reports=tuple(reports), time_zone="Asia/Kolkata")
        for report, rows in zip(reports, filled.ask(query).results, strict=True):
            assert list(rows) == naive(query, report, CLICKS, NOW), report


async def test_r12_a_condition_that_all_settled_clicks_meet_still_holds_on_the_newest(
    analytics_database: str, tmp_path: Path
) -> None:
    """An account that had one domain gets a second one."""
    time = NOW - timedelta(days=40)
    old = [click(time, domain="one.example", visitor=bytes([number])) for number in range(5)]
    new = [click(time, domain=f"{name}.example", visitor=b"x") for name in ("one", "two", "two")]
    one, other = (
        Filter(dimension=Dimension.DOMAIN, values=frozenset({"one.example"}), negated=negated)
        for negated in (False, True)
    )
    reports = (
        Report(metrics=(Metric.CLICKS,)),
        Report(metrics=(Metric.CLICKS, Metric.VISITORS)),
        Report(dimensions=(Dimension.COUNTRY,)),
        Report(dimensions=(Dimension.DOMAIN,)),
        Report(dimensions=(Dimension.COUNTRY, Dimension.DOMAIN), bucket=Bucket.DAY),
        Report(dimensions=(Dimension.COUNTRY,), filters=(other,)),
    )
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.store(old, NOW)
        await engine.settle()
        await engine.store(new, NOW)
        for is_settled in (False, True):
            for condition in (one, other):
                query = Query(audience=Audience(owner_id=OWNER), filters=(condition,), reports=reports)
                result = await engine.ask(query, NOW)
                for report, rows in zip(reports, result.results, strict=True):
                    assert list(rows) == naive(query, report, [*old, *new], NOW), (is_settled, condition, report)
            await engine.settle()


@pytest.mark.parametrize("zone", ZONES)
def test_r12_buckets_sum_to_the_total(filled: Filled, zone: str) -> None:
    """Over 400 days and every change of offset, in every length."""
    buckets = [Bucket.HOUR, Bucket.DAY, Bucket.WEEK, Bucket.MONTH]
    query = Query(
        audience=Audience(owner_id=OWNER),
        start=START + timedelta(hours=7, minutes=3),
        end=START + SPAN,
        time_zone=zone,
        reports=(Report(), *(Report(bucket=bucket) for bucket in buckets)),
    )
    (total,), *tables = filled.ask(query).results
    assert total.metrics[0] > 1000
    for table in tables:
        assert sum(row.metrics[0] for row in table) == total.metrics[0]


@pytest.mark.parametrize("bucket", [Bucket.MINUTE, Bucket.TEN_MINUTES])
def test_r12_short_buckets_sum_to_the_total(filled: Filled, bucket: Bucket) -> None:
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
    (total,), table = filled.ask(query).results
    assert sum(row.metrics[0] for row in table) == total.metrics[0] > 0


def test_sums_answer_what_they_can() -> None:
    """Plans use sums wherever no step begins within one, and clicks else."""
    berlin, start, end = ZoneInfo("Europe/Berlin"), START, START + timedelta(days=90)
    days = bucket_starts(Bucket.DAY, start, end, berlin)
    country = Report(dimensions=(Dimension.COUNTRY,))
    bots = (Filter(dimension=Dimension.IS_BOT, values=frozenset({"true"})),)
    assert plan_of(Report(), bots, start, end, ()).source is Source.TOTALS
    assert plan_of(Report(bucket=Bucket.DAY), (), start, end, days).source is Source.TOTALS
    assert plan_of(country, bots, start, end, ()).source is Source.DAILY
    assert plan_of(replace(country, bucket=Bucket.DAY), (), start, end, days).source is Source.CLICKS
    assert (
        plan_of(country, (Filter(dimension=Dimension.OS, values=frozenset("x")),), start, end, ()).source
        is Source.CLICKS
    )
    assert plan_of(Report(metrics=(Metric.VISITORS,)), (), start, end, ()).source is Source.CLICKS
    last = Report(dimensions=(Dimension.LINK,), metrics=(Metric.LAST_CLICK_TIME, Metric.CLICKS))
    assert plan_of(last, (), start, end, ()).source is Source.TOTALS
    assert plan_of(last, bots, start, end, ()).source is Source.CLICKS
    assert plan_of(replace(last, dimensions=(Dimension.COUNTRY,)), (), start, end, ()).source is Source.CLICKS


def test_an_absent_start_is_the_first_click_and_an_absent_end_is_now(filled: Filled) -> None:
    audience = Audience(owner_id=OWNER)
    own = [item.time for item in CLICKS if item.owner_id == OWNER]
    result = filled.ask(Query(audience=audience, reports=(Report(),)))
    assert (result.start, result.end) == (min(own), NOW)
    assert (result.first_click_time, result.last_click_time) == (min(own), max(own))
    assert result.results[0][0].metrics == (len(own),)


async def test_without_clicks_there_is_a_zero_and_no_interval(analytics_database: str, tmp_path: Path) -> None:
    reports = (Report(), Report(bucket=Bucket.DAY), Report(dimensions=(Dimension.OS,)))
    async with running_engine(analytics_database, tmp_path) as engine:
        result = await engine.ask(Query(audience=Audience(owner_id=OWNER), reports=reports), NOW)
    assert result.results == ((Row((), None, (0,)),), (), ())
    assert (result.start, result.first_click_time, result.last_click_time) == (None, None, None)


async def test_buckets_without_clicks_are_zeros(analytics_database: str, tmp_path: Path) -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    query = Query(
        audience=Audience(link_id=LINK),
        start=start,
        end=start + timedelta(days=3),
        time_zone="Europe/Berlin",
        reports=(Report(bucket=Bucket.DAY, metrics=(Metric.CLICKS, Metric.HUMAN_CLICKS, Metric.VISITORS)),),
    )
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.store([click(start + timedelta(days=1)), click(start + timedelta(days=1), is_bot=True)], NOW)
        (rows,) = (await engine.ask(query, NOW + SPAN)).results
    assert [(f"{row.bucket_start:%m-%dT%H}", row.metrics) for row in rows] == [
        ("03-27T23", (0, 0, 0)),
        ("03-28T23", (2, 1, 1)),
        ("03-29T22", (0, 0, 0)),
        ("03-30T22", (0, 0, 0)),
    ]


def test_too_many_buckets_are_refused(filled: Filled) -> None:
    query = Query(audience=Audience(owner_id=OWNER), reports=(Report(bucket=Bucket.MINUTE),))
    with pytest.raises(InvalidArgument) as refusal:
        filled.ask(query)
    assert refusal.value.field == "reports.bucket"


async def test_orphan_visits_are_counted_only_when_asked_for_on_a_named_domain(
    analytics_database: str, tmp_path: Path
) -> None:
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
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.store(clicks, NOW)

        async def count(audience: Audience, filters: tuple[Filter, ...], *, with_orphans: bool) -> int:
            query = Query(audience=audience, filters=filters, with_orphans=with_orphans, reports=(Report(),))
            return (await engine.ask(query, NOW)).results[0][0].metrics[0]

        assert await count(owner, (domain,), with_orphans=False) == 1
        assert await count(owner, (domain,), with_orphans=True) == 2
        assert await count(admin, (domain,), with_orphans=True) == 3
        assert await count(admin, (), with_orphans=True) == 1
        assert await count(Audience(link_id=LINK), (domain,), with_orphans=True) == 1
