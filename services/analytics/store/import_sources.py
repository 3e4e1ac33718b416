"""What analytics keeps of imports, each of which is a source: what became of its clicks, and sums of before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.common.errors import FailedPrecondition
from services.runtime.postgres import Connection, Pool

_LIST: Final = "SELECT source, mark, stored, set_aside FROM sources WHERE source = ANY ($1::uuid[])"
_ERASED: Final = "SELECT clicks FROM erased_sources WHERE source = $1"
# Nobody erases the source while the sums are written.
_HOLD: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1::uuid::text, 0))"
_PUT: Final = """
INSERT INTO sums_before_import AS known (source, link_id, owner_id, clicks)
SELECT $1, link_id, $2, clicks FROM unnest($3::bigint[], $4::bigint[]) AS sums (link_id, clicks)
ON CONFLICT (source, link_id) DO UPDATE SET clicks = excluded.clicks WHERE known.clicks <> excluded.clicks
"""
_SUM: Final = """
SELECT coalesce(sum(clicks), 0)::bigint FROM sums_before_import WHERE link_id = $1 AND ($2 = 0 OR owner_id = $2)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSource:
    """What became of the clicks of an import: all rows up to mark are dealt with."""

    source: UUID
    mark: int
    stored: int
    set_aside: int


async def refuse_erased(connection: Connection, source: UUID) -> None:
    """Raise FailedPrecondition for a source that was erased; the caller holds what keeps it from being erased now."""
    if await connection.fetchval(_ERASED, source) is not None:
        raise FailedPrecondition("the import was undone, and takes nothing any more")


class ImportSources:
    """Reads what became of imports, and keeps the sums of before: these by connections of their own."""

    def __init__(self, pool: Pool, writing: Pool) -> None:
        self._pool = pool
        self._writing = writing

    async def list(self, sources: Sequence[UUID]) -> list[ImportSource]:
        """Return those of some sources that are known, in no order."""
        return [ImportSource(**row) for row in await self._pool.fetch(_LIST, sources)]

    async def put_clicks_before(self, source: UUID, owner_id: int, clicks: Mapping[int, int]) -> None:
        """Note how many clicks links had before, by link; raise FailedPrecondition for a source that was erased."""
        async with self._writing.acquire() as connection, connection.transaction():
            await connection.execute(_HOLD, source)
            await refuse_erased(connection, source)
            # In one order for all, so that no two wait for each other.
            links = sorted(clicks)
            await connection.execute(_PUT, source, owner_id, links, [clicks[link] for link in links])

    async def clicks_before(self, link_id: int, owner_id: int) -> int:
        """Return the sum of what a link had before its imports; with an owner, of the owner's imports."""
        clicks: int = await self._pool.fetchval(_SUM, link_id, owner_id)
        return clicks
