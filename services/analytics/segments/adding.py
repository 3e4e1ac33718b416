"""Add clicks to the segments: number their visitors, write files, and register these."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from services.analytics.segments import registry
from services.analytics.segments.duck import in_thread
from services.analytics.segments.expressions import DAY
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import NewSegment
from services.analytics.segments.visitors import NEW_VISITORS, number_visitors
from services.analytics.segments.writing import UpTo, Written, months_of, parquet, put_all, write_segment
from services.runtime.postgres import Connection

_SECONDS: Final = 120.0
_NUMBERED: Final = "UPDATE registry SET next_visitor = next_visitor + $1"
_STATE: Final = """
SELECT
    next_visitor,
    (SELECT coalesce(max(id), 0) FROM erasures) AS erasures,
    (SELECT coalesce(max(id), 0) FROM erased_sources) AS sources
FROM registry
"""


async def add_clicks(
    connection: Connection, files: SegmentFiles, duck: duckdb.DuckDBPyConnection, clicks: str, scratch: Path
) -> Sequence[NewSegment]:
    """Write the clicks of a table as a segment of each month, and register these in the caller's transaction.

    The transaction has the turn of those who settle: nobody else numbers visitors meanwhile. Return the new segments.
    """
    state = await connection.fetchrow(_STATE)
    assert state is not None, "made by the migration"  # noqa: S101
    segments = await registry.live_segments(connection)
    dictionary = [segment.files[Kind.VISITORS] for segment in segments if Kind.VISITORS in segment.files]
    async with files.lent(dictionary) as lent:
        known = [parquet([*lent.values()])] if lent else []

        def write() -> tuple[int, list[Written]]:
            new = number_visitors(duck, clicks, known, first=state["next_visitor"])
            return new, _write(duck, clicks, scratch, UpTo(state["erasures"], state["sources"]))

        new_visitors, written = await in_thread(duck, write, _SECONDS)
    added = await put_all(files, written)
    await registry.add(connection, added)
    await connection.execute(_NUMBERED, new_visitors)
    return added


def _write(duck: duckdb.DuckDBPyConnection, clicks: str, scratch: Path, erased: UpTo) -> list[Written]:
    """Write a segment of each month; the first one tells the numbers of all new visitors."""
    written = []
    visitors = NEW_VISITORS
    for month in months_of(duck, clicks, DAY):
        of_month = f"(SELECT * FROM {clicks} WHERE date_trunc('month', {DAY}) = DATE '{month}')"
        written.append(write_segment(duck, of_month, visitors, month=month, erased=erased, scratch=scratch))
        visitors = f"(SELECT * FROM {NEW_VISITORS} WHERE false)"
    return written
