"""Classifying stored clicks anew: no total changes, and it may be killed and run at any time."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.analytics.domain.classes import DEFINITION, ClickClass, class_of
from services.analytics.domain.click import Click
from services.analytics.domain.query import Audience
from services.analytics.store import rollups
from services.analytics.store.click_rows import COLUMNS, click_of
from services.analytics.store.clicks import ClickWriter
from services.analytics.store.erasure import Erasure
from services.analytics.store.partitions import Partitions
from services.analytics.store.reclassification import Progress, Reclassification
from services.runtime.postgres import Pool, open_pool
from tests.support.clicks import BROWSER, OWNER, batch, click, random_clicks
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


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(url, "analytics")
    try:
        yield pool
    finally:
        await pool.close()


async def store(pool: Pool, clicks: Sequence[Click]) -> None:
    writer, source = ClickWriter(pool, Partitions(pool)), uuid4()
    for first in range(0, len(clicks), 50):
        await writer.store(batch(source, clicks[first : first + 50], first=first + 1), NOW)


def reclassification(pool: Pool, batch_rows: int = 37) -> Reclassification:
    return Reclassification(pool, definition=DEFINITION, class_of=class_of, batch_rows=batch_rows)


def ignore(_: str, __: Progress) -> None:
    """Take progress and do nothing."""


async def start_command(url: str) -> asyncio.subprocess.Process:
    """Run python -m services.analytics reclassify."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.analytics",
        "reclassify",
        env={**plain, "LINKMETER_POSTGRES_URL": url},
        stderr=asyncio.subprocess.PIPE,
    )


async def totals(pool: Pool) -> dict[tuple[object, ...], int]:
    """Read all clicks of the totals, people and programs together."""
    rows = await pool.fetch("SELECT link_id, start, owner_id, clicks FROM totals")
    return {tuple(row)[:3]: row["clicks"] for row in rows}


async def check_sums(pool: Pool) -> None:
    """Compare every row of the sums with a naive count over the raw clicks."""
    rows = await pool.fetch(f"SELECT {', '.join(COLUMNS)} FROM clicks")  # noqa: S608
    clicks = [click_of(dict(row)) for row in rows]
    expected_totals, expected_daily = rollups.sums(clicks)
    found = await pool.fetch("SELECT link_id, start, owner_id, clicks, human_clicks FROM totals")
    assert {tuple(row)[:3]: list(tuple(row)[3:]) for row in found} == expected_totals
    found = await pool.fetch(
        "SELECT link_id, dimension, day, value, detail, owner_id, clicks, human_clicks FROM daily "
        "WHERE clicks <> 0 OR human_clicks <> 0"
    )
    assert {tuple(row)[:6]: list(tuple(row)[6:]) for row in found} == expected_daily


async def check_classes(pool: Pool, table: str = "clicks") -> None:
    """Compare every click with what the definition says of it."""
    rows = await pool.fetch(f"SELECT user_agent, purpose, click_class, is_bot, definition FROM {table}")  # noqa: S608
    for row in rows:
        expected = class_of(row["user_agent"], row["purpose"])
        assert (row["click_class"], row["is_bot"], row["definition"]) == (
            expected,
            expected is not ClickClass.PERSON,
            DEFINITION,
        )


async def test_classes_and_human_counts_follow_the_definition_and_no_total_changes(analytics_database: str) -> None:
    async with opened(analytics_database) as pool:
        await store(pool, old_clicks(3, 400))
        before = await totals(pool)
        await reclassification(pool).run(ignore)
        assert await totals(pool) == before
        await check_classes(pool)
        await check_sums(pool)


async def test_orphan_visits_are_classified_too(analytics_database: str) -> None:
    orphans = [replace(item, link_id=0, owner_id=0) for item in old_clicks(4, 90)]
    async with opened(analytics_database) as pool:
        await store(pool, orphans)
        await reclassification(pool).run(ignore)
        await check_classes(pool, "orphans")
        assert await totals(pool) == {}


async def test_a_run_that_dies_changes_nothing_by_halves_and_the_next_goes_on(
    analytics_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch that it died in is as it was; the batches before are not seen again."""
    real, calls = rollups.replace, []

    async def dies(*arguments: object) -> None:
        calls.append(arguments)
        await real(*arguments)  # type: ignore[arg-type]
        if len(calls) == 4:
            raise ConnectionError("the server went away")

    seen: list[tuple[str, Progress]] = []
    async with opened(analytics_database) as pool:
        await store(pool, old_clicks(5, 300))
        before = await totals(pool)
        with monkeypatch.context() as patched:
            patched.setattr(rollups, "replace", dies)
            with pytest.raises(ConnectionError):
                await reclassification(pool).run(ignore)
        assert await totals(pool) == before
        await check_sums(pool)
        assert await pool.fetchval("SELECT count(*) FROM clicks WHERE definition = $1", DEFINITION) == 3 * 37
        await reclassification(pool).run(lambda table, progress: seen.append((table, progress)))
        await check_classes(pool)
        await check_sums(pool)
        assert await totals(pool) == before
    assert seen[0] == ("clicks", Progress(4 * 37, seen[0][1].changed, is_finished=False))
    assert [progress.seen for table, progress in seen if progress.is_finished] == [300, 0]


async def test_runs_at_once_and_clicks_that_come_in_meanwhile_agree(analytics_database: str) -> None:
    """Two runs take turns, batches are added to the same sums, and a link is forgotten in between."""
    new = [replace(item, definition=DEFINITION, click_class=class_of(item.user_agent, item.purpose),
                   is_bot=class_of(item.user_agent, item.purpose) is not ClickClass.PERSON)
           for item in old_clicks(8, 300)]  # fmt: skip
    async with opened(analytics_database) as pool:
        await store(pool, old_clicks(7, 600))
        await asyncio.gather(
            reclassification(pool, 20).run(ignore),
            reclassification(pool, 20).run(ignore),
            store(pool, new),
            Erasure(pool).of_link(Audience(owner_id=OWNER), 2),
        )
        await check_classes(pool)
        await check_sums(pool)
        assert sum((await totals(pool)).values()) == await pool.fetchval("SELECT count(*) FROM clicks")


async def test_the_command_may_be_killed_and_goes_on(analytics_database: str) -> None:
    """SIGKILL in the middle of the second batch: the first is not seen again, the second as if nothing had been."""
    last = "SELECT sequence FROM clicks ORDER BY link_id DESC, time DESC, source DESC, sequence DESC LIMIT 1 FOR UPDATE"
    async with opened(analytics_database) as pool:
        await store(pool, old_clicks(6, 2500))
        before = await totals(pool)
        async with pool.acquire() as other, other.transaction():
            # The second batch waits for its last click.
            await other.fetch(last)
            command = await start_command(analytics_database)
            await eventually(lambda: pool.fetchval("SELECT sum(seen)::int = 2000 FROM reclassifications"), 30)
            command.kill()
            await command.communicate()
        assert await totals(pool) == before
        await check_sums(pool)
        command = await start_command(analytics_database)
        _, said = await command.communicate()
        assert command.returncode == 0, said
        await check_classes(pool)
        await check_sums(pool)
        assert await totals(pool) == before
    reports = [json.loads(line) for line in said.splitlines()]
    seen = [report["seen"] for report in reports if report.get("table") == "clicks"]
    assert seen == [2500]


async def test_another_pass_finds_what_came_in_by_an_older_program(analytics_database: str) -> None:
    """During a deploy, old and new write side by side; a finished pass can be run again."""
    async with opened(analytics_database) as pool:
        await store(pool, old_clicks(9, 60))
        await reclassification(pool).run(ignore)
        await store(pool, [click(START, definition=1, click_class=ClickClass.UNCLASSIFIED, link_id=1)])
        await reclassification(pool).run(ignore)
        await check_classes(pool)
        await check_sums(pool)


async def test_rows_of_a_program_that_knows_no_classes_have_none(analytics_database: str) -> None:
    """R16: it writes neither column, and no sum of the dimension."""
    old = [name for name in COLUMNS if name not in {"click_class", "definition"}]
    async with opened(analytics_database) as pool:
        await store(pool, [click(START)])
        names = ", ".join(old)
        next_row = names.replace("sequence", "sequence + 1")
        await pool.execute(f"INSERT INTO clicks ({names}) SELECT {next_row} FROM clicks")  # noqa: S608
        rows = await pool.fetch("SELECT click_class, definition FROM clicks ORDER BY sequence")
    assert [tuple(row) for row in rows] == [(ClickClass.PERSON, DEFINITION), (ClickClass.UNCLASSIFIED, 1)]
