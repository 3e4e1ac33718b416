"""Links in PostgreSQL: finding, listing, changing and consuming."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from services.links.domain.link import LINK_FIELDS, Link
from services.links.domain.link_filter import LinkFilter
from services.links.store import rows
from services.links.store.rows import COUNT_LINKS, SELECT_LINK
from services.links.store.search_index import SEARCH_TEXT
from services.runtime.postgres import Connection, Pool

_FIND: Final = SELECT_LINK + "WHERE link_id = $1"
_FIND_BY_CODE: Final = SELECT_LINK + "WHERE host = $1 AND code = $2"
_FIND_BY_CODES: Final = SELECT_LINK + "JOIN unnest($1::text[], $2::text[]) AS named (host, code) USING (host, code)"
_LOCK: Final = SELECT_LINK + "WHERE link_id = $1 FOR NO KEY UPDATE OF links"

# The state says the same as Link.state.
_FILTER: Final = """
    WHERE links.owner_id = $1 AND delete_time IS NULL AND archived = $2
        AND ($3 = '' OR host = $3)
        AND ($4 = '' OR tags @> ARRAY[$4])
        AND ($5 = '' OR hashtextextended(destination, 0) = hashtextextended($5, 0) AND destination = $5)
        AND ($6::timestamptz IS NULL OR links.create_time >= $6)
        AND ($7::timestamptz IS NULL OR links.create_time < $7)
        AND ($8 = '' OR $8 = CASE
            WHEN disabled THEN 'disabled'
            WHEN expire_time <= $9 THEN 'expired'
            WHEN max_clicks > 0 AND consumed_clicks >= max_clicks THEN 'exhausted'
            WHEN valid_from_time > $9 THEN 'scheduled'
            ELSE 'active' END)
"""
_FIRST_PATTERN: Final = 10
# Joined from constants.
REPLACE: Final = f"""
    UPDATE links SET disabled = $2, consumed_clicks = $3, password_hash = $4, password_version = $5, revision = $6,
        update_time = $7::timestamptz, delete_time = CASE WHEN $8 THEN $7::timestamptz END,
        {", ".join(f"{name} = ${number}" for number, name in enumerate(LINK_FIELDS, start=9))}
    WHERE link_id = $1
"""  # noqa: S608


class LinkStore:
    """Keeps links and their tombstones."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, link_id: int) -> Link | None:
        """Find a link or its tombstone by id."""
        row = await self._pool.fetchrow(_FIND, link_id)
        return rows.link(row) if row else None

    async def find_by_code(self, host: str, code: str) -> Link | None:
        """Find a link or its tombstone by its domain's host and its code."""
        row = await self._pool.fetchrow(_FIND_BY_CODE, host, code)
        return rows.link(row) if row else None

    async def find_by_codes(self, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Link]:
        """Find those of the links or tombstones that there are, by their domain's host and their code."""
        if not names:
            return {}
        hosts, texts = zip(*names, strict=True)
        found = await self._pool.fetch(_FIND_BY_CODES, hosts, texts)
        return {(row["host"], row["code"]): rows.link(row) for row in found}

    async def list_page(
        self, link_filter: LinkFilter, *, after_id: int | None, limit: int, skip: int, now: datetime
    ) -> list[Link]:
        """List an owner's links in the filter's order, from what comes after a link."""
        statement = list_statement(len(link_filter.patterns), oldest_first=link_filter.oldest_first)
        async with planning(self._pool, link_filter) as connection:
            found = await connection.fetch(statement, *arguments(link_filter, now), after_id, limit, skip)
        return [rows.link(row) for row in found]

    async def count(self, link_filter: LinkFilter, now: datetime) -> int:
        """Count all links that pass a filter."""
        async with planning(self._pool, link_filter) as connection:
            statement = COUNT_LINKS + filter_condition(len(link_filter.patterns))[0]
            counted: int = await connection.fetchval(statement, *arguments(link_filter, now))
        return counted

    async def change(self, link_id: int, change: Callable[[Link | None], Link]) -> tuple[Link, bool]:
        """Replace a link by what a function makes of it; also return whether that was anything else.

        Concurrent changes of a link queue up, so that each function sees what the one before made.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_LOCK, link_id)
            before = rows.link(row) if row else None
            after = change(before)
            if after == before:
                return after, False
            await connection.execute(REPLACE, *replacing(after))
            if after.deleted:
                await connection.execute("DELETE FROM edit_tokens WHERE link_id = $1", link_id)
            return after, True

    async def consume(self, link_id: int, now: datetime) -> bool:
        """Take one of a link's follows, if it can be followed and one is left; one statement, so that none is twice."""
        granted = await self._pool.fetchval(
            """
            UPDATE links SET consumed_clicks = consumed_clicks + sign(max_clicks)::bigint
            WHERE link_id = $1 AND (max_clicks = 0 OR consumed_clicks < max_clicks)
                AND delete_time IS NULL AND NOT disabled
                AND (valid_from_time IS NULL OR valid_from_time <= $2) AND (expire_time IS NULL OR expire_time > $2)
            RETURNING true
            """,
            link_id,
            now,
        )
        return granted is not None


@asynccontextmanager
async def planning(pool: Pool, link_filter: LinkFilter) -> AsyncIterator[Connection]:
    """Lend a connection that plans for the very tag or text: an index serves rare ones, age common ones."""
    async with pool.acquire() as connection:
        if not (link_filter.tag or link_filter.query):
            yield connection
            return
        async with connection.transaction(readonly=True):
            await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            yield connection


def filter_condition(patterns: int) -> tuple[str, int]:
    """Return the condition with so many patterns, of which one has to match, and the number of the next parameter."""
    places = range(_FIRST_PATTERN, _FIRST_PATTERN + patterns)
    # One by one: no index serves an array.
    matches = " OR ".join(f"{SEARCH_TEXT} LIKE ${place}" for place in places)
    return (f"{_FILTER} AND ({matches})" if patterns else _FILTER), _FIRST_PATTERN + patterns


def list_statement(patterns: int, *, oldest_first: bool) -> str:
    """Return the statement that lists links, for a filter with so many patterns."""
    condition, place = filter_condition(patterns)
    after, limit, skip = (f"${place + number}" for number in range(3))
    sign, order = (">", "") if oldest_first else ("<", "DESC")
    return f"""
        {SELECT_LINK} {condition}
            AND ({after}::bigint IS NULL OR link_id {sign} {after}) ORDER BY link_id {order} LIMIT {limit} OFFSET {skip}
    """


def arguments(link_filter: LinkFilter, now: datetime) -> tuple[object, ...]:
    """Return the arguments of a statement with the filter; a list's own come after them."""
    return (
        link_filter.owner_id,
        link_filter.archived,
        link_filter.host,
        link_filter.tag,
        link_filter.destination,
        link_filter.created_from,
        link_filter.created_before,
        str(link_filter.state or ""),
        now,
        *link_filter.patterns,
    )


def replacing(link: Link) -> tuple[object, ...]:
    """Return the arguments of REPLACE that make a link's row the link."""
    return (
        link.link_id,
        link.disabled,
        link.consumed_clicks,
        link.password.hash if link.password else None,
        link.password.version if link.password else None,
        link.revision,
        link.update_time,
        link.deleted,
        *rows.values_of(link.fields),
    )
