"""Dropping old clicks: the sums stay and go on answering, and answers say since when there are raw clicks."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Fault, SetAside
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.ledger import OutboxReport
from services.analytics.domain.query import Filter, Metric, Report, Row
from services.analytics.domain.retention import Retention
from services.analytics.store.clicks import Batch, OutboxRow
from services.analytics.store.retention import Dropped
from services.analytics.store.sources import Sources
from tests.support.clicks import LINK, OWNER, click
from tests.support.engine import Engine
from tests.support.retention import CLICKS, NOW, RETENTION, SINCE, ask, raw_clicks, store
from tests.support.rewriting import erase_link


async def test_months_that_are_wholly_older_are_dropped(engine: Engine, tmp_path: Path) -> None:
    """And orphan visits; what is kept is whole."""
    orphans = [click(time, link_id=0, owner_id=0) for time in (NOW, SINCE - timedelta(days=1))]
    kept = sorted(item.time for item in CLICKS if item.time >= SINCE)
    await store(engine, [*CLICKS, *orphans])
    dropped = await engine.old_clicks.drop(RETENTION, NOW)
    assert [round(each.timestamp()) for each in await raw_clicks(engine, tmp_path)] == [
        round(each.timestamp()) for each in kept
    ]
    assert await engine.pool.fetchval("SELECT min(time) FROM orphans") == NOW
    again = await engine.old_clicks.drop(RETENTION, NOW)
    assert dropped is not None
    assert dropped.months == tuple(sorted({item.time.date().replace(day=1) for item in CLICKS if item.time < SINCE}))
    assert dropped.clicks == len(CLICKS) - len(kept)
    assert dropped.orphans == 1
    assert again == Dropped()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
async def test_totals_and_daily_breakdowns_answer_over_dropped_time(engine: Engine, zone: str) -> None:
    """The same numbers as before: of all time, by day in any zone, and by one dimension."""
    both = (Metric.CLICKS, Metric.HUMAN_CLICKS)
    reports = (
        Report(metrics=both),
        Report(metrics=both, bucket=Bucket.DAY),
        Report(metrics=both, bucket=Bucket.MONTH),
        Report(metrics=both, dimensions=(Dimension.COUNTRY,)),
        Report(metrics=both, dimensions=(Dimension.CLICK_CLASS,)),
    )
    await store(engine, CLICKS)
    before = await ask(engine, *reports, time_zone=zone)
    await engine.old_clicks.drop(RETENTION, NOW)
    after = await ask(engine, *reports, time_zone=zone)
    assert before.first_click_time is not None
    assert after.first_click_time is not None
    assert timedelta() <= before.first_click_time - after.first_click_time < timedelta(minutes=15)
    assert (before.raw_since, after.raw_since) == (None, SINCE)
    for old, new in zip(before.results, after.results, strict=True):
        assert [(row.values, row.metrics) for row in _since_first(new)] == [(row.values, row.metrics) for row in old]


def _since_first(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Leave out a first day without clicks: sums begin with a day of UTC, which may be another one in the zone."""
    return rows[1:] if rows[0].bucket_start is not None and not any(rows[0].metrics) else rows


async def test_what_needs_raw_clicks_is_counted_since_there_are_some(engine: Engine) -> None:
    """Visitors, and combinations of dimensions."""
    combined = Report(dimensions=(Dimension.COUNTRY, Dimension.SCHEME))
    await store(engine, CLICKS)
    expected = await ask(engine, Report(metrics=(Metric.VISITORS,)), combined, start=SINCE)
    await engine.old_clicks.drop(RETENTION, NOW)
    after = await ask(engine, Report(metrics=(Metric.VISITORS,)), combined)
    assert after.results == expected.results


TIMES = (Metric.LAST_CLICK_TIME, Metric.FIRST_CLICK_TIME)


def _seconds(time: datetime) -> int:
    """Return what is known of a click's time: all of it, or the quarter of an hour that it was in."""
    seconds = int(time.timestamp())
    return seconds if time >= SINCE else seconds // 900 * 900


async def test_last_and_first_clicks_of_links_are_known_to_the_quarter_of_an_hour(engine: Engine) -> None:
    """Of all time and between two quarters, in a month that is cut by them; exactly where raw clicks are kept."""
    by_link, total = Report(dimensions=(Dimension.LINK,), metrics=(*TIMES, Metric.CLICKS)), Report(metrics=TIMES)
    await store(engine, CLICKS)
    await engine.old_clicks.drop(RETENTION, NOW)
    for start, end in [
        (None, None),
        (SINCE - timedelta(days=70, minutes=45), SINCE - timedelta(days=10)),
        (SINCE - timedelta(days=10), SINCE + timedelta(days=10, seconds=7)),
    ]:
        rows, (times,) = [
            [(row.values[0].text if row.values else "", row.metrics) for row in table]
            for table in (await ask(engine, by_link, total, start=start, end=end)).results
        ]
        meant = [
            item
            for item in CLICKS
            if item.owner_id == OWNER and (start is None or start <= item.time) and item.time < (end or NOW)
        ]
        seconds = {link: [_seconds(item.time) for item in meant if item.link_id == link]
                   for link in {item.link_id for item in meant}}  # fmt: skip
        expected = [(str(link), (max(each), min(each), len(each))) for link, each in seconds.items()]
        assert rows == sorted(expected, key=lambda row: (-row[1][0], row[0]))
        every = [second for each in seconds.values() for second in each]
        assert times == ("", (max(every), min(every)))


async def test_last_clicks_by_a_value_are_those_since_there_are_raw_clicks(engine: Engine) -> None:
    by_country = Report(dimensions=(Dimension.COUNTRY,), metrics=(*TIMES, Metric.CLICKS))
    people = Filter(dimension=Dimension.IS_BOT, values=frozenset({"false"}))
    last_of_people = Report(metrics=TIMES, filters=(people,))
    await store(engine, CLICKS)
    expected = await ask(engine, by_country, last_of_people, start=SINCE)
    await engine.old_clicks.drop(RETENTION, NOW)
    assert (await ask(engine, by_country, last_of_people)).results == expected.results


async def test_when_all_raw_clicks_are_gone_the_totals_say_when_they_were(engine: Engine) -> None:
    time = datetime(2025, 6, 7, 8, 20, tzinfo=UTC)
    country = Filter(dimension=Dimension.COUNTRY, values=frozenset({""}))
    await store(engine, [click(time), click(time + timedelta(days=2))])
    await engine.old_clicks.drop(RETENTION, NOW)
    result = await ask(engine, Report())
    filtered = await ask(engine, Report(), filters=(country,))
    quarter = time.replace(minute=15)
    assert (result.first_click_time, result.last_click_time) == (quarter, quarter + timedelta(days=2))
    assert (result.start, result.results[0][0].metrics) == (time.replace(hour=0, minute=0), (2,))
    assert (filtered.first_click_time, filtered.results[0][0].metrics) == (None, (2,))


async def test_a_click_that_comes_late_is_counted_and_dropped_next_time(engine: Engine, tmp_path: Path) -> None:
    time = SINCE - timedelta(days=20)
    await store(engine, [click(time)])
    await engine.old_clicks.drop(RETENTION, NOW)
    await store(engine, [click(time)])
    assert await raw_clicks(engine, tmp_path) == [time]
    assert (await ask(engine, Report())).results[0][0].metrics == (2,)
    assert await engine.old_clicks.drop(RETENTION, NOW) == Dropped(months=(date(2025, 11, 1),), clicks=1)
    assert await raw_clicks(engine, tmp_path) == []
    assert (await ask(engine, Report())).results[0][0].metrics == (2,)
    assert [segment.rows for segment in await engine.segments()] == [2]


async def test_dropped_clicks_can_still_be_erased(engine: Engine) -> None:
    """Their sums go, at once for who asks, and from the files when they are rewritten."""
    time = SINCE - timedelta(days=9)
    await store(engine, [click(time)] * 3 + [click(time, link_id=LINK + 1)])
    await engine.old_clicks.drop(RETENTION, NOW)
    await erase_link(engine, OWNER, LINK)
    assert (await ask(engine, Report())).results[0][0].metrics == (1,)
    await engine.rewriting.rewrite(await engine.segments(), keep_clicks=False)
    assert (await ask(engine, Report())).results[0][0].metrics == (1,)
    assert [segment.rows for segment in await engine.segments()] == [1]


async def test_rows_that_somebody_holds_are_left_for_the_next_time(engine: Engine) -> None:
    """Who never waits for a row cannot be part of a deadlock."""
    old = [click(NOW - timedelta(days=450 + number), link_id=0, owner_id=0) for number in range(3)]
    await store(engine, old)
    async with engine.pool.acquire() as other, other.transaction():
        await other.fetch("SELECT time FROM orphans ORDER BY time LIMIT 1 FOR UPDATE")
        assert await engine.old_clicks.drop(RETENTION, NOW) == Dropped(orphans=2)
    assert await engine.old_clicks.drop(RETENTION, NOW) == Dropped(orphans=1)


async def test_rows_that_were_set_aside_go_and_stay_in_the_ledger(engine: Engine) -> None:
    source = uuid4()
    rows = [
        OutboxRow(sequence=number, content=b"?", outcome=SetAside(number, Fault.UNDECODABLE, b"?")) for number in (1, 2)
    ]
    for row, time in zip(rows, (NOW - timedelta(days=8), NOW), strict=True):
        report = OutboxReport(last_sequence=row.sequence, dropped={})
        await engine.writer.store(Batch(source=source, rows=[row], report=report), time)
    dropped = await engine.old_clicks.drop(Retention(set_aside_days=7), NOW)
    assert await engine.pool.fetchval("SELECT array_agg(sequence) FROM set_aside_clicks") == [2]
    (state,) = await Sources(engine.pool).list()
    assert dropped == Dropped(set_aside=1)
    assert state.set_aside == 2


async def test_without_retention_nothing_is_dropped(engine: Engine, tmp_path: Path) -> None:
    await store(engine, [*CLICKS, click(NOW - timedelta(days=2000), link_id=LINK)])
    assert await engine.old_clicks.drop(Retention(), NOW) == Dropped()
    assert len(await raw_clicks(engine, tmp_path)) == len(CLICKS) + 1
    assert (await ask(engine, Report())).raw_since is None


async def test_dropped_orphan_visits_are_gone_from_answers_that_are_kept(engine: Engine) -> None:
    """Also where no click is dropped with them."""
    old = SINCE - timedelta(days=1)
    await engine.store([click(old, link_id=0, domain="wrong.example", http_status=404)], NOW)
    domain = Filter(dimension=Dimension.DOMAIN, values=frozenset({"wrong.example"}))
    changes = {"filters": (domain,), "with_orphans": True, "start": old, "end": NOW}
    assert (await ask(engine, Report(), **changes)).results[0][0].metrics == (1,)
    assert await engine.old_clicks.drop(RETENTION, NOW) == Dropped(orphans=1)
    assert (await ask(engine, Report(), **changes)).results[0][0].metrics == (0,)
