"""Files go when nobody needs them any more, and nothing that counts ever goes."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.analytics.segments.settling import IN_TURN
from services.analytics.segments.sweeping import Sweeping, Swept
from services.analytics.segments.turn import TurnTaken, rewriting_turn
from services.common.clock import SystemClock
from tests.support import segments as place
from tests.support.clicks import random_clicks
from tests.support.clock import FakeClock
from tests.support.engine import Engine
from tests.support.rewriting import check_answers
from tests.support.wait import eventually

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CLICKS = random_clicks(23, 400, datetime(2026, 1, 3, tzinfo=UTC), timedelta(days=20))
UNNAMED = "0123456789abcdef/clicks.parquet"


@pytest.fixture
async def engine(engine: Engine) -> Engine:
    """Run an engine with four segments."""
    for first in range(0, 400, 100):
        await engine.store(CLICKS[first : first + 100], NOW)
        await engine.settle()
    return engine


@pytest.fixture
def clock() -> FakeClock:
    """Stand where the clock of the files is."""
    return FakeClock(SystemClock().now())


@pytest.fixture
def sweeping(engine: Engine, clock: FakeClock) -> Sweeping:
    return Sweeping(engine.pool, engine.files, clock)


async def live_files(engine: Engine) -> set[str]:
    return {file.name for segment in await engine.segments() for file in segment.files.values()}


async def age_retired(engine: Engine, minutes: int) -> None:
    """Let segments have been replaced so long ago."""
    await engine.pool.execute(
        "UPDATE segments SET retired_time = now() - make_interval(mins => $1) WHERE retired_time IS NOT NULL", minutes
    )


async def test_files_of_replaced_segments_go_after_ten_minutes(engine: Engine, sweeping: Sweeping) -> None:
    old = await live_files(engine)
    await engine.rewriting.rewrite(await engine.segments())
    await age_retired(engine, 9)
    assert await sweeping.sweep() == Swept()
    assert old < await place.names(engine.files)
    await age_retired(engine, 11)
    assert await sweeping.sweep() == Swept(retired=4)
    assert await place.names(engine.files) == await live_files(engine)
    assert await engine.pool.fetchval("SELECT count(*) FROM segments") == 1
    await check_answers(engine, CLICKS, NOW)


async def test_a_pin_keeps_them_until_it_ends(engine: Engine, sweeping: Sweeping) -> None:
    await engine.rewriting.rewrite(await engine.segments())
    await age_retired(engine, 60)
    await engine.pool.execute("INSERT INTO pins (reason, ends) VALUES ('backup', now() + interval '1 hour')")
    assert await sweeping.sweep() == Swept()
    await engine.pool.execute("UPDATE pins SET ends = now() - interval '1 second'")
    assert await sweeping.sweep() == Swept(retired=4)


async def test_a_sweep_that_died_before_its_end_is_done_again(engine: Engine, sweeping: Sweeping) -> None:
    """Files go first: the rows still name what may be left."""
    old = await engine.segments()
    await engine.rewriting.rewrite(old)
    await age_retired(engine, 11)
    await engine.files.delete([file.name for segment in old[:2] for file in segment.files.values()])
    assert await sweeping.sweep() == Swept(retired=4)
    assert await place.names(engine.files) == await live_files(engine)


async def test_files_that_no_row_names_go_after_an_hour(engine: Engine, sweeping: Sweeping, clock: FakeClock) -> None:
    await place.put(engine.files, UNNAMED, place.content(1))
    clock.set(SystemClock().now() + timedelta(minutes=59))
    assert await sweeping.sweep() == Swept()
    clock.advance(timedelta(minutes=2))
    assert await sweeping.sweep() == Swept(unnamed=1)
    assert await place.names(engine.files) == await live_files(engine)
    await check_answers(engine, CLICKS, NOW)


async def test_a_clock_that_steps_deletes_nothing_that_is_being_written(
    engine: Engine, sweeping: Sweeping, clock: FakeClock
) -> None:
    """Who writes has a turn, so that whoever deletes waits for the row, or leaves it for another time."""
    clock.advance(timedelta(days=400))
    async with rewriting_turn(engine.pool):
        await place.put(engine.files, UNNAMED, place.content(1))
        assert await sweeping.sweep() == Swept()
    async with engine.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute(IN_TURN)
            sweep = asyncio.create_task(sweeping.sweep())
            waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'settled'::regclass)"
            await eventually(lambda: engine.pool.fetchval(waiting))
            await connection.execute(
                "INSERT INTO segments (name, month, rows, has_clicks, first_time, last_time, definition, "
                "erasures_applied, files, retired_time) "
                "SELECT $1, month, 0, false, first_time, last_time, 1, 0, '{}', now() FROM segments LIMIT 1",
                UNNAMED.partition("/")[0],
            )
        assert await sweep == Swept()
    assert UNNAMED in await place.names(engine.files)


async def test_settling_and_rewriting_meanwhile_lose_nothing(
    engine: Engine, sweeping: Sweeping, clock: FakeClock
) -> None:
    """By a clock that is wrong by more than a year, swept without a pause."""
    clock.advance(timedelta(days=400))
    done = asyncio.Event()

    async def sweep() -> None:
        while not done.is_set():
            await sweeping.sweep()

    async def settle() -> None:
        more = random_clicks(24, 200, datetime(2026, 1, 3, tzinfo=UTC), timedelta(days=20))
        for first in range(0, 200, 40):
            await engine.store(more[first : first + 40], NOW)
            await engine.settle()
        expected.extend(more)

    async def rewrite() -> None:
        rewritten = 0
        while rewritten < 3:
            rewritten += await rewrite_once(engine)

    expected = [*CLICKS]
    sweeper = asyncio.create_task(sweep())
    await asyncio.gather(settle(), rewrite())
    done.set()
    await sweeper
    assert await live_files(engine) <= await place.names(engine.files)
    await check_answers(engine, expected, NOW)


async def rewrite_once(engine: Engine) -> int:
    """Rewrite all there is, unless the sweeper has the turn."""
    try:
        return (await engine.rewriting.rewrite(await engine.segments())).segments
    except TurnTaken:
        return 0
