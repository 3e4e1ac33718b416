"""The job that keeps segments few: a piece at a time, until nothing is to be done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from services.analytics.segments.merging import ERASE_WITHIN, Merging
from services.analytics.segments.turn import rewriting_turn
from services.common.clock import SystemClock
from tests.support.clicks import OWNER, random_clicks
from tests.support.clock import FakeClock
from tests.support.engine import Engine
from tests.support.rewriting import check_answers, check_sums, erase_link

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CLICKS = random_clicks(22, 500, datetime(2026, 1, 3, tzinfo=UTC), timedelta(days=50))


@pytest.fixture
async def engine(engine: Engine) -> Engine:
    """Run an engine with five segments of January and five of February."""
    for first in range(0, 500, 100):
        await engine.store(CLICKS[first : first + 100], NOW)
        await engine.settle()
    return engine


@pytest.fixture
def clock() -> FakeClock:
    """Stand where PostgreSQL's clock is, which says when segments were added."""
    return FakeClock(SystemClock().now())


async def test_it_merges_until_nothing_is_to_be_done(engine: Engine, clock: FakeClock, tmp_path: Path) -> None:
    merging = Merging(engine.pool, engine.rewriting, clock)
    assert len(await engine.segments()) == 10
    assert [await merging.merge_one() for _ in range(3)] == [True, True, False]
    assert [segment.month.month for segment in await engine.segments()] == [1, 2]
    await check_answers(engine, CLICKS, NOW)
    await check_sums(engine, tmp_path / "segments")


async def test_it_leaves_the_work_to_who_has_the_turn(engine: Engine, clock: FakeClock) -> None:
    async with rewriting_turn(engine.pool):
        assert not await Merging(engine.pool, engine.rewriting, clock).merge_one()
    assert len(await engine.segments()) == 10


async def test_what_was_erased_is_gone_from_files_in_time(engine: Engine, clock: FakeClock, tmp_path: Path) -> None:
    """Also from a segment that nothing else would rewrite, and from one without raw clicks."""
    merging = Merging(engine.pool, engine.rewriting, clock)
    while await merging.merge_one():
        pass
    january, february = await engine.segments()
    await engine.rewriting.rewrite([january], keep_clicks=False)
    await erase_link(engine, OWNER, 1)
    assert not await merging.merge_one()
    clock.advance(ERASE_WITHIN + timedelta(minutes=1))
    assert [await merging.merge_one() for _ in range(3)] == [True, True, False]
    rewritten = await engine.segments()
    assert {january.name, february.name}.isdisjoint(segment.name for segment in rewritten)
    with duckdb.connect() as duck:
        for segment in rewritten:
            for kind in {kind for kind in segment.files if kind != "visitors" and not kind.startswith("owner_")}:
                path = str(tmp_path / "segments" / segment.files[kind].name)
                found = duck.execute(
                    "SELECT count(*), count(*) FILTER (WHERE link_id = 1 AND owner_id = $2) FROM read_parquet($1)",
                    [path, OWNER],
                ).fetchone()
                assert found is not None
                assert found[0] > 0 == found[1]
