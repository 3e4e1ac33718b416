"""Settling: each click goes from landing into a segment once, whoever settles, and however often it is broken off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from services.analytics.domain.click import Click
from services.analytics.domain.query import Audience
from services.analytics.segments.registry import Segment
from services.analytics.segments.settling import Settling
from services.analytics.segments.sweeping import Sweeping, Swept
from services.common.clock import SystemClock
from tests.support import segments as place
from tests.support.clicks import OWNER, batch, random_clicks
from tests.support.clock import FakeClock
from tests.support.engine import Engine, running_engine
from tests.support.rewriting import check_answers
from tests.support.settled import check_settled, check_visitors, placed
from tests.support.wait import eventually

NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = datetime(2026, 1, 3, tzinfo=UTC)
CLICKS = placed(random_clicks(31, 400, START, timedelta(days=50)), uuid4())
OTHERS = placed(random_clicks(32, 300, START, timedelta(days=50)), uuid4())
ALL = [*CLICKS, *OTHERS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "segments"


async def store(engine: Engine, *outboxes: list[Click]) -> None:
    """Store clicks as their outboxes send them."""
    for clicks in outboxes:
        await engine.store(clicks, NOW, source=clicks[0].source, first=clicks[0].sequence)


async def landed(engine: Engine) -> int:
    rows: int = await engine.pool.fetchval("SELECT count(*) FROM landing")
    return rows


def several(engine: Engine, most_rows: int) -> Settling:
    """Return what settles in many turns."""
    return Settling(engine.pool, engine.files, engine.limits, most_rows=most_rows)


async def files_of(engine: Engine) -> set[str]:
    return {file.name for segment in await engine.segments() for file in segment.files.values()}


async def test_two_at_once_settle_nothing_twice(analytics_database: str, tmp_path: Path, folder: Path) -> None:
    """In connections of their own, turn by turn, while clicks come in."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(running_engine(analytics_database, tmp_path)) for _ in range(2)]
        turns = [0, 0]
        is_stored = False

        async def settle(number: int) -> int:
            settling, rows = several(engines[number], 30), 0
            while True:
                is_last = is_stored
                settled = await settling.settle()
                rows += settled.rows
                turns[number] += settled.rows > 0
                if is_last and not settled.rows:
                    return rows

        async def ingest() -> None:
            nonlocal is_stored
            await asyncio.gather(*(store(engine, each) for engine, each in zip(engines, (CLICKS, OTHERS), strict=True)))
            is_stored = True

        settled = await asyncio.gather(settle(0), settle(1), ingest())
        assert settled[0] + settled[1] == len(ALL)
        assert min(turns) > 1
        for engine in engines:
            assert await landed(engine) == 0
            await check_settled(engine, folder, ALL)
        await check_answers(engines[1], ALL, NOW)


@asynccontextmanager
async def stopped_before_commit(engine: Engine, url: str, table: str) -> AsyncIterator["asyncio.Task[object]"]:
    """Settle until all files are there and a statement of the transaction waits for a table."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "analytics"})
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
            settle: asyncio.Task[object] = asyncio.create_task(engine.settling.settle())
            waiting = f"SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass)"  # noqa: S608
            await eventually(lambda: engine.pool.fetchval(waiting))
            yield settle
    finally:
        await connection.close()


@pytest.mark.parametrize("table", ["segments", "registry", "landing"])
async def test_a_connection_that_is_cut_before_the_commit_changes_nothing(
    engine: Engine, analytics_database: str, folder: Path, table: str
) -> None:
    """Before the first, between and before the last of its statements; the next one does all of it."""
    await store(engine, CLICKS[:200])
    await engine.settle()
    await store(engine, CLICKS[200:], OTHERS)
    before: tuple[Segment, ...] = await engine.segments()
    marks = await engine.pool.fetch("SELECT source, up_to FROM settled ORDER BY source")
    known = await place.names(engine.files)
    async with stopped_before_commit(engine, analytics_database, table) as settle:
        cut = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass"
        )
        assert await engine.pool.fetchval(cut, table) == 1
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await settle
    assert await engine.segments() == before
    assert await landed(engine) == len(ALL) - 200
    assert await engine.pool.fetch("SELECT source, up_to FROM settled ORDER BY source") == marks
    assert await files_of(engine) == known < await place.names(engine.files)
    await check_settled(engine, folder, CLICKS[:200])
    await check_answers(engine, ALL, NOW)
    assert await engine.settle() == len(ALL) - 200
    await check_settled(engine, folder, ALL)
    await check_answers(engine, ALL, NOW)
    sweeping = Sweeping(engine.pool, engine.files, FakeClock(SystemClock().now() + timedelta(hours=2)))
    assert (await sweeping.sweep()).retired == 0
    assert await place.names(engine.files) == await files_of(engine)
    assert await sweeping.sweep() == Swept()
    await check_answers(engine, ALL, NOW)


async def test_what_is_sent_again_after_it_was_settled_is_not_stored_again(engine: Engine, folder: Path) -> None:
    """By an outbox that never heard of it: also when some of it is new."""
    await store(engine, CLICKS[:200])
    await engine.settle()
    await store(engine, CLICKS[:200])
    await engine.writer.store(batch(CLICKS[0].source, CLICKS[100:300], first=101), NOW)
    assert await landed(engine) == 100
    await engine.settle()
    await check_settled(engine, folder, CLICKS[:300])


async def test_clicks_of_long_ago_are_counted_where_they_belong(engine: Engine, folder: Path) -> None:
    """Outboxes that were away for years, and clocks that stepped back and forth, in whatever order they are settled."""
    late = [
        item
        for number, year in enumerate((2026, 2019, 2026, 2003, 2025))
        for item in random_clicks(50 + number, 60, START.replace(year=year), timedelta(days=25))
    ]
    clicks = placed(late, uuid4())
    for first in range(0, len(clicks), 60):
        await engine.store(clicks[first : first + 60], NOW, source=clicks[0].source, first=first + 1)
        await check_answers(engine, clicks[: first + 60], NOW)
        await engine.settle()
        await check_answers(engine, clicks[: first + 60], NOW)
    await check_settled(engine, folder, clicks)
    for segment in await engine.segments():
        assert {segment.first_time.replace(day=1).date(), segment.last_time.replace(day=1).date()} == {segment.month}


async def test_numbers_of_visitors_are_dense_whatever_happens_to_segments(engine: Engine, folder: Path) -> None:
    """Visitors that return, and such that come for the first time; merged, erased from, settled again."""
    # Each turn brings some that are new, and 40 that others have seen before.
    clicks = [
        replace(item, visitor=f"{number:08}".encode()) if number % 2 else item for number, item in enumerate(CLICKS)
    ]
    for first in range(0, 400, 100):
        await store(engine, clicks[first : first + 100])
        await engine.settle()
        await check_settled(engine, folder, clicks[: first + 100])
    numbers = await check_visitors(engine, folder)
    assert len(numbers) == len({item.visitor for item in clicks}) > 200
    for month in (1, 2):
        await engine.rewriting.rewrite([each for each in await engine.segments() if each.month.month == month])
        assert await check_visitors(engine, folder) == numbers
    assert await engine.erasure.of_link(Audience(owner_id=OWNER), 1) > 0
    for segment in await engine.segments():
        await engine.rewriting.rewrite([segment])
        assert await check_visitors(engine, folder) == numbers
    await store(engine, [replace(item, visitor=item.visitor.ljust(8, b"x")) for item in OTHERS[:150]], OTHERS[150:])
    await engine.settle()
    later = await check_visitors(engine, folder)
    # Who was known keeps the number, also whose clicks are all gone.
    assert later.items() > numbers.items()
