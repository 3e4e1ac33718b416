"""Classifying stored clicks anew: no total changes, and it may be killed and run at any time."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from services.analytics.domain.classes import DEFINITION, ClickClass, class_of
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Query, Report
from services.analytics.segments.turn import rewriting_turn
from services.analytics.store.reclassification import Progress, Reclassification
from tests.support.clicks import BROWSER, OWNER, click, random_clicks
from tests.support.engine import Engine
from tests.support.rewriting import check_answers, check_sums
from tests.support.wait import eventually

START = datetime(2026, 1, 20, tzinfo=UTC)
NOW = START + timedelta(days=60)
AGENTS = [(BROWSER, ""), (BROWSER, "prefetch"), ("curl/8.1.2", ""), ("Twitterbot/1.0", ""), ("kube-probe/1.27", ""),
          ("Barracuda Sentinel (EE)", "")]  # fmt: skip


def old_clicks(seed: int, count: int) -> list[Click]:
    """Build clicks as the first definition stored them: it knew no classes, and took prefetches for people."""
    clicks = random_clicks(seed, count, START, timedelta(days=50))
    agents = [AGENTS[index % len(AGENTS)] for index in range(count)]
    return [
        replace(
            item,
            user_agent=user_agent,
            purpose=purpose,
            is_bot=user_agent != BROWSER,
            click_class=ClickClass.UNCLASSIFIED,
            definition=1,
        )
        for item, (user_agent, purpose) in zip(clicks, agents, strict=True)
    ]


def renewed(clicks: Sequence[Click]) -> list[Click]:
    """Return clicks as the program's definition has them."""
    found = [class_of(item.user_agent, item.purpose) for item in clicks]
    return [
        replace(item, click_class=each, is_bot=each is not ClickClass.PERSON, definition=DEFINITION)
        for item, each in zip(clicks, found, strict=True)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the segments are."""
    return tmp_path / "segments"


async def store(engine: Engine, clicks: Sequence[Click]) -> None:
    """Store clicks: two thirds of them in segments, of two turns, and the others in landing."""
    third = len(clicks) // 3
    for some in (clicks[:third], clicks[third : 2 * third]):
        await engine.store(some, NOW)
        await engine.settle()
    await engine.store(clicks[2 * third :], NOW)


def reclassification(engine: Engine, batch_rows: int = 37) -> Reclassification:
    return Reclassification(
        engine.pool, engine.rewriting, definition=DEFINITION, class_of=class_of, batch_rows=batch_rows
    )


def ignore(_: str, __: Progress) -> None:
    """Take progress and do nothing."""


async def start_command(url: str, folder: Path) -> asyncio.subprocess.Process:
    """Run python -m services.analytics reclassify."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.analytics",
        "reclassify",
        env={**plain, "LINKMETER_POSTGRES_URL": url, "LINKMETER_SEGMENTS": str(folder)},
        stderr=asyncio.subprocess.PIPE,
    )


async def definitions(engine: Engine) -> list[int]:
    return sorted(segment.definition for segment in await engine.segments())


async def check_classes(engine: Engine, folder: Path) -> None:
    """Compare every click, wherever it is, with what the definition says of it."""
    rows = []
    for table in ("landing", "orphans"):
        statement = f"SELECT user_agent, purpose, click_class, is_bot, definition FROM {table}"  # noqa: S608
        rows += [tuple(row) for row in await engine.pool.fetch(statement)]
    files = [str(folder / segment.name / "clicks.parquet") for segment in await engine.segments()]
    with duckdb.connect() as duck:
        select = "SELECT user_agent, purpose, click_class, is_bot, definition FROM read_parquet($1)"
        rows += duck.execute(select, [files]).fetchall() if files else []
    assert rows
    for user_agent, purpose, *found in rows:
        expected = class_of(user_agent, purpose)
        assert found == [expected, expected is not ClickClass.PERSON, DEFINITION]
    assert {*await definitions(engine)} <= {DEFINITION}


async def test_classes_and_human_counts_follow_the_definition_and_no_total_changes(
    engine: Engine, folder: Path
) -> None:
    """In segments and in landing; whoever asked before sees the new classes of the newest clicks, too."""
    clicks = old_clicks(3, 420)
    await store(engine, clicks)
    await check_answers(engine, clicks, NOW)
    await reclassification(engine).run(ignore)
    await check_answers(engine, renewed(clicks), NOW)
    await check_classes(engine, folder)
    await check_sums(engine, folder)


async def test_orphan_visits_are_classified_too(engine: Engine, folder: Path) -> None:
    orphans = [replace(item, link_id=0, owner_id=0) for item in old_clicks(4, 90)]
    await engine.store(orphans, NOW)
    seen: list[tuple[str, Progress]] = []
    await reclassification(engine).run(lambda table, progress: seen.append((table, progress)))
    await check_classes(engine, folder)
    assert [(table, progress.seen) for table, progress in seen] == [
        ("clicks", 0), ("orphans", 37), ("orphans", 74), ("orphans", 90)
    ]  # fmt: skip


async def test_answers_that_are_kept_know_the_new_classes_of_orphan_visits(engine: Engine) -> None:
    orphans = [replace(item, link_id=0, owner_id=OWNER) for item in old_clicks(4, 90)]
    await engine.store(orphans, NOW)
    query = Query(
        audience=Audience(owner_id=OWNER),
        filters=(Filter(dimension=Dimension.DOMAIN, values=frozenset({"lm.example"})),),
        with_orphans=True,
        start=START,
        end=NOW,
        reports=(Report(metrics=(Metric.HUMAN_CLICKS,)),),
    )

    async def people() -> int:
        return (await engine.ask(query, NOW)).results[0][0].metrics[0]

    before = sum(not item.is_bot for item in orphans)
    after = sum(not item.is_bot for item in renewed(orphans))
    assert before > after > 0
    assert await people() == before
    await reclassification(engine).run(ignore)
    assert await people() == after


async def test_clicks_without_raw_ones_stay_as_they_were_counted(engine: Engine) -> None:
    """Their sums cannot be told apart any more; and nobody tries for ever."""
    await engine.store(old_clicks(10, 60), NOW)
    await engine.settle()
    for segment in await engine.segments():
        await engine.rewriting.rewrite([segment], keep_clicks=False)
    before = await engine.segments()
    await reclassification(engine).run(ignore)
    assert await engine.segments() == before


async def test_progress_tells_what_was_seen_and_changed(engine: Engine) -> None:
    clicks = old_clicks(11, 90)
    await store(engine, clicks)
    seen: list[Progress] = []
    await reclassification(engine).run(lambda table, each: seen.append(each) if table == "clicks" else None)
    changed = sum(
        before.click_class is not after.click_class for before, after in zip(clicks, renewed(clicks), strict=True)
    )
    assert seen[-1] == Progress(90, changed, is_finished=True)
    assert not any(each.is_finished for each in seen[:-1])
    assert [each.seen for each in seen] == sorted(each.seen for each in seen)


async def test_runs_at_once_and_clicks_that_come_in_meanwhile_agree(engine: Engine, folder: Path) -> None:
    """Two runs take turns, clicks come in and are settled, and a link is erased in between."""
    old, new = old_clicks(7, 300), renewed(old_clicks(8, 100))
    await store(engine, old)

    async def come_in() -> None:
        await engine.store(new, NOW)
        await engine.settle()

    await asyncio.gather(reclassification(engine, 20).run(ignore), reclassification(engine, 20).run(ignore), come_in())
    await engine.erasure.of_link(Audience(owner_id=OWNER), 2)
    kept = [item for item in [*renewed(old), *new] if (item.owner_id, item.link_id) != (OWNER, 2)]
    await check_answers(engine, kept, NOW)
    await check_classes(engine, folder)


async def test_the_command_may_be_killed_and_goes_on(engine: Engine, analytics_database: str, folder: Path) -> None:
    """SIGKILL before the last segment is committed: those before are not seen again, this one is as it was."""
    clicks = old_clicks(6, 300)
    await store(engine, clicks)
    count = len(await engine.segments())
    last = max(segment.id for segment in await engine.segments())
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with engine.pool.acquire() as other, other.transaction():
        # Who replaces the last segment waits here.
        await other.fetch("SELECT FROM segments WHERE id = $1 FOR UPDATE", last)
        command = await start_command(analytics_database, folder)
        pid = await eventually(lambda: engine.pool.fetchval(waiting))
        command.kill()
        await command.communicate()
        await other.execute("SELECT pg_terminate_backend($1)", pid)
    left = (await definitions(engine)).count(1)
    (seen_again,) = [segment.rows for segment in await engine.segments() if segment.definition == 1]
    assert (count > 2, left) == (True, 1)
    command = await start_command(analytics_database, folder)
    _, said = await command.communicate()
    assert command.returncode == 0, said
    await check_answers(engine, renewed(clicks), NOW)
    await check_classes(engine, folder)
    await check_sums(engine, folder)
    reports = [json.loads(line) for line in said.splitlines()]
    steps = [report for report in reports if report.get("table") == "clicks"]
    assert [step["seen"] for step in steps] == [seen_again] * 2
    assert [step["event"] for step in steps] == ["reclassifying", "reclassified"]


async def test_it_waits_for_those_who_rewrite(engine: Engine, folder: Path) -> None:
    await store(engine, old_clicks(12, 60))
    async with rewriting_turn(engine.pool):
        running = asyncio.create_task(reclassification(engine).run(ignore))
        await eventually(lambda: engine.pool.fetchval("SELECT landing_version > 0 FROM registry"))
        assert {*await definitions(engine)} == {1}
    await running
    await check_classes(engine, folder)


async def test_another_pass_finds_what_came_in_by_an_older_program(engine: Engine, folder: Path) -> None:
    """During a deploy, old and new write side by side; a finished pass can be run again."""
    await store(engine, old_clicks(9, 60))
    await reclassification(engine).run(ignore)
    late = click(START, definition=1, click_class=ClickClass.UNCLASSIFIED, link_id=1)
    await engine.store([late, replace(late, link_id=0, owner_id=0)], NOW)
    await reclassification(engine).run(ignore)
    await check_classes(engine, folder)
