"""Dropping old clicks while others settle, rewrite or ask, and forgetting visitors of whom no click is left."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from services.analytics.domain.query import Audience, Metric, Report
from services.analytics.domain.retention import Retention
from services.analytics.questions.conditions import Statement
from services.analytics.questions.reading import Reader
from services.analytics.segments.settling import Settling
from services.analytics.segments.turn import rewriting_turn
from services.analytics.store.click_rows import visitor_hash
from services.analytics.store.retention import Dropped
from tests.support.clicks import OWNER, click
from tests.support.engine import Engine
from tests.support.retention import CLICKS, NOW, RETENTION, SINCE, ask, hashes, raw_clicks, store
from tests.support.wait import eventually


async def test_visitors_of_whom_no_click_is_kept_are_forgotten(engine: Engine, tmp_path: Path) -> None:
    """The others keep their numbers: each is counted once, whatever comes in later."""
    old, new = SINCE - timedelta(days=40), SINCE + timedelta(days=3)
    of = {name: name.encode().ljust(8, b".") for name in ("gone", "both", "late", "back")}
    first = [click(old, visitor=of["gone"]), click(old, visitor=of["both"]), click(old, visitor=of["late"]),
             click(old + timedelta(days=31), visitor=of["back"]), click(new, visitor=of["both"])]  # fmt: skip
    await store(engine, first)
    later = [click(new, visitor=of[name]) for name in ("back", "back", "both")]
    await engine.store(later, NOW)
    assert (await ask(engine, Report(metrics=(Metric.VISITORS,)))).results[0][0].metrics == (4,)
    await engine.old_clicks.drop(RETENTION, NOW)
    assert await hashes(engine, tmp_path) == {visitor_hash(of["both"])}
    kept = [first[-1], *later]
    visitors = Report(metrics=(Metric.VISITORS,))
    assert (await ask(engine, visitors, start=SINCE)).results[0][0].metrics == (2,)
    # One of the two is settled, under a new number, which the other must have from then on, too.
    await Settling(engine.pool, engine.files, engine.limits, most_rows=1).settle()
    assert (await ask(engine, visitors, start=SINCE)).results[0][0].metrics == (2,)
    await engine.settle()
    assert (await ask(engine, visitors, start=SINCE)).results[0][0].metrics == (2,)
    assert await hashes(engine, tmp_path) == {visitor_hash(item.visitor) for item in kept}


async def test_a_visitor_is_forgotten_with_the_last_of_the_clicks(engine: Engine, tmp_path: Path) -> None:
    """Months later, from a segment that has had no raw clicks for long."""
    times = [datetime(2025, month, 7, tzinfo=UTC) for month in (10, 11, 12)]
    await store(engine, [click(time, visitor=b"visitor.") for time in times])
    known = []
    for now in (times[2], datetime(2026, 1, 9, tzinfo=UTC), datetime(2026, 2, 9, tzinfo=UTC)):
        await engine.old_clicks.drop(Retention(click_months=1), now)
        known.append((len(await raw_clicks(engine, tmp_path)), len(await hashes(engine, tmp_path))))
    assert known == [(2, 1), (1, 1), (0, 0)]
    assert (await ask(engine, Report())).results[0][0].metrics == (3,)


async def test_dropping_that_died_forgets_next_time(engine: Engine, tmp_path: Path) -> None:
    await store(engine, [click(SINCE - timedelta(days=9))])
    await engine.pool.execute("INSERT INTO retention (raw_since, is_forgetting) VALUES ($1, true)", SINCE)
    await engine.rewriting.rewrite(await engine.segments(), keep_clicks=False)
    assert len(await hashes(engine, tmp_path)) == 1
    assert await engine.old_clicks.drop(RETENTION, NOW) == Dropped()
    assert await hashes(engine, tmp_path) == set()


async def test_a_visitor_who_comes_back_just_then_is_not_forgotten(engine: Engine, tmp_path: Path) -> None:
    """Settling has recognised the visitor, and commits after those to be forgotten were found, and before they are."""
    visitor = b"visitor."
    await store(engine, [click(SINCE - timedelta(days=9), visitor=visitor)])
    await engine.rewriting.rewrite(await engine.segments(), keep_clicks=False)
    await engine.pool.execute("INSERT INTO retention (raw_since, is_forgetting) VALUES ($1, true)", SINCE)
    await engine.store([click(SINCE + timedelta(days=1), visitor=visitor)], NOW)
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass)"
    async with engine.pool.acquire() as other, other.transaction():
        # Who registers segments waits here.
        await other.execute("LOCK TABLE registry IN SHARE MODE")
        settling = asyncio.create_task(engine.settle())
        await eventually(lambda: engine.pool.fetchval(waiting, "registry"))
        dropping = asyncio.create_task(engine.old_clicks.drop(RETENTION, NOW))
        await eventually(lambda: engine.pool.fetchval(waiting, "settled"))
    await settling
    await dropping
    assert await hashes(engine, tmp_path) == {visitor_hash(visitor)}
    await store(engine, [click(SINCE + timedelta(days=2), visitor=visitor)])
    result = await ask(engine, Report(metrics=(Metric.CLICKS, Metric.VISITORS)), start=SINCE)
    assert result.results[0][0].metrics == (2, 1)


async def test_settling_meanwhile_counts_each_visitor_once(engine: Engine) -> None:
    """Visitors of old clicks come back while these are dropped."""
    old = [item for item in CLICKS if item.time < SINCE]
    new = [item for item in CLICKS if item.time >= SINCE]
    await store(engine, old)

    async def come_back() -> None:
        for first in range(4):
            await engine.store(new[first::4], NOW)
            await engine.settle()

    await asyncio.gather(come_back(), engine.old_clicks.drop(RETENTION, NOW))
    visitors = Report(metrics=(Metric.VISITORS, Metric.HUMAN_VISITORS))
    expected = (
        len({item.visitor for item in new if item.owner_id == OWNER}),
        len({item.visitor for item in new if item.owner_id == OWNER and not item.is_bot}),
    )
    assert (await ask(engine, visitors, start=SINCE)).results[0][0].metrics == expected
    await engine.old_clicks.drop(RETENTION, NOW)
    assert (await ask(engine, visitors, start=SINCE)).results[0][0].metrics == expected


async def test_only_one_drops_at_a_time(engine: Engine) -> None:
    await store(engine, CLICKS)
    async with engine.pool.acquire() as other:
        await other.execute("SELECT pg_advisory_lock(hashtext('linkmeter-analytics-retention'))")
        assert await engine.old_clicks.drop(RETENTION, NOW) is None
        await other.execute("SELECT pg_advisory_unlock(hashtext('linkmeter-analytics-retention'))")
    assert await engine.old_clicks.drop(RETENTION, NOW) is not None


async def test_dropping_waits_for_those_who_rewrite(engine: Engine) -> None:
    """By when it is said, but not yet done."""
    await store(engine, [click(SINCE - timedelta(days=9))])
    async with rewriting_turn(engine.pool):
        dropping = asyncio.create_task(engine.old_clicks.drop(RETENTION, NOW))
        await eventually(lambda: engine.pool.fetchval("SELECT raw_since FROM retention"))
        assert [segment.has_clicks for segment in await engine.segments()] == [True]
    assert await dropping == Dropped(months=(date(2025, 11, 1),), clicks=1)


async def test_who_reads_goes_on_reading_what_is_dropped_meanwhile(engine: Engine) -> None:
    await store(engine, CLICKS)
    async with engine.snapshots.taken(visitors=True) as snapshot:
        await engine.old_clicks.drop(RETENTION, NOW)
        statement = Statement()
        rows = " UNION ALL ".join(snapshot.clicks_of(snapshot.segments, Audience(owner_id=OWNER), statement))
        found = await Reader(snapshot, engine.files).fetch(f"SELECT count(*) FROM ({rows})", statement)  # noqa: S608
    assert found[0] == (len(CLICKS),)
    assert (await ask(engine, Report())).raw_since == SINCE
