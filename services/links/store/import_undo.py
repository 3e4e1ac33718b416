"""Undoing imports in PostgreSQL, some links at a time: safe to break off and to begin again anywhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.links.domain.imports import KeptReason
from services.links.domain.link import Link
from services.links.store import rows
from services.runtime.postgres import Pool

# Nobody's import but this one has anything to do with a link.
_IMPORTED_AGAIN: Final = """
    EXISTS (
        SELECT FROM imported_links AS other JOIN imports ON imports.import_id = other.import_id
        WHERE other.link_id = imported_links.link_id AND other.import_id <> imported_links.import_id
            AND undo_start_time IS NULL)
"""
_IS_UNCHANGED: Final = """
    links.revision = imported_links.revision AND links.consumed_clicks = imported_links.consumed_clicks
"""
# Links that their owner deleted are nobody's business here.
_PENDING: Final = f"""
    SELECT link_id, links.revision = imported_links.revision AS is_unchanged,
        links.consumed_clicks <> imported_links.consumed_clicks AS is_followed, {_IMPORTED_AGAIN} AS is_imported_again
    FROM imported_links JOIN links USING (link_id)
    WHERE import_id = $1 AND is_created AND undo_outcome IS NULL AND delete_time IS NULL
    ORDER BY link_id LIMIT $2
"""  # noqa: S608 - joined from constants.
# As Link.buried does; what became another link meanwhile is left for the next look.
_DELETE: Final = f"""
    WITH gone AS (
        UPDATE links SET destination = '', title = '', tags = '{{}}', note = '', expired_destination = '',
            redirect_status = 302, valid_from_time = NULL, expire_time = NULL, max_clicks = 0, archived = false,
            private_stats = false, block_bots = false, indexable = NULL, forward_query = 1,
            password_hash = NULL, password_version = NULL, clicks_before_import = 0,
            delete_time = $3, update_time = $3, revision = links.revision + 1, freed = true
        FROM imported_links
        WHERE imported_links.import_id = $1 AND imported_links.link_id = links.link_id
            AND links.link_id = ANY ($2::bigint[]) AND delete_time IS NULL AND undo_outcome IS NULL
            AND {_IS_UNCHANGED} AND NOT {_IMPORTED_AGAIN}
        RETURNING links.link_id)
    UPDATE imported_links SET undo_outcome = 0 FROM gone
    WHERE imported_links.import_id = $1 AND imported_links.link_id = gone.link_id
    RETURNING gone.link_id
"""  # noqa: S608 - joined from constants.
_DELETED: Final = rows.SELECT_LINK + "WHERE link_id = ANY ($1::bigint[])"
_KEEP: Final = """
    UPDATE imported_links SET undo_outcome = kept.reason
    FROM unnest($2::bigint[], $3::smallint[]) AS kept (link_id, reason)
    WHERE import_id = $1 AND imported_links.link_id = kept.link_id AND undo_outcome IS NULL
"""
_TAKE_HISTORY: Final = """
    WITH taken AS (
        SELECT link_id, clicks_before FROM imported_links
        WHERE import_id = $1 AND clicks_before > 0 ORDER BY link_id LIMIT $2 FOR UPDATE),
        noted AS (
            UPDATE imported_links SET clicks_before = 0 FROM taken
            WHERE import_id = $1 AND imported_links.link_id = taken.link_id)
    UPDATE links SET clicks_before_import = greatest(clicks_before_import - taken.clicks_before, 0)
    FROM taken WHERE links.link_id = taken.link_id
"""
_COUNTS: Final = """
    SELECT count(*) FILTER (WHERE undo_outcome = 0) AS deleted, count(*) FILTER (WHERE undo_outcome > 0) AS kept
    FROM imported_links WHERE import_id = $1
"""
_KEPT: Final = """
    SELECT link_id, public_url || '/' || code AS short_url, undo_outcome AS reason
    FROM imported_links JOIN links USING (link_id) JOIN domains USING (domain_id)
    WHERE import_id = $1 AND undo_outcome > 0 ORDER BY link_id LIMIT $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A link that an import created, of which nothing is decided yet."""

    link_id: int
    is_unchanged: bool
    is_followed: bool
    is_imported_again: bool

    @property
    def reason(self) -> KeptReason | None:
        """Why it is to be kept; None when nothing that links knows of speaks for it."""
        if not self.is_unchanged:
            return KeptReason.CHANGED
        if self.is_imported_again:
            return KeptReason.IMPORTED_AGAIN
        return KeptReason.FOLLOWED if self.is_followed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLink:
    """A link that an undo did not delete."""

    link_id: int
    short_url: str
    reason: KeptReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What an undo made of the links that the import created; not all of the kept ones are named."""

    deleted: int
    kept: int
    kept_links: Sequence[KeptLink]


class ImportUndoStore:
    """Takes links of imports back."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def pending(self, import_id: int, limit: int) -> list[Pending]:
        """Return some of the links of which nothing is decided yet."""
        return [Pending(**row) for row in await self._pool.fetch(_PENDING, import_id, limit)]

    async def delete(self, import_id: int, link_ids: Collection[int], now: datetime) -> list[Link]:
        """Delete those of some links that are still as the import left them, and return their tombstones."""
        async with self._pool.acquire() as connection, connection.transaction():
            gone = [row["link_id"] for row in await connection.fetch(_DELETE, import_id, link_ids, now)]
            await connection.execute("DELETE FROM edit_tokens WHERE link_id = ANY ($1::bigint[])", gone)
            return [rows.link(row) for row in await connection.fetch(_DELETED, gone)]

    async def keep(self, import_id: int, reasons: dict[int, KeptReason]) -> None:
        """Note which links are kept, and why."""
        await self._pool.execute(_KEEP, import_id, [*reasons], [*reasons.values()])

    async def take_history(self, import_id: int, limit: int) -> bool:
        """Take from some links the sums that the import added; return whether there were any."""
        # PostgreSQL says "UPDATE 42".
        return await self._pool.execute(_TAKE_HISTORY, import_id, limit) != "UPDATE 0"

    async def outcome(self, import_id: int, most_named: int) -> Undone:
        """Return what became of the links so far."""
        counts = await self._pool.fetchrow(_COUNTS, import_id)
        assert counts is not None, "aggregates have a row"  # noqa: S101
        named = await self._pool.fetch(_KEPT, import_id, most_named)
        kept = [KeptLink(**{**row, "reason": KeptReason(row["reason"])}) for row in named]
        return Undone(deleted=counts["deleted"], kept=counts["kept"], kept_links=kept)
