"""DuckDB inside the process: within its memory, spilling into a folder, and without fetching anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import duckdb

from services.common import errors

T = TypeVar("T")

_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckLimits:
    """What DuckDB may take of the machine."""

    memory_mib: int
    threads: int
    # Where it puts what does not fit into memory, and how much of it; more is refused.
    spill: Path
    spill_mib: int = 4096


def open_duck(limits: DuckLimits) -> duckdb.DuckDBPyConnection:
    """Open a database in memory."""
    duck = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{limits.memory_mib}MiB",
            "threads": str(limits.threads),
            "temp_directory": str(limits.spill),
            "max_temp_directory_size": f"{limits.spill_mib}MiB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "false",
        },
    )
    # Files differ from question to question, and DuckDB's own memory of their footers is known to grow for ever.
    duck.execute("SET GLOBAL parquet_metadata_cache = false")
    duck.execute("SET GLOBAL TimeZone = 'UTC'")
    return duck


async def in_thread(connection: duckdb.DuckDBPyConnection, work: Callable[[], T], seconds: float) -> T:
    """Do work of a connection in a thread; break it off after so many seconds, or when the caller is cancelled.

    Raise DeadlineExceeded when it took too long.
    """
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.wait_for(asyncio.shield(task), seconds)
    except TimeoutError:
        await _break_off(connection, task)
        raise errors.DeadlineExceeded(
            "this takes too long to answer; ask for less at once", retry_after_seconds=5
        ) from None
    except asyncio.CancelledError:
        await _break_off(connection, task)
        raise


async def _break_off(connection: duckdb.DuckDBPyConnection, task: "asyncio.Task[T]") -> None:
    """Interrupt until the thread has ended: between two statements an interruption meets nobody."""
    while not task.done():
        connection.interrupt()
        await asyncio.wait([task], timeout=_POLL_SECONDS)
    if not task.cancelled():
        task.exception()


def refusal_of(error: Exception) -> errors.LinkmeterError | None:
    """Translate what DuckDB says of a lack of memory or of room to spill; None for every other exception."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return errors.ResourceExhausted("this needs more memory than questions have; ask for less at once")
    return None
