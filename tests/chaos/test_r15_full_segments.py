"""R15: no room for segments, or no store for them, delays settling; clicks come in and are counted meanwhile."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import duckdb
import pytest

from linkmeter.analytics.v1 import clicks_pb2
from services.analytics.segments.folder import FolderFiles
from services.common.errors import Unavailable
from services.runtime import metrics
from tests.support.analytics import Analytics, running_analytics, running_settle
from tests.support.chaos import small_disk
from tests.support.clicks import random_clicks, recorded_click
from tests.support.clock import FakeClock
from tests.support.engine import running_engine
from tests.support.object_store import BUCKET, running_object_store
from tests.support.rewriting import check_answers
from tests.support.segments import names
from tests.support.settled import check_settled, placed
from tests.support.wait import eventually

NOW = FakeClock().now()
LATELY = NOW - timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=3)
_PAGE = 4096


@contextmanager
def full(folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_small: bool, pages: int = 0) -> Iterator[None]:
    """Leave so many pages of room on a small disk; where none can be mounted, say what a full disk says."""
    if not is_small:

        async def refuse(_files: FolderFiles, name: str, _source: Path) -> None:
            raise OSError(errno.ENOSPC, "no room", name)

        with monkeypatch.context() as patched:
            patched.setattr(FolderFiles, "put", refuse)
            yield
        return
    filler = folder / ".filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(b"\0" * _PAGE)
        file.truncate(max(0, file.tell() - pages * _PAGE))
    try:
        yield
    finally:
        filler.unlink()


def clicks(count: int, *, days: int = 0) -> list[clicks_pb2.RecordedClick]:
    return [recorded_click(NOW - timedelta(days=days, seconds=1 + number)) for number in range(count)]


async def in_landing(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        rows: int = await connection.fetchval("SELECT count(*) FROM analytics.landing")
    finally:
        await connection.close()
    return rows


def failures() -> float:
    found: float = metrics.BACKGROUND_FAILURES.labels("settle_clicks")._value.get()  # noqa: SLF001 - as it is shown
    return found


async def test_r15_a_full_disk_delays_settling_and_nothing_else(
    analytics_database: str, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clicks are stored and counted, those of before, too; it settles by itself when there is room again."""
    folder, source = tmp_path / "segments", uuid4()
    settings: dict[str, Any] = {"LINKMETER_SEGMENTS": str(folder), "LINKMETER_SEGMENT_CACHE_DIR": str(tmp_path)}
    with small_disk(folder) as is_small:
        async with (
            running_analytics(analytics_database, clock=clock, **settings) as analytics,
            running_settle(analytics_database, clock=clock, **settings) as settle,
        ):
            await analytics.take(source, *clicks(60, days=2))
            assert (await settle.settling.settle()).rows == 60
            with full(folder, monkeypatch, is_small=is_small):
                await analytics.take(source, *clicks(50), first=61)
                before = failures()
                await eventually(lambda: _is_due(clock, before), what="settling is tried in vain")
                assert await in_landing(analytics_database) == 50
                await analytics.take(source, *clicks(40), first=111)
                assert await analytics.count(start=LONG_AGO, end=NOW) == 150
            await eventually(lambda: _is_settled(analytics_database))
            assert await analytics.count(start=LONG_AGO, end=NOW) == 150


async def _is_due(clock: FakeClock, before: float) -> bool:
    """Let time pass, as far as settling knows, until it was tried."""
    clock.advance(timedelta(minutes=16))
    return failures() > before


async def _is_settled(url: str) -> bool:
    return await in_landing(url) == 0


async def test_r15_no_room_at_any_step_of_settling(
    analytics_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written first may fit and what follows not: all of it is taken back."""
    folder, now = tmp_path / "segments", NOW
    all_clicks = placed(random_clicks(61, 300, NOW - timedelta(days=20), timedelta(days=18)), uuid4())
    with small_disk(folder) as is_small:
        async with running_engine(analytics_database, tmp_path) as engine:
            await engine.store(all_clicks[:100], now, source=all_clicks[0].source)
            await engine.settle()
            known = await names(engine.files)
            await engine.store(all_clicks[100:], now, source=all_clicks[0].source, first=101)
            failed = 0
            for pages in range(0, 100_000, 5):
                with full(folder, monkeypatch, is_small=is_small, pages=pages):
                    try:
                        await engine.settling.settle()
                    except (OSError, duckdb.Error):
                        failed += 1
                    else:
                        break
                assert await names(engine.files) == known
                assert not [*(folder / ".scratch").glob("*")]
                await check_settled(engine, folder, all_clicks[:100])
                if not is_small:
                    break
            assert failed > (2 if is_small else 0)
            await check_answers(engine, all_clicks, now)
            await engine.settle()
            await check_settled(engine, folder, all_clicks)
            await check_answers(engine, all_clicks, now)


async def test_r15_no_room_for_what_questions_read_is_told(
    analytics_database: str, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as if the database were away; clicks come in, and with room there are answers again."""
    folder, source = tmp_path / "cache", uuid4()
    settings: dict[str, Any] = {"LINKMETER_SEGMENT_CACHE_DIR": str(folder)}
    with small_disk(folder) as is_small:
        async with running_analytics(analytics_database, clock=clock, **settings) as analytics:
            for first in (1, 61, 121):
                assert await analytics.count(start=LONG_AGO, end=NOW) == first - 1
                with full(folder, monkeypatch, is_small=is_small):
                    await analytics.take(source, *clicks(60), first=first)
                    if is_small:
                        assert "room" in await _refusal(analytics)
                assert await analytics.count(start=LONG_AGO, end=NOW) == first + 59


async def test_r15_an_absent_store_delays_settling_and_hides_what_is_settled(
    analytics_database: str, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not settled yet is counted; of the rest it is said that the store is away, not that there is nothing."""
    source = uuid4()
    with running_object_store(tmp_path / "store") as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        settings: dict[str, Any] = {"LINKMETER_SEGMENTS": f"s3://{BUCKET}/clicks"}
        async with (
            running_settle(
                analytics_database, clock=clock, **settings, LINKMETER_SEGMENT_CACHE_DIR=str(tmp_path / "one")
            ) as settle,
            running_analytics(
                analytics_database, clock=clock, **settings, LINKMETER_SEGMENT_CACHE_DIR=str(tmp_path / "two")
            ) as analytics,
        ):
            await analytics.take(source, *clicks(60, days=2))
            assert (await settle.settling.settle()).rows == 60
            await analytics.take(source, *clicks(50), first=61)
            store.kill()
            # It has read nothing of what is settled yet.
            assert await analytics.count(start=LATELY, end=NOW) == 50
            assert "store" in await _refusal(analytics)
            with pytest.raises(Unavailable):
                await settle.settling.settle()
            await analytics.take(source, *clicks(40), first=111)
            assert await analytics.count(start=LATELY, end=NOW) == 90
            assert await in_landing(analytics_database) == 90
            store.start()
            assert await analytics.count(start=LONG_AGO, end=NOW) == 150
            assert (await settle.settling.settle()).rows == 90
            assert await analytics.count(start=LONG_AGO, end=NOW) == 150


async def _refusal(analytics: Analytics) -> str:
    with pytest.raises(Unavailable) as told:
        await analytics.count(start=LONG_AGO, end=NOW)
    return str(told.value)
