"""Convert clicks that an older version stored in tables: into segments, piece by piece, while clicks go on coming in.

A piece is one transaction: its segments, and how far the part has come. Killed at any moment, it goes on behind the
last piece; run twice at once, the runs take turns. Questions wait until all is done, see questions/catalog.py.
"""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import duckdb

from services.analytics.segments import registry
from services.analytics.segments.adding import add_clicks
from services.analytics.segments.duck import DuckLimits, in_thread, open_duck
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.old_sums import OLD_DAILY, OLD_TOTALS, write_old_sums
from services.analytics.segments.registry import NewSegment
from services.analytics.segments.settling import IN_TURN
from services.analytics.segments.writing import Written, put_all
from services.analytics.store.landing import MAKE_TABLE, NAMES_OF_WHOLE_HASHES, Dump
from services.runtime import log
from services.runtime.postgres import Connection, Pool

_logger = log.get(__name__)

# Of 8 KiB: some 150,000 clicks, so that a piece takes some seconds and fits any memory.
PAGES_OF_A_PIECE: Final = 16_384
_SECONDS: Final = 300.0
_PATIENCE: Final = """
SET LOCAL statement_timeout = '300s'; SET LOCAL idle_in_transaction_session_timeout = '600s'
"""
_NEXT: Final = """
SELECT part, month, next_page, clicks FROM conversion WHERE finished_time IS NULL ORDER BY part LIMIT 1
"""
# Tables that somebody read when all was done are still there.
_IS_DUE: Final = """
SELECT EXISTS (SELECT FROM conversion WHERE finished_time IS NULL) OR to_regclass('old_clicks') IS NOT NULL
"""
_DONE: Final = "SELECT count(*) AS parts, count(finished_time) AS done FROM conversion"
_ADVANCE: Final = """
UPDATE conversion
SET next_page = $2, clicks = clicks + $3, finished_time = CASE WHEN $4 THEN now() END
WHERE part = $1
"""
_PAGES: Final = "SELECT pg_relation_size($1::text::regclass) / current_setting('block_size')::bigint"
# Rows of months that are converted from their sums are counted by these. Nobody writes: rows stay where they are.
_PIECE: Final = f"""
SELECT {NAMES_OF_WHOLE_HASHES} FROM ONLY {{part}} WHERE ctid >= '({{first}},0)' AND ctid < '({{end}},0)' AND time >= $1
"""
_SUMS_END: Final = "SELECT max(month) + interval '1 month' FROM conversion"
_EVER: Final = datetime(1, 1, 2, tzinfo=UTC)
_TOTALS: Final = f"""
SELECT {", ".join(OLD_TOTALS)} FROM old_totals WHERE start >= $1 AND start < $2 AND clicks > 0
"""
_DAILY: Final = f"""
SELECT {", ".join(OLD_DAILY)} FROM old_daily WHERE day >= $1 AND day < $2 AND clicks > 0
"""
_ERASURES: Final = "SELECT coalesce(max(id), 0) FROM erasures"
# Gives the room back. To drop a partition would take locks on all that may hold its rows.
_EMPTY: Final = "TRUNCATE ONLY {part}"
_DROP: Final = "DROP TABLE IF EXISTS old_clicks, old_totals, old_daily"
# A backup that reads a table keeps it from being emptied or dropped.
_SHORT_WAIT: Final = "SET LOCAL lock_timeout = '1s'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the conversion has come: a piece was done of a part."""

    part: str
    # False for a month of which there are only sums.
    is_raw: bool
    is_finished: bool
    # Of the part, that are in segments now.
    clicks: int
    parts_done: int
    parts: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A partition of raw clicks, or the sums of a month."""

    part: str
    month: date | None
    next_page: int
    clicks: int


class Conversion:
    """Moves the clicks of old tables into segments."""

    def __init__(
        self, pool: Pool, files: SegmentFiles, limits: DuckLimits, *, pages_of_a_piece: int = PAGES_OF_A_PIECE
    ) -> None:
        self._pool = pool
        self._files = files
        self._limits = limits
        self._pages = pages_of_a_piece

    async def run(self, on_progress: Callable[[Progress], None]) -> None:
        """Convert all that there is to convert, and drop the old tables; safe to run anywhere and at any time.

        Where nothing is left to do it costs one small statement.
        """
        if not await self._pool.fetchval(_IS_DUE):
            return
        while (progress := await self._step()) is not None:
            on_progress(progress)
            if progress.is_raw and progress.is_finished:
                await self._discard(_EMPTY.format(part=_quoted(progress.part)))
        await self._discard(_DROP)

    async def _step(self) -> Progress | None:
        """Convert a piece; None: there is none left."""
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(self._pool.acquire())
            scratch = stack.enter_context(self._files.scratch())
            duck = stack.enter_context(open_duck(self._limits))
            await stack.enter_async_context(connection.transaction())
            await connection.execute(_PATIENCE)
            await connection.execute(IN_TURN)
            row = await connection.fetchrow(_NEXT)
            if row is None:
                return None
            part = _Part(**row)
            if part.month is not None:
                added, next_page, is_last = await self._sums(connection, duck, part.month, scratch), 0, True
            else:
                next_page = part.next_page + self._pages
                added = await self._clicks(connection, duck, part, next_page, scratch)
                is_last = next_page >= await connection.fetchval(_PAGES, _quoted(part.part))
            clicks = sum(segment.rows for segment in added)
            await connection.execute(_ADVANCE, part.part, next_page, clicks, is_last)
            done = await connection.fetchrow(_DONE)
            assert done is not None, "aggregates have a row"  # noqa: S101
        return Progress(
            part=part.part,
            is_raw=part.month is None,
            is_finished=is_last,
            clicks=part.clicks + clicks,
            parts_done=done["done"],
            parts=done["parts"],
        )

    async def _clicks(
        self, connection: Connection, duck: duckdb.DuckDBPyConnection, part: _Part, end: int, scratch: Path
    ) -> Sequence[NewSegment]:
        """Convert the rows of a partition up to a page."""
        since = await connection.fetchval(_SUMS_END)
        dump = Dump(scratch / "old.csv")
        sql = _PIECE.format(part=_quoted(part.part), first=part.next_page, end=end)
        await dump.add(connection, sql, since.replace(tzinfo=UTC) if since else _EVER)
        duck.execute(MAKE_TABLE.format(name="old"))
        await in_thread(duck, lambda: dump.take_into(duck, "old"), _SECONDS)
        if not duck.execute("SELECT 1 FROM old LIMIT 1").fetchone():
            return ()
        return await add_clicks(connection, self._files, duck, "old", scratch)

    async def _sums(
        self, connection: Connection, duck: duckdb.DuckDBPyConnection, month: date, scratch: Path
    ) -> Sequence[NewSegment]:
        """Convert the sums of a month whose raw clicks are gone."""
        first, beyond = month, (month + timedelta(days=31)).replace(day=1)
        totals, daily = Dump(scratch / "totals.csv", OLD_TOTALS), Dump(scratch / "daily.csv", OLD_DAILY)
        await totals.add(
            connection, _TOTALS, *(datetime(day.year, day.month, 1, tzinfo=UTC) for day in (first, beyond))
        )
        await daily.add(connection, _DAILY, first, beyond)
        erasures = await connection.fetchval(_ERASURES)

        def write() -> list[Written]:
            duck.execute(f"CREATE TABLE totals AS SELECT * FROM {totals.rows()}")
            duck.execute(f"CREATE TABLE daily AS SELECT * FROM {daily.rows()}")
            return write_old_sums(duck, "totals", "daily", month=month, erasures_applied=erasures, scratch=scratch)

        added = await put_all(self._files, await in_thread(duck, write, _SECONDS))
        await registry.add(connection, added)
        return added

    async def _discard(self, statement: str) -> None:
        """Empty or drop old tables: now or, while somebody reads them, at the end or the next time."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_SHORT_WAIT)
                await connection.execute(statement)
        except asyncpg.UndefinedTableError:
            # Another run has come to the end, and dropped them.
            return
        except asyncpg.LockNotAvailableError:
            _logger.warning("old_tables_are_kept", statement=statement)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
