"""Dropping old clicks: the sums stay and go on answering, and answers say since when there are raw clicks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Click, Fault, SetAside
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.ledger import OutboxReport
from services.analytics.domain.query import Audience, Filter, Metric, Query, QueryResult, Report, Row
from services.analytics.domain.retention import Retention
from services.analytics.store.clicks import Batch, ClickWriter, OutboxRow
from services.analytics.store.erasure import Erasure
from services.analytics.store.partitions import Partitions
from services.analytics.store.retention import Dropped, OldClicks
from services.analytics.store.sources import Sources
from services.analytics.store.stats import Stats
from services.runtime.postgres import Pool, open_pool
from tests.support.clicks import LINK, OWNER, batch, click, random_clicks
from tests.support.wait import eventually

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
SINCE = datetime(2025, 12, 1, tzinfo=UTC)
RETENTION = Retention(click_months=3)
# Some are so old that no month of their own is made for them.
CLICKS = random_clicks(11, 900, NOW - timedelta(days=500), timedelta(days=500))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(url, "analytics")
    try:
        yield pool
    finally:
        await pool.close()


async def store(pool: Pool, clicks: Sequence[Click]) -> None:
    await ClickWriter(pool, Partitions(pool)).store(batch(uuid4(), clicks), NOW)


async def ask(pool: Pool, *reports: Report, **changes: object) -> QueryResult:
    query = Query(audience=Audience(owner_id=OWNER), reports=reports, **changes)  # type: ignore[arg-type]
    return await Stats(pool).query(query, NOW)


async def oldest(pool: Pool, table: str = "clicks") -> datetime:
    time: datetime = await pool.fetchval(f"SELECT min(time) FROM {table}")  # noqa: S608
    return time


async def test_months_that_are_wholly_older_are_dropped(analytics_database: str) -> None:
    """Also from the partition for all else, and orphan visits; what is kept is whole."""
    orphans = [click(time, link_id=0, owner_id=0) for time in (NOW, SINCE - timedelta(days=1))]
    kept = [item for item in CLICKS if item.time >= SINCE]
    async with opened(analytics_database) as pool:
        await store(pool, [*CLICKS, *orphans])
        dropped = await OldClicks(pool).drop(RETENTION, NOW)
        assert await oldest(pool) == min(item.time for item in kept)
        assert await pool.fetchval("SELECT count(*) FROM clicks") == len(kept)
        assert await oldest(pool, "orphans") == NOW
        again = await OldClicks(pool).drop(RETENTION, NOW)
    assert dropped is not None
    assert dropped.months[-1] == date(2025, 11, 1)
    assert dropped.clicks > 0
    assert dropped.orphans == 1
    assert again == Dropped()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
async def test_totals_and_daily_breakdowns_answer_over_dropped_time(analytics_database: str, zone: str) -> None:
    """The same numbers as before: of all time, by day in any zone, and by one dimension."""
    both = (Metric.CLICKS, Metric.HUMAN_CLICKS)
    reports = (
        Report(metrics=both),
        Report(metrics=both, bucket=Bucket.DAY),
        Report(metrics=both, bucket=Bucket.MONTH),
        Report(metrics=both, dimensions=(Dimension.COUNTRY,)),
        Report(metrics=both, dimensions=(Dimension.CLICK_CLASS,)),
    )
    async with opened(analytics_database) as pool:
        await store(pool, CLICKS)
        before = await ask(pool, *reports, time_zone=zone)
        await OldClicks(pool).drop(RETENTION, NOW)
        after = await ask(pool, *reports, time_zone=zone)
    assert before.first_click_time is not None
    assert after.first_click_time is not None
    assert timedelta() <= before.first_click_time - after.first_click_time < timedelta(minutes=15)
    assert (before.raw_since, after.raw_since) == (None, SINCE)
    for old, new in zip(before.results, after.results, strict=True):
        assert [(row.values, row.metrics) for row in _since_first(new)] == [(row.values, row.metrics) for row in old]


def _since_first(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Leave out a first day without clicks: sums begin with a day of UTC, which may be another one in the zone."""
    return rows[1:] if rows[0].bucket_start is not None and not any(rows[0].metrics) else rows


async def test_what_needs_raw_clicks_is_counted_since_there_are_some(analytics_database: str) -> None:
    """Visitors, and combinations of dimensions."""
    combined = Report(dimensions=(Dimension.COUNTRY, Dimension.SCHEME))
    async with opened(analytics_database) as pool:
        await store(pool, CLICKS)
        expected = await ask(pool, Report(metrics=(Metric.VISITORS,)), combined, start=SINCE)
        await OldClicks(pool).drop(RETENTION, NOW)
        after = await ask(pool, Report(metrics=(Metric.VISITORS,)), combined)
    assert after.results == expected.results


async def test_when_all_raw_clicks_are_gone_the_totals_say_when_they_were(analytics_database: str) -> None:
    time = datetime(2025, 6, 7, 8, 20, tzinfo=UTC)
    country = Filter(dimension=Dimension.COUNTRY, values=frozenset({""}))
    async with opened(analytics_database) as pool:
        await store(pool, [click(time), click(time + timedelta(days=2))])
        await OldClicks(pool).drop(RETENTION, NOW)
        result = await ask(pool, Report())
        filtered = await ask(pool, Report(), filters=(country,))
    quarter = time.replace(minute=15)
    assert (result.first_click_time, result.last_click_time) == (quarter, quarter + timedelta(days=2))
    assert (result.start, result.results[0][0].metrics) == (time.replace(hour=0, minute=0), (2,))
    assert (filtered.first_click_time, filtered.results[0][0].metrics) == (None, (2,))


async def test_a_click_that_comes_late_is_counted_and_dropped_next_time(analytics_database: str) -> None:
    async with opened(analytics_database) as pool:
        partitions = Partitions(pool)
        writer = ClickWriter(pool, partitions)
        time = SINCE - timedelta(days=20)
        await writer.store(batch(uuid4(), [click(time)]), NOW)
        await OldClicks(pool).drop(RETENTION, NOW)
        await writer.store(batch(uuid4(), [click(time)]), NOW)
        await OldClicks(pool).drop(RETENTION, NOW)
        assert await pool.fetchval("SELECT count(*) FROM clicks") == 0
        assert (await ask(pool, Report())).results[0][0].metrics == (2,)


async def test_dropped_clicks_can_still_be_forgotten(analytics_database: str) -> None:
    """Their sums go, and are what tells how many there were."""
    async with opened(analytics_database) as pool:
        await store(pool, [click(SINCE - timedelta(days=9))] * 3)
        await OldClicks(pool).drop(RETENTION, NOW)
        assert await Erasure(pool).of_domain(Audience(owner_id=OWNER), "lm.example") == 3
        assert (await ask(pool, Report())).results[0][0].metrics == (0,)


async def test_only_one_drops_at_a_time(analytics_database: str) -> None:
    async with opened(analytics_database) as pool, pool.acquire() as other:
        await store(pool, CLICKS)
        await other.execute("SELECT pg_advisory_lock(hashtext('linkmeter-analytics-retention'))")
        assert await OldClicks(pool).drop(RETENTION, NOW) is None
        await other.execute("SELECT pg_advisory_unlock(hashtext('linkmeter-analytics-retention'))")
        assert await OldClicks(pool).drop(RETENTION, NOW) is not None


async def test_dropping_waits_for_those_who_read(analytics_database: str) -> None:
    """And a link's clicks come in meanwhile as before, once the reader is done."""
    async with opened(analytics_database) as pool, opened(analytics_database) as readers:
        await store(pool, [click(SINCE - timedelta(days=9))])
        async with readers.acquire() as reader:
            async with reader.transaction():
                await reader.fetch("SELECT count(*) FROM clicks")
                dropping = asyncio.create_task(OldClicks(pool).drop(RETENTION, NOW))
                waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'clicks'::regclass)"
                await eventually(lambda: readers.fetchval(waiting), 10)
            assert await dropping == Dropped(months=(date(2025, 11, 1),))
        await store(pool, [click(NOW - timedelta(hours=1))])
        assert (await ask(pool, Report())).results[0][0].metrics == (2,)


async def test_rows_that_somebody_holds_are_left_for_the_next_time(analytics_database: str) -> None:
    """Who never waits for a row cannot be part of a deadlock."""
    old = [click(NOW - timedelta(days=450 + number)) for number in range(3)]
    async with opened(analytics_database) as pool, pool.acquire() as other:
        await store(pool, old)
        async with other.transaction():
            await other.fetch("SELECT time FROM clicks ORDER BY time LIMIT 1 FOR UPDATE")
            assert await OldClicks(pool).drop(RETENTION, NOW) == Dropped(clicks=2)
        assert await OldClicks(pool).drop(RETENTION, NOW) == Dropped(clicks=1)


async def test_rows_that_were_set_aside_go_and_stay_in_the_ledger(analytics_database: str) -> None:
    source = uuid4()
    rows = [
        OutboxRow(sequence=number, content=b"?", outcome=SetAside(number, Fault.UNDECODABLE, b"?")) for number in (1, 2)
    ]
    async with opened(analytics_database) as pool:
        writer = ClickWriter(pool, Partitions(pool))
        for row, time in zip(rows, (NOW - timedelta(days=8), NOW), strict=True):
            report = OutboxReport(last_sequence=row.sequence, dropped={})
            await writer.store(Batch(source=source, rows=[row], report=report), time)
        dropped = await OldClicks(pool).drop(Retention(set_aside_days=7), NOW)
        assert await pool.fetchval("SELECT array_agg(sequence) FROM set_aside_clicks") == [2]
        (state,) = await Sources(pool).list()
    assert dropped == Dropped(set_aside=1)
    assert state.set_aside == 2


async def test_without_retention_nothing_is_dropped(analytics_database: str) -> None:
    async with opened(analytics_database) as pool:
        await store(pool, [*CLICKS, click(NOW - timedelta(days=2000), link_id=LINK)])
        assert await OldClicks(pool).drop(Retention(), NOW) == Dropped()
        assert await pool.fetchval("SELECT count(*) FROM clicks") == len(CLICKS) + 1
        assert (await ask(pool, Report())).raw_since is None
