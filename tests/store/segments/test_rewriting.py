"""Segments that stand in for others answer as these did, less what was erased from them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import duckdb
import pytest

from services.analytics.domain.click import Click
from services.analytics.segments.registry import Replaced, Segment
from services.analytics.segments.rewriting import Rewritten
from services.analytics.segments.turn import TurnTaken, rewriting_turn
from tests.support.clicks import OWNER, random_clicks
from tests.support.engine import Engine
from tests.support.rewriting import check_answers, check_sums, erase_link
from tests.support.wait import eventually

START = datetime(2026, 1, 3, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
# Two months, in three turns of settling.
CLICKS = random_clicks(21, 600, START, timedelta(days=50))
TURNS = (CLICKS[:200], CLICKS[200:400], CLICKS[400:])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the segments are."""
    return tmp_path / "segments"


async def settle(engine: Engine, turns: Sequence[Sequence[Click]] = TURNS) -> None:
    for clicks in turns:
        await engine.store(clicks, NOW)
        await engine.settle()


async def of_month(engine: Engine, month: int) -> tuple[Segment, ...]:
    return tuple(segment for segment in await engine.segments() if segment.month.month == month)


def segments_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("[!.]*")}


async def merge_months(engine: Engine) -> None:
    for month in (1, 2):
        await engine.rewriting.rewrite(await of_month(engine, month))


def less(clicks: Sequence[Click], owner_id: int, link_id: int) -> list[Click]:
    return [item for item in clicks if (item.owner_id, item.link_id) != (owner_id, link_id)]


async def test_merged_segments_answer_as_before(engine: Engine, folder: Path) -> None:
    """Also about visitors: their numbers are those that they had."""
    await settle(engine)
    await check_answers(engine, CLICKS, NOW)
    before = await of_month(engine, 1)
    await merge_months(engine)
    (january,), (_,) = await of_month(engine, 1), await of_month(engine, 2)
    assert len(before) == 3
    assert (january.rows, january.first_time, january.last_time) == (
        sum(segment.rows for segment in before),
        min(segment.first_time for segment in before),
        max(segment.last_time for segment in before),
    )
    await check_answers(engine, CLICKS, NOW)
    await check_sums(engine, folder)


async def test_clicks_that_come_afterwards_know_their_visitors(engine: Engine) -> None:
    await settle(engine, TURNS[:2])
    await merge_months(engine)
    await settle(engine, TURNS[2:])
    await check_answers(engine, CLICKS, NOW)


async def test_erased_clicks_are_gone_from_files_and_later_ones_stay(engine: Engine, folder: Path) -> None:
    """An erasure is applied to what was settled before it, and not to clicks of the same link that came afterwards."""
    await settle(engine, TURNS[:2])
    await erase_link(engine, OWNER, 1)
    await settle(engine, TURNS[2:])
    kept = [*less([*TURNS[0], *TURNS[1]], OWNER, 1), *TURNS[2]]
    await check_answers(engine, kept, NOW)
    await merge_months(engine)
    await check_answers(engine, kept, NOW)
    await check_sums(engine, folder)
    (january,), (february,) = await of_month(engine, 1), await of_month(engine, 2)
    with duckdb.connect() as duck:
        files = [str(folder / segment.files["clicks"].name) for segment in (january, february)]  # type: ignore[index]
        found = duck.execute(
            "SELECT count(*) FROM read_parquet($1) WHERE owner_id = $2 AND link_id = 1", [files, OWNER]
        ).fetchone()
    assert found == (len(CLICKS[400:]) - len(less(CLICKS[400:], OWNER, 1)),)
    assert {january.erasures_applied, february.erasures_applied} == {1}


async def test_what_was_never_there_costs_no_new_files(engine: Engine) -> None:
    await settle(engine, TURNS[:1])
    (before,) = await of_month(engine, 1)
    await erase_link(engine, OWNER, 999)
    assert await engine.rewriting.rewrite([before]) == Rewritten(segments=0, rows=before.rows)
    (after,) = await of_month(engine, 1)
    assert (after.id, after.files, after.erasures_applied) == (before.id, before.files, 1)
    await check_answers(engine, TURNS[0], NOW)


async def test_when_all_clicks_are_erased_visitors_keep_their_numbers(engine: Engine) -> None:
    """The numbers of visitors that are in other segments, too, were first given in the one that is empty now."""
    first = [item for item in CLICKS if (item.link_id, item.owner_id) == (1, OWNER) and item.time.month == 1]
    rest = less(CLICKS, OWNER, 1)
    await settle(engine, [first, rest[:200]])
    await erase_link(engine, OWNER, 1)
    oldest = (await of_month(engine, 1))[0]
    assert oldest.rows == len(first)
    await engine.rewriting.rewrite([oldest])
    await settle(engine, [rest[200:]])
    assert min(segment.rows for segment in await of_month(engine, 1)) == 0
    await check_answers(engine, rest, NOW)


async def test_dropped_clicks_leave_sums(engine: Engine, folder: Path) -> None:
    await settle(engine)
    for segments in (await of_month(engine, 1), await of_month(engine, 2)):
        rows = sum(segment.rows for segment in segments)
        assert await engine.rewriting.rewrite(segments, keep_clicks=False) == Rewritten(segments=1, rows=rows)
    for segment in await engine.segments():
        assert not segment.has_clicks
        assert not (folder / segment.name / "clicks.parquet").exists()
        # The quarters of an hour that the clicks are in.
        assert segment.first_time.timestamp() % 900 == 0
        assert (segment.last_time + timedelta(microseconds=1)).timestamp() % 900 == 0


async def test_only_segments_of_one_month_become_one(engine: Engine) -> None:
    await settle(engine)
    with pytest.raises(ValueError, match="one month"):
        await engine.rewriting.rewrite(await engine.segments())


async def test_clicks_cannot_be_kept_where_there_are_none(engine: Engine) -> None:
    await settle(engine)
    old = await of_month(engine, 1)
    await engine.rewriting.rewrite(old[:1], keep_clicks=False)
    with pytest.raises(ValueError, match="cannot be kept"):
        await engine.rewriting.rewrite(await of_month(engine, 1))


async def test_only_one_rewrites_at_a_time(engine: Engine) -> None:
    await settle(engine)
    old = await of_month(engine, 1)
    async with rewriting_turn(engine.pool):
        with pytest.raises(TurnTaken):
            await engine.rewriting.rewrite(old)
    assert await of_month(engine, 1) == old
    await engine.rewriting.rewrite(old)


async def test_what_others_have_replaced_is_not_replaced_again(engine: Engine) -> None:
    await settle(engine)
    old = await of_month(engine, 1)
    await engine.rewriting.rewrite(old)
    after = await engine.segments()
    with pytest.raises(Replaced):
        await engine.rewriting.rewrite(old[:2])
    assert await engine.segments() == after


async def test_who_lost_the_turn_commits_nothing(engine: Engine, analytics_database: str, folder: Path) -> None:
    """The connection dies after the files were written: another one has the turn by then."""
    await settle(engine)
    old = await of_month(engine, 1)
    other = await asyncpg.connect(analytics_database, server_settings={"search_path": "analytics"})
    known = segments_in(folder)
    try:
        # Whoever registers waits here.
        async with other.transaction():
            await other.execute("LOCK TABLE segments IN SHARE MODE")
            rewriting = asyncio.create_task(engine.rewriting.rewrite(old))
            victim = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'segments'::regclass"
            pid = await eventually(lambda: other.fetchval(victim))
            await other.execute("SELECT pg_terminate_backend($1)", pid)
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                await rewriting
    finally:
        await other.close()
    assert await of_month(engine, 1) == old
    assert len(segments_in(folder) - known) == 1
    await engine.rewriting.rewrite(old)
    await check_answers(engine, CLICKS, NOW)


async def test_questions_settling_and_erasing_meanwhile(engine: Engine) -> None:
    """Whatever the order: every answer is that of all clicks that were acknowledged, less those that were erased."""
    await settle(engine, TURNS[:2])

    async def rewrite_all() -> None:
        for month in (1, 2) * 3:
            try:
                await engine.rewriting.rewrite(await of_month(engine, month))
            except Replaced:
                pytest.fail("nobody else rewrites")

    async def ask() -> None:
        for _ in range(3):
            await check_answers(engine, [*TURNS[0], *TURNS[1]], NOW)

    await asyncio.gather(rewrite_all(), ask())
    await engine.store(TURNS[2], NOW)
    await asyncio.gather(rewrite_all(), engine.settle(), erase_link(engine, OWNER, 2))
    kept = less(CLICKS, OWNER, 2)
    await check_answers(engine, kept, NOW)
    await merge_months(engine)
    await check_answers(engine, kept, NOW)
