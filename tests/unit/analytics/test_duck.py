"""Work of DuckDB is broken off when its time is over or nobody waits for it, and touches nothing else."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from services.analytics.segments.duck import DuckLimits, in_thread, open_duck, refusal_of
from services.common.errors import DeadlineExceeded, ResourceExhausted

# More than anybody lives to see counted.
ENDLESS = "SELECT count(*) FROM range(10_000_000_000) AS a, range(10_000_000_000) AS b WHERE a.range % 7 = b.range % 11"


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_duck(DuckLimits(memory_mib=64, threads=2, spill=tmp_path)) as opened:
        yield opened


@pytest.mark.parametrize("seconds", [0.05, 0.0, -1.0])
async def test_what_takes_too_long_says_so(duck: duckdb.DuckDBPyConnection, seconds: float) -> None:
    """A TimeoutError would be taken for an outage; the connection does what it is told next."""
    with pytest.raises(DeadlineExceeded) as told:
        await in_thread(duck, lambda: duck.execute(ENDLESS).fetchall(), seconds)
    assert told.value.retry_after_seconds > 0
    assert await in_thread(duck, lambda: duck.execute("SELECT 42").fetchall(), 60) == [(42,)]


async def test_what_nobody_waits_for_ends(duck: duckdb.DuckDBPyConnection) -> None:
    has_begun, has_ended = threading.Event(), threading.Event()

    def work() -> None:
        has_begun.set()
        try:
            duck.execute(ENDLESS)
        finally:
            has_ended.set()

    task = asyncio.create_task(in_thread(duck, work, 1e6))
    assert await asyncio.to_thread(has_begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert has_ended.is_set()


async def test_between_two_statements_it_is_broken_off_too(duck: duckdb.DuckDBPyConnection) -> None:
    """An interruption that meets no statement is lost, and another one follows."""
    may_begin = threading.Event()

    def work() -> None:
        may_begin.wait()
        duck.execute(ENDLESS)

    task = asyncio.create_task(in_thread(duck, work, 1e6))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    may_begin.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_others_go_on_meanwhile(duck: duckdb.DuckDBPyConnection) -> None:
    """Each question has a cursor of its own, and only that is interrupted."""
    with duck.cursor() as one, duck.cursor() as other:
        endless = asyncio.create_task(in_thread(one, lambda: one.execute(ENDLESS).fetchall(), 0.2))
        long = "SELECT count(*) FROM range(20_000) AS a, range(2_000) AS b WHERE (a.range + b.range) % 3 = 0"
        found = []
        while not endless.done():
            found += await in_thread(other, lambda: other.execute(long).fetchall(), 1e6)
        assert found == [found[0]] * len(found)
        with pytest.raises(DeadlineExceeded):
            await endless


async def test_errors_are_those_of_the_work(duck: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.CatalogException):
        await in_thread(duck, lambda: duck.execute("SELECT * FROM nothing"), 60)


async def test_a_lack_of_memory_is_told_and_survived(duck: duckdb.DuckDBPyConnection) -> None:
    """One value cannot be spilled; a question that needs less is answered."""
    greedy = "SELECT length(string_agg(md5(range::VARCHAR), '')) FROM range(20_000_000)"
    with pytest.raises(duckdb.OutOfMemoryException) as told:
        await in_thread(duck, lambda: duck.execute(greedy).fetchall(), 1e6)
    assert isinstance(refusal_of(told.value), ResourceExhausted)
    assert await in_thread(duck, lambda: duck.execute("SELECT 42").fetchall(), 60) == [(42,)]
