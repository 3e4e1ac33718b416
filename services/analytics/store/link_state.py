"""What a copy of a link in memory is compared with, and read from: all in the transaction of whoever asks."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.analytics.columns.layout import SELECTED
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Query
from services.runtime.postgres import Connection, Pool

# A server that took over may lack what the one before had; it was not started at the same time.
_STATE: Final = """
SELECT
    pg_postmaster_start_time() AS server,
    (SELECT coalesce(sum(count), 0)::bigint FROM rewrites WHERE link_id = 0 OR link_id = $1) AS rewrites,
    (SELECT raw_since FROM retention) AS raw_since,
    array_agg(source) AS sources,
    array_agg(mark) AS marks
FROM sources WHERE mark > 0
"""
# The triggers of migration 7, on clicks twice and on the partition for all else.
_ARE_REWRITES_COUNTED: Final = """
SELECT count(*) = 3 FROM pg_trigger WHERE tgfoid = to_regproc('count_rewrites') AND tgenabled <> 'D'
"""
_SIZE: Final = """
SELECT coalesce(sum(clicks), 0)::bigint FROM totals
WHERE link_id = $1 AND start >= coalesce((SELECT raw_since FROM retention), '-infinity')
"""
_ALL: Final = f"SELECT {SELECTED} FROM clicks WHERE link_id = $1"  # noqa: S608 - from constants.
_SINCE: Final = f"SELECT {SELECTED} FROM clicks WHERE link_id = $1 AND source = $2 AND sequence > $3"  # noqa: S608
# Every click is in the sums of its code, unless that is empty.
_LINKS_OF_CODES: Final = """
SELECT DISTINCT link_id FROM daily WHERE owner_id = $1 AND dimension = 2 AND value = ANY($2::text[]) LIMIT 2
"""
_SECONDS: Final = 300

Database: TypeAlias = "Pool | Connection"
Sink = Callable[[bytes], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class LinkState:
    """Which clicks of a link there are: those up to each source's mark, as they were rewritten so often."""

    server: datetime
    rewrites: int
    raw_since: datetime | None
    marks: Mapping[UUID, int]

    def follows(self, other: "LinkState") -> bool:
        """Say whether nothing but new clicks came since the other one."""
        return (
            (self.server, self.rewrites) == (other.server, other.rewrites)
            # A mark that went back belongs to an older snapshot, or to a database that lost something.
            and all(self.marks.get(source, 0) >= mark for source, mark in other.marks.items())
        )

    def news_since(self, other: "LinkState") -> list[tuple[UUID, int]]:
        """Answer the sources that have moved on since the other one, and where they were."""
        moved = [(source, other.marks.get(source, 0)) for source, mark in self.marks.items()]
        return [(source, known) for source, known in moved if self.marks[source] > known]


async def state_of(connection: Connection, link_id: int) -> LinkState:
    """Read the state in the transaction's snapshot."""
    row = await connection.fetchrow(_STATE, link_id)
    assert row is not None, "aggregates have a row"  # noqa: S101
    marks = dict(zip(row["sources"] or (), row["marks"] or (), strict=True))
    return LinkState(row["server"], row["rewrites"], row["raw_since"], marks)


async def are_rewrites_counted(connection: Database) -> bool:
    """Say whether a copy can notice that stored clicks were changed; not so on Citus."""
    counted: bool = await connection.fetchval(_ARE_REWRITES_COUNTED)
    return counted


async def size_of(connection: Database, link_id: int) -> int:
    """Answer about how many raw clicks a link has."""
    size: int = await connection.fetchval(_SIZE, link_id)
    return size


async def read_all(connection: Connection, link_id: int, sink: Sink) -> None:
    """Read all clicks of a link."""
    await connection.copy_from_query(_ALL, link_id, output=sink, timeout=_SECONDS)


async def read_since(connection: Connection, link_id: int, source: UUID, mark: int, sink: Sink) -> None:
    """Read a link's clicks that are behind a source's mark."""
    await connection.copy_from_query(_SINCE, link_id, source, mark, output=sink)


async def link_asked(connection: Database, query: Query) -> int | None:
    """Answer the one link whose clicks a query can mean; None when there may be several or none."""
    links: frozenset[str] | None = None
    named = [item for item in query.filters if item.dimension is Dimension.LINK]
    for item in named:
        if not item.negated and not item.prefix:
            links = item.values if links is None else links & item.values
    if query.audience.link_id:
        own = frozenset({str(query.audience.link_id)})
        links = own if links is None else links & own
    if links is None and query.audience.owner_id:
        links = await _links_of_codes(connection, query)
    if links is None or len(links) != 1 or query.with_orphans:
        return None
    (link,) = links
    return int(link) if all(item.passes(link) for item in named) else None


async def _links_of_codes(connection: Database, query: Query) -> frozenset[str] | None:
    for item in query.filters:
        if item.dimension is Dimension.CODE and not item.negated and not item.prefix and "" not in item.values:
            rows = await connection.fetch(_LINKS_OF_CODES, query.audience.owner_id, sorted(item.values))
            return frozenset(str(row["link_id"]) for row in rows)
    return None
