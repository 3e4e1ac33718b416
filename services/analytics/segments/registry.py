"""Which segments there are: rows of PostgreSQL, so that clicks and their files are one truth."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.analytics.segments.files import SegmentFile
from services.analytics.segments.layout import Kind
from services.runtime.postgres import Connection

_COLUMNS: Final = (
    "id, name, month, rows, has_clicks, first_time, last_time, definition, erasures_applied, sources_erased, files, "
    "added_time, retired_time"
)
_LIVE: Final = f"SELECT {_COLUMNS} FROM segments WHERE retired_time IS NULL ORDER BY month, id"
_ADD: Final = """
INSERT INTO segments
    (name, month, rows, has_clicks, first_time, last_time, definition, erasures_applied, sources_erased, files)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_RETIRE: Final = """
WITH retired AS (
    UPDATE segments SET retired_time = now() WHERE id = ANY($1::bigint[]) AND retired_time IS NULL RETURNING id
)
SELECT count(*) FROM retired
"""
_CHANGED: Final = "UPDATE registry SET version = version + 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSegment:
    """A segment whose files are there, and which no row names yet."""

    name: str
    # The first day of the UTC month that all of its clicks are of.
    month: date
    rows: int
    has_clicks: bool
    first_time: datetime
    last_time: datetime
    # The oldest definition of classes in it.
    definition: int
    erasures_applied: int
    # Of the sources that were erased, those up to this number are not in its files. 0 is always true, and costs a look.
    sources_erased: int = 0
    files: Mapping[Kind, SegmentFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(NewSegment):
    """A segment that is registered; retired: others stand in for it."""

    id: int
    added_time: datetime
    retired_time: datetime | None = None


class Replaced(Exception):
    """Somebody else has replaced a segment meanwhile; what was made of it is worth nothing."""


async def live_segments(connection: Connection) -> tuple[Segment, ...]:
    """Return the segments that count, by month, older ones first."""
    return tuple(segment_of(dict(row)) for row in await connection.fetch(_LIVE))


async def add(connection: Connection, segments: Iterable[NewSegment]) -> None:
    """Register segments in the caller's transaction."""
    for new in segments:
        await connection.execute(
            _ADD,
            new.name,
            new.month,
            new.rows,
            new.has_clicks,
            new.first_time,
            new.last_time,
            new.definition,
            new.erasures_applied,
            new.sources_erased,
            json.dumps({kind: {"bytes": file.bytes, "sha256": file.sha256} for kind, file in new.files.items()}),
        )
    await connection.execute(_CHANGED)


async def replace(connection: Connection, old: Sequence[Segment], new: Iterable[NewSegment]) -> None:
    """Let new segments stand in for old ones, in the caller's transaction; raise Replaced when one is not live."""
    retired = await connection.fetchval(_RETIRE, [segment.id for segment in old])
    if retired != len(old):
        raise Replaced
    await add(connection, new)


def segment_of(row: Mapping[str, Any]) -> Segment:
    """Return the segment of a row."""
    files = {
        Kind(kind): SegmentFile(f"{row['name']}/{kind}.parquet", about["bytes"], about["sha256"])
        for kind, about in json.loads(row["files"]).items()
    }
    return Segment(**{**row, "files": files})
