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

from services.analytics.segments import registry
from services.analytics.segments.duck import DuckLimits, in_thread, open_duck
from services.analytics.segments.expressions import DAY
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.visitors import NEW_VISITORS, number_visitors
from services.analytics.segments.writing import Written, months_of, parquet, put_all, write_segment
from services.analytics.store.landing import MAKE_TABLE, Dump
from services.runtime.postgres import Connection, Pool

# One that is killed before its end was in vain: each must end soon, however much there is.
MOST_ROWS_OF_A_SOURCE: Final = 40_000
_SECONDS: Final = 120.0

# Who settles, erases or changes landing takes turns here; readers and batches do not notice.
IN_TURN: Final = "LOCK TABLE settled IN SHARE ROW EXCLUSIVE MODE"
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
_NUMBERED: Final = "UPDATE registry SET next_visitor = next_visitor + $1"
_STATE: Final = "SELECT next_visitor, (SELECT coalesce(max(id), 0) FROM erasures) AS erasures FROM registry"


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
            await connection.execute(IN_TURN)
            due = [_Due(**row) for row in await connection.fetch(_DUE, self._most_rows)]
            if not due:
                return Settled(0, 0)
            state = await connection.fetchrow(_STATE)
            assert state is not None, "made by the migration"  # noqa: S101
            await self._take(connection, duck, due, scratch)
            segments = await registry.live_segments(connection)
            dictionary = [segment.files[Kind.VISITORS] for segment in segments if Kind.VISITORS in segment.files]
            lent = await stack.enter_async_context(self._files.lent(dictionary))

            def write() -> tuple[int, list[Written]]:
                new = number_visitors(
                    duck, "taken", [parquet([*lent.values()])] if lent else [], first=state["next_visitor"]
                )
                return new, _write(duck, scratch, state["erasures"])

            new_visitors, written = await in_thread(duck, write, _SECONDS)
            await registry.add(connection, await put_all(self._files, written))
            await connection.execute(_NUMBERED, new_visitors)
            for each in due:
                await connection.execute(_DELETE, each.source, each.after, each.up_to)
                await connection.execute(_SETTLED, each.source, each.up_to)
        rows = sum(each.segment.rows for each in written)
        return Settled(rows, len(written), is_more=any(each.up_to - each.after == self._most_rows for each in due))

    async def _take(
        self, connection: Connection, duck: duckdb.DuckDBPyConnection, due: Sequence[_Due], scratch: Path
    ) -> None:
        dump = Dump(scratch / "landing.csv")
        for each in due:
            await dump.add_source(connection, each.source, each.after, each.up_to)
        duck.execute(MAKE_TABLE.format(name="taken"))
        await in_thread(duck, lambda: dump.take_into(duck, "taken"), _SECONDS)


def _write(duck: duckdb.DuckDBPyConnection, scratch: Path, erasures: int) -> list[Written]:
    """Write a segment of each month; the first one tells the numbers of all new visitors."""
    written = []
    visitors = NEW_VISITORS
    for month in months_of(duck, "taken", DAY):
        of_month = f"(SELECT * FROM taken WHERE date_trunc('month', {DAY}) = DATE '{month}')"
        written.append(write_segment(duck, of_month, visitors, month=month, erasures_applied=erasures, scratch=scratch))
        visitors = f"(SELECT * FROM {NEW_VISITORS} WHERE false)"
    return written
