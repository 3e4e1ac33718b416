"""Clicks that an older version stored in tables become segments, and no answer changes by it."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Query, Report
from services.analytics.segments.conversion import Conversion, Progress
from services.common.errors import Unavailable
from tests.store.analytics.drawn_queries import CLICKS as DRAWN
from tests.store.analytics.drawn_queries import NOW, START, queries
from tests.store.analytics.naive_count import naive
from tests.support.clicks import OWNER
from tests.support.engine import Engine, running_engine
from tests.support.make_run import ROOT
from tests.support.old_tables import connect, make_old_database, migrate_to_new, store_as_before
from tests.support.postgres import TestPostgres

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# With hashes of visitors as long as real ones.
CLICKS = [replace(item, visitor=hashlib.sha256(item.visitor).digest()[:12]) for item in DRAWN]
# The older version stored these, and the others came in afterwards.
OLD = CLICKS[:1000]
# Clicks before were late when they came: they are in the partition of all else.
PARTITIONS_FROM = date(2025, 5, 1)
OWNERS = Audience(owner_id=OWNER)


async def prepare(url: str, folder: Path) -> None:
    """Make the database of an older version, with clicks of two outboxes."""
    await make_old_database(url, folder / "migrations-of-before")
    connection = await connect(url)
    try:
        for clicks in (OLD[:300], OLD[300:]):
            await store_as_before(connection, clicks, partitions_from=PARTITIONS_FROM)
    finally:
        await connection.close()


@asynccontextmanager
async def migrated(url: str, folder: Path) -> AsyncIterator[Engine]:
    """Prepare a database, migrate it, and open a replica on it."""
    await prepare(url, folder)
    assert "0010_conversion.sql" in await migrate_to_new(url)
    async with running_engine(url, folder) as opened:
        yield opened


def conversion(opened: Engine, pages: int = 3) -> Conversion:
    """Return a conversion in pieces that are small."""
    return Conversion(opened.pool, opened.files, opened.limits, pages_of_a_piece=pages)


async def assert_converted(opened: Engine, *, rows: int = len(OLD)) -> None:
    """Require that each click is in the segments once, and that nothing is left of the old tables."""
    assert await opened.pool.fetchval("SELECT sum(rows)::bigint FROM segments WHERE retired_time IS NULL") == rows
    assert await opened.pool.fetchval("SELECT sum(clicks)::bigint FROM conversion") == len(OLD)
    left = "SELECT relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relname ~ '^(old|clicks)_'"
    assert await opened.pool.fetch(left) == []


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted installation."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def converted(postgres_server: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Converted]:
    """Lend an installation that was converted while clicks came in and were settled, to tests that only read."""
    folder = tmp_path_factory.mktemp("converted")

    async def convert(url: str) -> None:
        async with migrated(url, folder) as opened:
            source = uuid4()
            new = CLICKS[len(OLD) :]
            await opened.store(new[:100], NOW, source=source)
            await asyncio.gather(
                conversion(opened).run(lambda _: None),
                opened.settle(),
                opened.store(new[100:], NOW, source=source, first=101),
            )

    with postgres_server.database() as url:
        asyncio.run(convert(url))
        yield Converted(url, folder)


@SETTINGS
@given(query=queries())
async def test_every_report_equals_a_naive_count(converted: Converted, query: Query) -> None:
    """Random zones, windows, filters, groupings and orders, over old clicks and new ones."""
    async with running_engine(converted.url, converted.folder) as opened:
        result = await opened.ask(query, NOW)
    for report, rows in zip(query.reports, result.results, strict=True):
        assert list(rows) == naive(query, report, CLICKS, NOW)


async def test_nothing_is_left_of_the_old_tables(converted: Converted) -> None:
    """No table, and nothing that is still to be settled of what is in segments."""
    async with running_engine(converted.url, converted.folder) as opened:
        await opened.settle()
        await assert_converted(opened, rows=len(CLICKS))
        assert await opened.pool.fetchval("SELECT bool_and(up_to = mark) FROM settled JOIN sources USING (source)")
        result = await opened.ask(Query(audience=OWNERS, reports=(Report(),)), NOW)
    own = [item.time for item in CLICKS if item.owner_id == OWNER]
    assert (result.start, result.first_click_time, result.last_click_time) == (min(own), min(own), max(own))


class _Enough(Exception):
    """Ends a conversion between two pieces."""


async def test_questions_wait_until_all_is_converted(postgres_url: str, tmp_path: Path) -> None:
    """Half of the clicks would be a wrong answer; clicks come in meanwhile, and count afterwards."""
    async with migrated(postgres_url, tmp_path) as opened:
        parts = await opened.pool.fetchval("SELECT count(*) FROM conversion")
        query = Query(audience=OWNERS, reports=(Report(),))
        pieces: list[Progress] = []

        def stop_at_times(progress: Progress) -> None:
            pieces.append(progress)
            if len(pieces) in {1, 8} or progress.parts_done == parts - 1:
                raise _Enough

        with pytest.raises(Unavailable, match=f"are being converted: 0 of {parts} parts are done"):
            await opened.ask(query, NOW)
        for _ in range(3):
            with pytest.raises(_Enough):
                await conversion(opened).run(stop_at_times)
            done = f"{pieces[-1].parts_done} of {parts} parts are done"
            with pytest.raises(Unavailable, match=done):
                await opened.ask(query, NOW)
            with pytest.raises(Unavailable, match=done):
                await opened.erasure.of_link(OWNERS, 1)
        assert {each.parts_done for each in pieces} == set(range(parts))
        await opened.store(CLICKS[len(OLD) :], NOW)
        await conversion(opened).run(lambda _: None)
        (rows,) = (await opened.ask(query, NOW)).results
        assert rows[0].metrics[0] == sum(item.owner_id == OWNER for item in CLICKS)


@pytest.mark.parametrize("step", ["files", "pieces"])
async def test_killed_at_any_step_it_goes_on(postgres_url: str, tmp_path: Path, step: str) -> None:
    """While files are brought to their place, which no row names yet, and after a commit: no click is lost or twice."""
    async with migrated(postgres_url, tmp_path) as opened:
        for count in (1, 4, 9):
            arguments = ["-m", "tests.support.killed_conversion", postgres_url, str(tmp_path), str(count), step]
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert child.stdout is not None
            assert await child.stdout.readline() == b"stopped\n"
            child.kill()
            assert await child.wait() == -signal.SIGKILL
        converted = await opened.pool.fetchval("SELECT sum(clicks)::bigint FROM conversion")
        assert 0 < converted < len(OLD)
        await opened.store(CLICKS[len(OLD) :], NOW)
        await opened.settle()
        await conversion(opened).run(lambda _: None)
        await assert_converted(opened, rows=len(CLICKS))
        for dimension in (Dimension.CITY, Dimension.CODE):
            report = Report(dimensions=(dimension,), metrics=(Metric.CLICKS, Metric.VISITORS), limit=10_000)
            query = Query(audience=OWNERS, reports=(report,))
            (rows,) = (await opened.ask(query, NOW)).results
            assert list(rows) == naive(query, report, CLICKS, NOW)


async def test_sums_outlive_raw_clicks(postgres_url: str, tmp_path: Path) -> None:
    """Months beyond retention: every dimension over whole days, from links and from the whole account."""
    raw_since = datetime(2025, 9, 1, tzinfo=UTC)
    await prepare(postgres_url, tmp_path)
    connection = await connect(postgres_url)
    await connection.execute("INSERT INTO retention (raw_since) VALUES ($1)", raw_since)
    for month in (5, 6, 7):
        await connection.execute("SELECT drop_clicks_month($1)", date(2025, month, 1))
    # Of August none was dropped yet, and of the partition of all else only some.
    await connection.execute("DELETE FROM clicks_other WHERE time < '2025-03-10Z'")
    # What a reclassification left of a value that nothing has any more.
    await connection.execute("UPDATE daily SET clicks = 0, human_clicks = 0 WHERE dimension = 4 AND value = 'never'")
    await connection.close()
    await migrate_to_new(postgres_url)
    first, last = START.replace(hour=0, minute=0, second=0), NOW.replace(hour=0, minute=0, second=0)
    people = Filter(dimension=Dimension.IS_BOT, values=frozenset({"false"}))
    links = Filter(dimension=Dimension.LINK, values=frozenset("12"))
    async with running_engine(postgres_url, tmp_path) as opened:
        await conversion(opened).run(lambda _: None)
        await assert_converted(opened)
        for filters in ((), (people,), (links,)):
            for start, end in ((first, last), (first + timedelta(days=40), raw_since - timedelta(days=3))):
                both = (Metric.CLICKS, Metric.HUMAN_CLICKS)
                reports = [Report(), *(Report(dimensions=(each,), metrics=both, limit=10_000) for each in Dimension)]
                for some in (reports[:15], reports[15:]):
                    query = Query(audience=OWNERS, filters=filters, start=start, end=end, reports=tuple(some))
                    result = await opened.ask(query, NOW)
                    assert result.raw_since == raw_since
                    for report, rows in zip(query.reports, result.results, strict=True):
                        assert list(rows) == naive(query, report, OLD, NOW), report.dimensions
        kept = [item for item in OLD if item.owner_id == OWNER and item.time >= raw_since]
        assert len(kept) > 100
        raw = Query(audience=OWNERS, reports=(Report(metrics=(Metric.VISITORS, Metric.CLICKS)),))
        (rows,) = (await opened.ask(raw, NOW)).results
        assert rows[0].metrics == (len({item.visitor for item in kept}), len(kept))


async def test_converted_sums_are_segments_like_others(postgres_url: str, tmp_path: Path) -> None:
    """A late click of such a month joins them when its raw row is dropped, and they can be erased."""
    raw_since = datetime(2025, 6, 1, tzinfo=UTC)
    await prepare(postgres_url, tmp_path)
    connection = await connect(postgres_url)
    await connection.execute("INSERT INTO retention (raw_since) VALUES ($1)", raw_since)
    await connection.close()
    await migrate_to_new(postgres_url)
    late = [item for item in CLICKS[len(OLD) :] if item.time < raw_since]
    async with running_engine(postgres_url, tmp_path) as opened:
        await conversion(opened).run(lambda _: None)
        await opened.store(late, NOW)
        await opened.settle()
        for month in sorted({segment.month for segment in await opened.segments() if not segment.has_clicks}):
            of_month = [segment for segment in await opened.segments() if segment.month == month]
            assert len(of_month) == 2
            await opened.rewriting.rewrite(of_month, keep_clicks=False)
        report = Report(dimensions=(Dimension.METHOD,), limit=10_000)
        stored = [*OLD, *late]
        for erased in (0, 2):
            if erased:
                of_link = sum(item.link_id == erased and item.owner_id == OWNER for item in stored)
                assert await opened.erasure.of_link(OWNERS, erased) == of_link
            query = Query(audience=OWNERS, end=raw_since, reports=(Report(), report))
            result = await opened.ask(query, NOW)
            left = [item for item in stored if item.link_id != erased]
            for each, rows in zip(query.reports, result.results, strict=True):
                assert list(rows) == naive(query, each, left, NOW)


async def test_the_command_converts(postgres_url: str, tmp_path: Path) -> None:
    """It says how far it has come, ends when all is done, and has nothing to do the second time."""
    await prepare(postgres_url, tmp_path)
    await migrate_to_new(postgres_url)
    environment = {
        **os.environ,
        "LINKMETER_POSTGRES_URL": postgres_url,
        "LINKMETER_SEGMENTS": str(tmp_path / "segments"),
        "LINKMETER_SEGMENT_CACHE_DIR": str(tmp_path / "cache"),
    }
    said = []
    for _ in range(2):
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.analytics", "convert"),
            cwd=ROOT,
            env=environment,
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await command.communicate()
        assert command.returncode == 0, errors.decode()
        said.append([line for line in map(json.loads, errors.splitlines()) if line["event"] == "clicks_converted"])
    first, second = said
    assert second == []
    assert first[-1]["parts_done"] == first[-1]["parts"] == len({line["part"] for line in first})
    assert sum(line["clicks"] for line in first) == len(OLD)
    async with running_engine(postgres_url, tmp_path) as opened:
        await assert_converted(opened)
        assert (await opened.count(OWNERS, NOW))[:2] == (sum(item.owner_id == OWNER for item in OLD),) * 2


async def test_an_older_program_stores_nothing_more(postgres_url: str, tmp_path: Path) -> None:
    """Its batches fail wholly, and so wait in their outboxes."""
    async with migrated(postgres_url, tmp_path) as opened:
        old = await connect(postgres_url)
        # Of a month that it knows, and of one that it would make.
        with pytest.raises(asyncpg.UndefinedTableError):
            await store_as_before(old, CLICKS[-5:], partitions_from=date.max)
        with pytest.raises(asyncpg.UndefinedFunctionError):
            await store_as_before(old, CLICKS[-5:])
        await old.close()
        assert await opened.pool.fetchval("SELECT sum(mark)::bigint FROM sources") == len(OLD)


async def test_an_installation_without_clicks_has_nothing_to_convert(analytics_database: str, tmp_path: Path) -> None:
    """Questions are answered at once, and there are no old tables."""
    async with running_engine(analytics_database, tmp_path) as opened:
        assert await opened.count(OWNERS, NOW) == (0, 0, 0)
        await conversion(opened).run(lambda progress: pytest.fail(f"{progress} of nothing"))
        assert await opened.pool.fetch("SELECT FROM pg_class WHERE relname ~ '^(old_)?(clicks|totals|daily)$'") == []


async def test_two_at_once_take_turns(postgres_url: str, tmp_path: Path) -> None:
    """As when a second program is started, or a Job and the settler both convert."""
    async with migrated(postgres_url, tmp_path) as opened, running_engine(postgres_url, tmp_path) as other:
        await asyncio.gather(
            *(conversion(each, pages=2).run(lambda _: None) for each in (opened, other, opened)), other.settle()
        )
        await assert_converted(opened)
        numbers = await opened.pool.fetchval("SELECT next_visitor FROM registry")
        assert numbers == len({item.visitor for item in OLD})


async def test_a_reader_of_an_old_table_keeps_nobody_waiting(postgres_url: str, tmp_path: Path) -> None:
    """A backup holds a table while all else is converted; what it holds is dropped the next time."""
    async with migrated(postgres_url, tmp_path) as opened:
        reader = await connect(postgres_url)
        transaction = reader.transaction()
        await transaction.start()
        held = await reader.fetchval("SELECT count(*) FROM clicks_other")
        assert held > 0
        await conversion(opened, pages=1000).run(lambda _: None)
        assert (await opened.count(OWNERS, NOW))[0] == sum(item.owner_id == OWNER for item in OLD)
        # The others' room was given back already.
        filled = "SELECT tableoid::regclass::text AS part, count(*) FROM old_clicks GROUP BY 1"
        assert {row["part"]: row["count"] for row in await opened.pool.fetch(filled)} == {"clicks_other": held}
        await transaction.rollback()
        await reader.close()
        await conversion(opened).run(lambda progress: pytest.fail(f"{progress} of nothing"))
        await assert_converted(opened)
