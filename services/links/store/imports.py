"""Imports in PostgreSQL: one of each origin at a time."""

from datetime import datetime
from typing import Final

from services.links.domain.imports import Import
from services.runtime.postgres import Connection, Pool

IMPORT_COLUMNS: Final = """
    import_id, owner_id, origin, origin_identity, generation, create_time, finish_time, undo_start_time, undo_time,
    erased_clicks
"""
_SELECT: Final = f"""
    SELECT {IMPORT_COLUMNS}, created_links, found_links
    FROM imports CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE is_created AND undo_outcome IS DISTINCT FROM 0) AS created_links,
            count(*) FILTER (WHERE NOT is_created) AS found_links
        FROM imported_links WHERE imported_links.import_id = imports.import_id
    ) AS counted
"""  # noqa: S608 - joined from constants.
_NEWEST: Final = (
    f"{_SELECT} WHERE owner_id = $1 AND origin = $2 AND origin_identity = $3 ORDER BY generation DESC LIMIT 1"
)
_FIND: Final = f"SELECT {IMPORT_COLUMNS} FROM imports WHERE import_id = $1 AND owner_id = $2"  # noqa: S608
_FIND_COUNTED: Final = f"{_SELECT} WHERE import_id = $1 AND owner_id = $2"
_LIST: Final = (
    f"{_SELECT} WHERE owner_id = $1 AND ($2::bigint IS NULL OR import_id < $2) ORDER BY import_id DESC LIMIT $3"
)


class ImportStore:
    """Keeps imports."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get_or_create(self, owner_id: int, origin: str, identity: str, now: datetime) -> Import:
        """Return the account's import of an origin, a new one if there is none that was not undone."""
        async with self._pool.acquire() as connection:
            newest = await _newest(connection, owner_id, origin, identity)
            if newest is None or newest.undo_time:
                await connection.execute(
                    """
                    INSERT INTO imports (owner_id, origin, origin_identity, generation, create_time)
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner_id, origin, origin_identity, generation) DO NOTHING
                    """,
                    owner_id,
                    origin,
                    identity,
                    newest.generation + 1 if newest else 1,
                    now,
                )
                newest = await _newest(connection, owner_id, origin, identity)
        assert newest is not None, "added above, and rows are never deleted"  # noqa: S101
        return newest

    async def find(self, import_id: int, owner_id: int, *, counted: bool) -> Import | None:
        """Find an account's import; its numbers of links are 0 unless they are to be counted."""
        row = await self._pool.fetchrow(_FIND_COUNTED if counted else _FIND, import_id, owner_id)
        return Import(**row) if row else None

    async def list_page(self, owner_id: int, *, before_id: int | None, limit: int) -> list[Import]:
        """List an account's imports, newest first, from what comes after one."""
        return [Import(**row) for row in await self._pool.fetch(_LIST, owner_id, before_id, limit)]

    async def set_finished(self, import_id: int, time: datetime | None) -> None:
        """Note when all was brought, or None when more has come; nothing changes once it is undone."""
        await self._pool.execute(
            "UPDATE imports SET finish_time = $2 WHERE import_id = $1 AND undo_start_time IS NULL", import_id, time
        )

    async def begin_undo(self, import_id: int, now: datetime) -> None:
        """Let the import take nothing any more; a batch of links that is under way ends before."""
        await self._pool.execute(
            "UPDATE imports SET undo_start_time = coalesce(undo_start_time, $2) WHERE import_id = $1", import_id, now
        )

    async def call_off_undo(self, import_id: int) -> None:
        """Let the import take more again: nothing was undone."""
        await self._pool.execute(
            "UPDATE imports SET undo_start_time = NULL WHERE import_id = $1 AND undo_time IS NULL", import_id
        )

    async def end_undo(self, import_id: int, erased_clicks: int, now: datetime) -> None:
        """Note that all is undone."""
        await self._pool.execute(
            "UPDATE imports SET erased_clicks = $2, undo_time = coalesce(undo_time, $3) WHERE import_id = $1",
            import_id,
            erased_clicks,
            now,
        )


async def _newest(connection: Connection, owner_id: int, origin: str, identity: str) -> Import | None:
    row = await connection.fetchrow(_NEWEST, owner_id, origin, identity)
    return Import(**row) if row else None
