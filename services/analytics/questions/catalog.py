"""What PostgreSQL knows of segments and landing, in the snapshot of whoever asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.analytics.segments import registry
from services.analytics.segments.registry import Segment
from services.common import errors
from services.runtime.postgres import Connection

# A server that took over may lack what the one before had; it was not started at the same time.
_STATE: Final = """
SELECT
    pg_postmaster_start_time() AS server,
    version, landing_version, next_visitor,
    (SELECT raw_since FROM retention) AS raw_since,
    (SELECT json_object_agg(source, mark) FROM sources WHERE mark > 0) AS marks,
    (SELECT json_object_agg(source, up_to) FROM settled) AS settled,
    (SELECT count(*) FROM conversion) AS parts,
    (SELECT count(*) FROM conversion WHERE finished_time IS NULL) AS parts_left
FROM registry
"""
_ERASED: Final = """
SELECT id, owner_id, link_id FROM erasures
WHERE id > (SELECT min(erasures_applied) FROM segments WHERE retired_time IS NULL)
ORDER BY id
"""

# Of no matter where raw clicks are gone: nothing of them was erased then.
_ERASED_SOURCES: Final = """
SELECT id, owner_id, source::text AS source FROM erased_sources
WHERE id > (SELECT min(sources_erased) FROM segments WHERE retired_time IS NULL AND has_clicks)
ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Which clicks there are: those in segments, and of landing those up to each outbox's mark."""

    # When the database's server was started.
    server: datetime
    # Changes when segments or erasures do.
    version: int
    # Changes when rows of landing were changed or erased.
    landing_version: int
    next_visitor: int
    # Raw clicks before are gone; None: none are.
    raw_since: datetime | None
    marks: Mapping[UUID, int]
    settled: Mapping[UUID, int]

    def follows(self, other: "State") -> bool:
        """Say whether nothing but new clicks came, and some were settled, since the other one."""
        return (
            (self.server, self.landing_version) == (other.server, other.landing_version)
            # A mark that went back belongs to a database that lost something.
            and all(self.marks.get(source, 0) >= mark for source, mark in other.marks.items())
            and all(self.settled.get(source, 0) >= up_to for source, up_to in other.settled.items())
        )


@dataclass(frozen=True, slots=True)
class Erased:
    """A link whose clicks were erased for an owner, from all segments that do not know of it yet."""

    id: int
    owner_id: int
    link_id: int


@dataclass(frozen=True, slots=True)
class ErasedSource:
    """A source all of whose clicks were erased, which were its owner's."""

    id: int
    owner_id: int
    source: str

    def matters_to(self, segment: Segment) -> bool:
        """Say whether files of a segment may hold any of it."""
        return segment.has_clicks and self.id > segment.sources_erased


@dataclass(frozen=True, slots=True)
class Contents:
    """The segments that count, and what was erased from them since they were written."""

    segments: Sequence[Segment] = ()
    erased: Sequence[Erased] = ()
    erased_sources: Sequence[ErasedSource] = ()


async def read_state(connection: Connection) -> State:
    """Read the state in the transaction's snapshot.

    Raise Unavailable while clicks of an older version are being converted: some of them are in no segment yet.
    """
    row = await connection.fetchrow(_STATE)
    assert row is not None, "made by the migration"  # noqa: S101
    values = dict(row)
    parts, left = values.pop("parts"), values.pop("parts_left")
    if left:
        raise errors.Unavailable(
            f"the statistics are being converted: {parts - left} of {parts} parts are done", retry_after_seconds=5
        )
    return State(**{**values, "marks": _by_source(row["marks"]), "settled": _by_source(row["settled"])})


async def read_contents(connection: Connection) -> Contents:
    """Read the segments and erasures in the transaction's snapshot, or in the turn of those who erase.

    In such a turn segments may be written anew between the two statements; these then know of more erasures, not less.
    """
    erased = [Erased(**row) for row in await connection.fetch(_ERASED)]
    sources = [ErasedSource(**row) for row in await connection.fetch(_ERASED_SOURCES)]
    return Contents(await registry.live_segments(connection), erased, sources)


def _by_source(text: Any) -> dict[UUID, int]:
    return {UUID(source): mark for source, mark in json.loads(text or "{}").items()}
