"""SIGKILL of who rewrites segments, at each step: no answer changes, and what is left of it goes."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from services.analytics.segments.sweeping import Sweeping
from services.common.clock import SystemClock
from tests.support import segments as place
from tests.support.clicks import OWNER, random_clicks
from tests.support.clock import FakeClock
from tests.support.engine import Engine, running_engine
from tests.support.rewriting import check_answers, check_sums, erase_link
from tests.support.wait import eventually

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CLICKS = random_clicks(25, 400, datetime(2026, 1, 3, tzinfo=UTC), timedelta(days=20))
KEPT = [item for item in CLICKS if (item.owner_id, item.link_id) != (OWNER, 1)]
SEGMENTS = 4


@pytest.fixture
async def engine(analytics_database: str, tmp_path: Path) -> AsyncIterator[Engine]:
    """Run an engine with segments of one month, and an erasure that is not applied to them yet."""
    async with running_engine(analytics_database, tmp_path) as running:
        for first in range(0, 400, 100):
            await running.store(CLICKS[first : first + 100], NOW)
            await running.settle()
        await erase_link(running, OWNER, 1)
        yield running


@asynccontextmanager
async def locked(url: str, statement: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold a lock, so that whoever needs it stands still."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "analytics"})
    try:
        async with connection.transaction():
            await connection.execute(statement)
            yield connection
    finally:
        await connection.close()


async def start_rewriter(url: str, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.rewriter", url, str(folder))


async def kill(rewriter: asyncio.subprocess.Process) -> None:
    rewriter.kill()
    await rewriter.wait()


async def check_and_sweep(engine: Engine, url: str, folder: Path, *, segments: int) -> None:
    """See that nothing has happened by halves, that the next one can go on, and that nothing is left behind."""
    assert len(await engine.segments()) == segments
    await check_answers(engine, KEPT, NOW)
    # PostgreSQL notices that the killed one is gone.
    free = "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')"
    await eventually(lambda: engine.pool.fetchval(free))
    await engine.rewriting.rewrite(await engine.segments())
    await check_answers(engine, KEPT, NOW)
    await check_sums(engine, folder / "segments")
    await engine.pool.execute("UPDATE segments SET retired_time = now() - interval '1 hour' WHERE retired_time < now()")
    await Sweeping(engine.pool, engine.files, FakeClock(SystemClock().now() + timedelta(hours=2))).sweep()
    live = {file.name for segment in await engine.segments() for file in segment.files.values()}
    assert await place.names(engine.files) == live
    # What was in the making goes when the place is next opened.
    async with running_engine(url, folder) as next_one:
        await check_answers(next_one, KEPT, NOW)
        assert scratch_of(folder) == []


def scratch_of(folder: Path) -> list[Path]:
    return [*(folder / "segments" / ".scratch").glob("*")]


async def test_killed_while_it_writes_or_when_all_is_written(
    engine: Engine, analytics_database: str, tmp_path: Path
) -> None:
    async with locked(analytics_database, "LOCK TABLE segments IN SHARE MODE"):
        rewriter = await start_rewriter(analytics_database, tmp_path)
        await eventually(lambda: scratch_of(tmp_path))
        await kill(rewriter)
    assert scratch_of(tmp_path)
    await check_and_sweep(engine, analytics_database, tmp_path, segments=SEGMENTS)


@pytest.mark.parametrize(("statement", "relation"), [
    ("LOCK TABLE segments IN SHARE MODE", "segments"),
    ("LOCK TABLE registry IN SHARE MODE", "registry"),
])  # fmt: skip
async def test_killed_after_the_files_are_there_and_before_it_commits(
    engine: Engine, analytics_database: str, tmp_path: Path, statement: str, relation: str
) -> None:
    """Before the first and before the last statement of its transaction."""
    known = await place.names(engine.files)
    async with locked(analytics_database, statement):
        rewriter = await start_rewriter(analytics_database, tmp_path)
        waiting = f"SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = '{relation}'::regclass)"  # noqa: S608
        await eventually(lambda: engine.pool.fetchval(waiting))
        await kill(rewriter)
        # Who waits for a lock does not notice that its client is gone.
        await engine.pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass",
            relation,
        )
    assert known < await place.names(engine.files)
    await check_and_sweep(engine, analytics_database, tmp_path, segments=SEGMENTS)


async def test_killed_after_it_has_committed(engine: Engine, analytics_database: str, tmp_path: Path) -> None:
    rewriter = await start_rewriter(analytics_database, tmp_path)
    await eventually(lambda: engine.pool.fetchval("SELECT count(*) = $1 FROM segments", SEGMENTS + 1))
    await kill(rewriter)
    await check_and_sweep(engine, analytics_database, tmp_path, segments=1)
