"""Settle clicks: take them from landing, write them as segments, and register these, in one transaction.

Killed before its end, it leaves files that no row names, which are swept away, and landing as it was.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb

from services.analytics.segments.adding import add_clicks
from services.analytics.segments.duck import DuckLimits, in_thread, open_duck
from services.analytics.segments.files import SegmentFiles
from services.analytics.store.landing import MAKE_TABLE, Dump
from services.runtime.postgres import Connection, Pool

# One that is killed before its end was in vain: each must end soon, however much there is.
MOST_ROWS_OF_A_SOURCE: Final = 40_000
_SECONDS: Final = 120.0

# Who settles, erases or changes landing takes turns here; readers and batches do not notice.
IN_TURN: Final = "LOCK TABLE settled IN SHARE ROW EXCLUSIVE MODE"
# PostgreSQL hears nothing while files are written and put.
_PATIENCE: Final = "SET LOCAL idle_in_transaction_session_timeout = '300s'"
# Of the marks: some sequences have no click, and landing need not be read.
_WAITING: Final = """
SELECT coalesce(sum(mark - coalesce(up_to, 0)), 0)::bigint FROM sources LEFT JOIN settled USING (source)
"""
_DUE: Final = """
SELECT source, coalesce(up_to, 0) AS after, least(mark, coalesce(up_to, 0) + $1) AS up_to
FROM sources LEFT JOIN settled USING (source)
WHERE mark > coalesce(up_to, 0)
ORDER BY source
"""
_DELETE: Final = "DELETE FROM landing WHERE source = $1 AND sequence > $2 AND sequence <= $3"
_SETTLED: Final = """
INSERT INTO settled (source, up_to) VALUES ($1, $2) ON CONFLICT (source) DO UPDATE SET up_to = excluded.up_to
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """What one turn has done."""

    rows: int
    segments: int
    # True when a source had more than one turn takes.
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class _Due:
    source: UUID
    after: int
    up_to: int


class Settling:
    """Moves clicks from landing into segments."""

    def __init__(
        self,
        pool: Pool,
        files: SegmentFiles,
        limits: DuckLimits,
        *,
        most_rows: int = MOST_ROWS_OF_A_SOURCE,
    ) -> None:
        self._pool = pool
        self._files = files
        self._limits = limits
        self._most_rows = most_rows

    async def waiting(self) -> int:
        """Return about how many clicks are in landing: at least as many as there are."""
        rows: int = await self._pool.fetchval(_WAITING)
        return rows

    async def settle(self) -> Settled:
        """Settle what there is, at most so many rows of each outbox; safe to run anywhere and at any time."""
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(self._pool.acquire())
            scratch = stack.enter_context(self._files.scratch())
            duck = stack.enter_context(open_duck(self._limits))
            await stack.enter_async_context(connection.transaction())
            await connection.execute(_PATIENCE)
            await connection.execute(IN_TURN)
            due = [_Due(**row) for row in await connection.fetch(_DUE, self._most_rows)]
            if not due:
                return Settled(0, 0)
            await self._take(connection, duck, due, scratch)
            added = await add_clicks(connection, self._files, duck, "taken", scratch)
            for each in due:
                await connection.execute(_DELETE, each.source, each.after, each.up_to)
                await connection.execute(_SETTLED, each.source, each.up_to)
        rows = sum(segment.rows for segment in added)
        return Settled(rows, len(added), is_more=any(each.up_to - each.after == self._most_rows for each in due))

    async def _take(
        self, connection: Connection, duck: duckdb.DuckDBPyConnection, due: Sequence[_Due], scratch: Path
    ) -> None:
        dump = Dump(scratch / "landing.csv")
        for each in due:
            await dump.add_source(connection, each.source, each.after, each.up_to)
        duck.execute(MAKE_TABLE.format(name="taken"))
        await in_thread(duck, lambda: dump.take_into(duck, "taken"), _SECONDS)
