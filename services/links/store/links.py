"""Links in PostgreSQL: finding, listing, changing and consuming."""

from collections.abc import Callable
from datetime import datetime

from services.common.postgres import Connection, Pool
from services.links.domain.link import Link
from services.links.domain.link_filter import LinkFilter
from services.links.store import rows


class LinkStore:
    """Keeps links and their tombstones."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, link_id: int) -> Link | None:
        """Find a link or its tombstone by id."""
        row = await self._pool.fetchrow(
            """
            SELECT link_id, links.owner_id, domain_id, host, public_url, code, destination, title, tags,
                redirect_status, disabled, valid_from_time, expire_time, max_clicks, consumed_clicks, password_hash,
                password_version, revision, links.create_time, update_time, delete_time
            FROM links JOIN domains USING (domain_id) WHERE link_id = $1
            """,
            link_id,
        )
        return rows.link(row) if row else None

    async def find_by_code(self, host: str, code: str) -> Link | None:
        """Find a link or its tombstone by its domain's host and its code."""
        row = await self._pool.fetchrow(
            """
            SELECT link_id, links.owner_id, domain_id, host, public_url, code, destination, title, tags,
                redirect_status, disabled, valid_from_time, expire_time, max_clicks, consumed_clicks, password_hash,
                password_version, revision, links.create_time, update_time, delete_time
            FROM links JOIN domains USING (domain_id) WHERE host = $1 AND code = $2
            """,
            host,
            code,
        )
        return rows.link(row) if row else None

    async def list_page(
        self, link_filter: LinkFilter, *, before_id: int | None, limit: int, now: datetime
    ) -> list[Link]:
        """List an owner's links, newest first, from those older than before_id."""
        found = await self._pool.fetch(
            """
            SELECT link_id, links.owner_id, domain_id, host, public_url, code, destination, title, tags,
                redirect_status, disabled, valid_from_time, expire_time, max_clicks, consumed_clicks, password_hash,
                password_version, revision, links.create_time, update_time, delete_time
            FROM links JOIN domains USING (domain_id)
            WHERE links.owner_id = $1 AND delete_time IS NULL
                AND ($2::bigint IS NULL OR link_id < $2)
                AND ($3 = '' OR host = $3)
                AND ($4 = '' OR tags @> ARRAY[$4])
                AND ($5 = '' OR hashtextextended(destination, 0) = hashtextextended($5, 0) AND destination = $5)
                AND ($6 = '' OR strpos(lower(code), lower($6)) > 0 OR strpos(lower(title), lower($6)) > 0
                    OR strpos(lower(destination), lower($6)) > 0)
                AND ($7 = '' OR $7 = CASE
                    WHEN disabled THEN 'disabled'
                    WHEN expire_time <= $8 THEN 'expired'
                    WHEN max_clicks > 0 AND consumed_clicks >= max_clicks THEN 'exhausted'
                    WHEN valid_from_time > $8 THEN 'scheduled'
                    ELSE 'active' END)
            ORDER BY link_id DESC LIMIT $9
            """,
            link_filter.owner_id,
            before_id,
            link_filter.host,
            link_filter.tag,
            link_filter.destination,
            link_filter.query,
            str(link_filter.state or ""),
            now,
            limit,
        )
        return [rows.link(row) for row in found]

    async def change(self, link_id: int, change: Callable[[Link | None], Link]) -> tuple[Link, bool]:
        """Replace a link by what a function makes of it; also say whether that was anything else.

        Concurrent changes of a link queue up, so that each function sees what the one before made.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            before = await _lock(connection, link_id)
            after = change(before)
            if after == before:
                return after, False
            await _replace(connection, after)
            if after.deleted:
                await connection.execute("DELETE FROM edit_tokens WHERE link_id = $1", link_id)
            return after, True

    async def consume(self, link_id: int, now: datetime) -> bool:
        """Take one of a link's follows, if it can be followed and one is left; one statement, so that none is twice."""
        granted = await self._pool.fetchval(
            """
            UPDATE links SET consumed_clicks = consumed_clicks + 1
            WHERE link_id = $1 AND consumed_clicks < max_clicks AND delete_time IS NULL AND NOT disabled
                AND (valid_from_time IS NULL OR valid_from_time <= $2) AND (expire_time IS NULL OR expire_time > $2)
            RETURNING true
            """,
            link_id,
            now,
        )
        return granted is not None


async def _lock(connection: Connection, link_id: int) -> Link | None:
    row = await connection.fetchrow(
        """
        SELECT link_id, links.owner_id, domain_id, host, public_url, code, destination, title, tags,
            redirect_status, disabled, valid_from_time, expire_time, max_clicks, consumed_clicks, password_hash,
            password_version, revision, links.create_time, update_time, delete_time
        FROM links JOIN domains USING (domain_id) WHERE link_id = $1 FOR NO KEY UPDATE OF links
        """,
        link_id,
    )
    return rows.link(row) if row else None


async def _replace(connection: Connection, link: Link) -> None:
    await connection.execute(
        """
        UPDATE links SET destination = $2, title = $3, tags = $4, redirect_status = $5, disabled = $6,
            valid_from_time = $7, expire_time = $8, max_clicks = $9, consumed_clicks = $10, password_hash = $11,
            password_version = $12, revision = $13, update_time = $14, delete_time = CASE WHEN $15 THEN $14 END
        WHERE link_id = $1
        """,
        link.link_id,
        link.fields.destination,
        link.fields.title,
        link.fields.tags,
        link.fields.redirect_status,
        link.disabled,
        link.fields.valid_from_time,
        link.fields.expire_time,
        link.fields.max_clicks,
        link.consumed_clicks,
        link.password.hash if link.password else None,
        link.password.version if link.password else None,
        link.revision,
        link.update_time,
        link.deleted,
    )
