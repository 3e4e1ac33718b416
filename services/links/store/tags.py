"""Tags in PostgreSQL. Links keep their tags by name, so names change on both sides in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from services.common.errors import AlreadyExists, NotFound, ResourceExhausted
from services.links.domain.tags import MOST_TAGS, Tag, TagFields
from services.runtime.postgres import Connection, Pool

_RETRY_SECONDS: Final = 3600
# The name stands where the first of the others stood, or where it stood itself before them; the other names keep order.
_MERGE: Final = """
    UPDATE links SET revision = revision + 1, update_time = $4, tags = (
        SELECT array_agg(name ORDER BY place) FROM (
            SELECT name, min(place) AS place FROM (
                SELECT CASE WHEN carried = ANY ($2::text[]) THEN $3 ELSE carried END AS name, place
                FROM unnest(tags) WITH ORDINALITY AS listed (carried, place)) AS renamed
            GROUP BY name) AS merged)
    WHERE owner_id = $1 AND delete_time IS NULL AND tags && $2::text[]
"""


class TagStore:
    """Keeps tags, and their names on links."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list_of(self, owner_id: int) -> list[Tag]:
        """List an owner's tags, oldest first."""
        rows = await self._pool.fetch(
            """
            SELECT tag_id, name, color, icon, create_time, update_time, 0::bigint AS link_count
            FROM tags WHERE owner_id = $1 ORDER BY tag_id
            """,
            owner_id,
        )
        return [_tag(row) for row in rows]

    async def list_counted(self, owner_id: int) -> list[Tag]:
        """List an owner's tags, oldest first, with the number of links that carry each; reads all of these links."""
        rows = await self._pool.fetch(
            """
            WITH carried AS (
                SELECT name, count(*) AS link_count FROM links, unnest(tags) AS name
                WHERE owner_id = $1 AND delete_time IS NULL AND tags <> '{}' GROUP BY name)
            SELECT tag_id, tags.name, color, icon, create_time, update_time, coalesce(link_count, 0) AS link_count
            FROM tags LEFT JOIN carried ON carried.name = tags.name COLLATE "C"
            WHERE owner_id = $1 ORDER BY tag_id
            """,
            owner_id,
        )
        return [_tag(row) for row in rows]

    async def list_bare(self, owner_id: int, most: int) -> list[Tag]:
        """List names that links carry without a tag, as tags with the id 0, those that most links carry first.

        Reads all of the owner's links.
        """
        rows = await self._pool.fetch(
            """
            WITH carried AS (
                SELECT name COLLATE "C" AS name, count(*) AS link_count FROM links, unnest(tags) AS name
                WHERE owner_id = $1 AND delete_time IS NULL AND tags <> '{}' GROUP BY 1)
            SELECT 0::bigint AS tag_id, name, '' AS color, '' AS icon, NULL::timestamptz AS create_time,
                NULL::timestamptz AS update_time, link_count
            FROM carried
            WHERE NOT EXISTS (SELECT FROM tags WHERE tags.owner_id = $1 AND tags.name = carried.name)
            ORDER BY link_count DESC, name LIMIT $2
            """,
            owner_id,
            most,
        )
        return [_tag(row) for row in rows]

    async def add(self, owner_id: int, fields: TagFields, now: datetime) -> Tag:
        """Add a tag.

        Raises AlreadyExists for a name that the owner has, and ResourceExhausted when the owner has as many as it may.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await queue_up(connection, owner_id)
            count = await connection.fetchval("SELECT count(*) FROM tags WHERE owner_id = $1", owner_id)
            if count >= MOST_TAGS:
                raise ResourceExhausted(f"the account has {MOST_TAGS} tags, as many as it may", _RETRY_SECONDS)
            row = await connection.fetchrow(
                """
                INSERT INTO tags (owner_id, name, color, icon, create_time) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (owner_id, name) DO NOTHING
                RETURNING tag_id, name, color, icon, create_time, update_time, 0::bigint AS link_count
                """,
                owner_id,
                fields.name,
                fields.color,
                fields.icon,
                now,
            )
        if row is None:
            raise AlreadyExists("tag", fields.name)
        return _tag(row)

    async def change(self, owner_id: int, tag_id: int, change: Callable[[TagFields], TagFields], now: datetime) -> Tag:
        """Replace a tag's fields by what a function makes of them, and its name on the owner's links.

        Raises NotFound for a tag that is not the owner's, and AlreadyExists for a new name that another tag has.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            before = await _locked(connection, owner_id, tag_id)
            fields = change(before.fields)
            if fields == before.fields:
                return before
            try:
                row = await connection.fetchrow(
                    """
                    UPDATE tags SET name = $2, color = $3, icon = $4, update_time = $5 WHERE tag_id = $1
                    RETURNING tag_id, name, color, icon, create_time, update_time, 0::bigint AS link_count
                    """,
                    tag_id,
                    fields.name,
                    fields.color,
                    fields.icon,
                    now,
                )
            except asyncpg.UniqueViolationError:
                raise AlreadyExists("tag", fields.name) from None
            if fields.name != before.fields.name:
                await _rename_on_links(connection, owner_id, before.fields.name, fields.name, now)
        assert row is not None  # noqa: S101 - the row is locked
        return _tag(row)

    async def delete(self, owner_id: int, tag_id: int, now: datetime) -> int:
        """Delete a tag and take its name from the owner's links; return how many carried it.

        Raises NotFound for a tag that is not the owner's.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            tag = await _locked(connection, owner_id, tag_id)
            await connection.execute("DELETE FROM tags WHERE tag_id = $1", tag_id)
            return await _remove_from_links(connection, owner_id, tag.fields.name, now)

    async def merge(self, owner_id: int, names: Sequence[str], into: str, now: datetime) -> tuple[int, int]:
        """Put one name in the place of others on the owner's links, and delete their tags.

        Return how many links carried one of them, and how many tags were deleted.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await queue_up(connection, owner_id)
            merged = await connection.execute(_MERGE, owner_id, names, into, now)
            deleted = await connection.execute(
                "DELETE FROM tags WHERE owner_id = $1 AND name = ANY ($2::text[])", owner_id, names
            )
        return _count_of(merged), _count_of(deleted)


async def queue_up(connection: Connection, owner_id: int) -> None:
    """Let the changes of one owner's tags come one after the other: they can be counted, and never wait in a circle."""
    await connection.execute("SELECT 1 FROM owners WHERE owner_id = $1 FOR NO KEY UPDATE", owner_id)


async def _locked(connection: Connection, owner_id: int, tag_id: int) -> Tag:
    await queue_up(connection, owner_id)
    row = await connection.fetchrow(
        """
        SELECT tag_id, name, color, icon, create_time, update_time, 0::bigint AS link_count
        FROM tags WHERE tag_id = $1 AND owner_id = $2 FOR NO KEY UPDATE
        """,
        tag_id,
        owner_id,
    )
    if row is None:
        raise NotFound("tag", tag_id)
    return _tag(row)


async def _rename_on_links(connection: Connection, owner_id: int, old: str, new: str, now: datetime) -> None:
    # A link that carries the new name already keeps it once.
    await connection.execute(
        """
        UPDATE links SET revision = revision + 1, update_time = $4,
            tags = CASE WHEN tags @> ARRAY[$3] THEN array_remove(tags, $2) ELSE array_replace(tags, $2, $3) END
        WHERE owner_id = $1 AND delete_time IS NULL AND tags @> ARRAY[$2]
        """,
        owner_id,
        old,
        new,
        now,
    )


async def _remove_from_links(connection: Connection, owner_id: int, name: str, now: datetime) -> int:
    done = await connection.execute(
        """
        UPDATE links SET revision = revision + 1, update_time = $3, tags = array_remove(tags, $2)
        WHERE owner_id = $1 AND delete_time IS NULL AND tags @> ARRAY[$2]
        """,
        owner_id,
        name,
        now,
    )
    return _count_of(done)


def _count_of(done: str) -> int:
    """Read how many rows a statement changed from what PostgreSQL says of it."""
    return int(done.rpartition(" ")[2])


def _tag(row: asyncpg.Record) -> Tag:
    return Tag(
        tag_id=row["tag_id"],
        fields=TagFields(name=row["name"], color=row["color"], icon=row["icon"]),
        create_time=row["create_time"],
        update_time=row["update_time"],
        link_count=row["link_count"],
    )
