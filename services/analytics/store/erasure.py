"""Erase clicks: from landing at once, and from segments by saying so, which every question heeds from then on.

What of a click lies in files goes when these are written anew (segments/rewriting.py).
"""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience
from services.analytics.questions.catalog import Contents, State, read_contents, read_state
from services.analytics.questions.conditions import Statement
from services.analytics.questions.reading import Reader
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.duck import DuckLimits, open_duck
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.settling import IN_TURN
from services.analytics.store import sources
from services.common.errors import FailedPrecondition
from services.runtime.postgres import Connection, Pool

# The installation's own domains belong to nobody else.
_INSTALLATION: Final = 0
# Files may have to be fetched, and reading those of years takes a while.
_PATIENCE: Final = """
SET LOCAL statement_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = '90s'
"""
# The client waits a little longer than the server tries.
_SECONDS: Final = 62
_DELETE: Final = "DELETE FROM landing WHERE owner_id = $1 AND link_id = $2"
# One statement sees a batch wholly or not at all; two could find links before one and delete clicks after it.
_DELETE_DOMAIN: Final = """
WITH deleted AS (
    DELETE FROM landing
    WHERE owner_id = $1 AND (
        link_id = ANY($2::bigint[]) OR link_id IN (SELECT link_id FROM landing WHERE owner_id = $1 AND domain = $3)
    )
    RETURNING link_id
)
SELECT link_id, count(*) AS clicks FROM deleted GROUP BY link_id
"""
_DELETE_ORPHANS: Final = "DELETE FROM orphans WHERE owner_id = ANY($1::bigint[]) AND domain = $2"
_ERASE: Final = "INSERT INTO erasures (owner_id, link_id) SELECT $1, unnest($2::bigint[])"
_CHANGED: Final = "UPDATE registry SET version = version + 1, landing_version = landing_version + 1"
# Whoever notes sums of before for the source holds this, too (import_sources.py).
_HOLD_SUMS: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))"
_NEWEST_OF_LINKS: Final = "SELECT DISTINCT link_id FROM landing WHERE owner_id = $1 AND link_id = ANY($2::bigint[])"
_IS_DROPPED: Final = "SELECT has_dropped_clicks FROM sources WHERE source = $1"
_KNOWN: Final = "SELECT clicks FROM erased_sources WHERE source = $1"
_DELETE_SOURCE: Final = "DELETE FROM landing WHERE source = $1"
_DELETE_SUMS: Final = "DELETE FROM sums_before_import WHERE source = $1"
_ERASE_SOURCE: Final = "INSERT INTO erased_sources (source, owner_id, clicks) VALUES ($1, $2, $3) RETURNING id"
# Questions need not look into segments that have nothing of it, if they have nothing of those that were erased before.
_ARE_FREE: Final = """
UPDATE segments SET sources_erased = $2
WHERE id = ANY ($1::bigint[]) AND retired_time IS NULL
    AND sources_erased >= (SELECT coalesce(max(id), 0) FROM erased_sources WHERE source <> $3)
"""


class Erasure:
    """Erases clicks of an owner; those of the same links under another owner stay.

    To it belongs what was stored when it looked at landing, at which it looks once: a batch that comes in meanwhile is
    wholly older, and erased, or wholly younger, and counts. Nothing is settled in between.
    """

    def __init__(self, pool: Pool, files: SegmentFiles, limits: DuckLimits) -> None:
        self._pool = pool
        self._files = files
        self._limits = limits

    async def of_link(self, audience: Audience, link_id: int) -> int:
        """Erase the clicks of a link, and return how many there were.

        Raise Unavailable while the clicks of an older version are being converted.
        """
        async with self._begun(audience) as (connection, settled):
            newest = _number_in(await connection.execute(_DELETE, audience.owner_id, link_id, timeout=_SECONDS))
            by_link = await settled.clicks_of([link_id])
            await _erase(connection, audience.owner_id, by_link)
            if newest or by_link:
                await connection.execute(_CHANGED)
        return newest + sum(by_link.values())

    async def of_domain(self, audience: Audience, domain: str) -> int:
        """Erase the clicks in a domain and the orphan visits there, and return how many there were.

        A link that was followed there is erased wholly. Raise Unavailable like of_link.
        """
        owners = [audience.owner_id, *([_INSTALLATION] if audience.sees_installation else [])]
        async with self._begun(audience) as (connection, settled):
            links = await settled.links_in(domain)
            rows = await connection.fetch(_DELETE_DOMAIN, audience.owner_id, links, domain, timeout=_SECONDS)
            newest = {row["link_id"]: row["clicks"] for row in rows}
            by_link = await settled.clicks_of(newest.keys() | links)
            await _erase(connection, audience.owner_id, by_link)
            orphans = _number_in(await connection.execute(_DELETE_ORPHANS, owners, domain, timeout=_SECONDS))
            # Orphan visits have no marks of their own by which kept answers would be known to be old.
            if newest or by_link or orphans:
                await connection.execute(_CHANGED)
        erased: int = sum(newest.values()) + sum(by_link.values()) + orphans
        return erased

    async def of_source(self, audience: Audience, source: UUID, name: str, now: datetime) -> int:
        """Erase all that came from an import, refuse what comes later, and return how many clicks there were.

        Doing so again returns the same. name is what the ledger calls it, if it is not known yet. Raise
        FailedPrecondition when raw clicks of it were dropped, since sums do not tell what was its; Unavailable like
        of_link.
        """
        async with self._begun(audience) as (connection, settled):
            # A batch that is coming in ends before, and the next one is refused.
            await connection.execute(_HOLD_SUMS, source, timeout=_SECONDS)
            await sources.lock(connection, source, now)
            known: int | None = await connection.fetchval(_KNOWN, source)
            if known is not None:
                return known
            await sources.name_import(connection, source, name)
            if await connection.fetchval(_IS_DROPPED, source):
                raise FailedPrecondition(
                    "raw clicks of the import were dropped after their retention: nothing tells its clicks from others"
                )
            newest = _number_in(await connection.execute(_DELETE_SOURCE, source, timeout=_SECONDS))
            by_segment = await settled.clicks_from(source)
            erased = newest + sum(by_segment.values())
            await connection.execute(_DELETE_SUMS, source, timeout=_SECONDS)
            number = await connection.fetchval(_ERASE_SOURCE, source, audience.owner_id, erased)
            free = [segment for segment, clicks in by_segment.items() if not clicks]
            await connection.execute(_ARE_FREE, free, number, source)
            await connection.execute(_CHANGED)
        return erased

    async def followed(self, audience: Audience, links: Collection[int]) -> list[int]:
        """Return those of an owner's links that have clicks; raise Unavailable like of_link."""
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            await connection.execute(_PATIENCE)
            state, contents = await read_state(connection), await read_contents(connection)
            settled = _Settled(audience.owner_id, state, contents, self._files, self._limits)
            rows = await connection.fetch(_NEWEST_OF_LINKS, audience.owner_id, list(links), timeout=_SECONDS)
            found = await settled.clicks_of(links)
        return sorted(found.keys() | {row["link_id"] for row in rows})

    @asynccontextmanager
    async def _begun(self, audience: Audience) -> AsyncIterator[tuple[Connection, "_Settled"]]:
        """Begin the transaction, and commit it at the end."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_PATIENCE)
            await connection.execute(IN_TURN, timeout=_SECONDS)
            state = await read_state(connection)
            # Files may be written anew meanwhile; those that they are made from stay for longer than this takes.
            contents = await read_contents(connection)
            settled = _Settled(audience.owner_id, state, contents, self._files, self._limits)
            yield connection, settled


async def _erase(connection: Connection, owner_id: int, links: Collection[int]) -> None:
    if links:
        await connection.execute(_ERASE, owner_id, sorted(links), timeout=_SECONDS)


def _number_in(status: str) -> int:
    """Return the number of rows that PostgreSQL tells: "DELETE 42"."""
    return int(status.rpartition(" ")[2])


class _Settled:
    """What segments hold of an owner, less what was erased before."""

    def __init__(
        self, owner_id: int, state: State, contents: Contents, files: SegmentFiles, limits: DuckLimits
    ) -> None:
        self._audience = Audience(owner_id=owner_id)
        self._state = state
        self._contents = contents
        self._files = files
        self._limits = limits

    async def links_in(self, domain: str) -> list[int]:
        """Return the links that were followed in a domain; of the sums, because raw clicks may be dropped already."""
        statement = Statement()
        name, dimension = statement.add(domain), Dimension.DOMAIN.value
        condition = f"dimension = {dimension} AND value = {name} GROUP BY link_id HAVING sum(clicks) > 0"
        return [link for (link,) in await self._fetch(Kind.VALUES, "link_id", condition, statement)]

    async def clicks_of(self, links: Collection[int]) -> dict[int, int]:
        """Return how many clicks there are, by link, of those that have any."""
        statement = Statement()
        condition = f"link_id IN (SELECT unnest({statement.add(sorted(links))}::BIGINT[])) GROUP BY link_id"
        rows = await self._fetch(Kind.LINKS, "link_id, sum(clicks)::BIGINT AS clicks", condition, statement)
        return {link: clicks for link, clicks in rows if clicks}

    async def clicks_from(self, source: UUID) -> dict[int, int]:
        """Return how many clicks of a source there are, by the id of each segment that has raw clicks."""
        statement = Statement()
        name, owner = statement.add(str(source)), statement.add(self._audience.owner_id)
        with self._opened() as snapshot:
            counts = " UNION ALL ".join(
                f"SELECT {segment.id}, count(*) {rows} AND source = {name} AND owner_id = {owner}"
                for segment in snapshot.segments
                for rows in snapshot.clicks_of([segment], self._audience, statement)
            )
            return dict(await Reader(snapshot, self._files, _SECONDS).fetch(counts, statement)) if counts else {}

    @contextmanager
    def _opened(self) -> Iterator[Snapshot]:
        with open_duck(self._limits) as duck:
            yield Snapshot(
                duck=duck,
                state=self._state,
                segments=self._contents.segments,
                erased=self._contents.erased,
                erased_sources=self._contents.erased_sources,
                visitors=0,
            )

    async def _fetch(self, kind: Kind, columns: str, condition: str, statement: Statement) -> list[tuple[int, ...]]:
        """Select from the sums of links; condition begins behind WHERE, and may group."""
        if not self._contents.segments:
            return []
        with self._opened() as snapshot:
            parts = " UNION ALL ".join(
                f"SELECT * FROM {rows}"  # noqa: S608 - relations
                for rows, _ in snapshot.sums_of(kind, None, snapshot.segments, self._audience, statement)
            )
            owner = statement.add(self._audience.owner_id)
            sql = f"SELECT {columns} FROM ({parts}) AS sums WHERE owner_id = {owner} AND {condition}"  # noqa: S608
            return [*await Reader(snapshot, self._files, _SECONDS).fetch(sql, statement)]
