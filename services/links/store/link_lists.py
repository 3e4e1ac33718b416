"""Lists of link ids in PostgreSQL, in orders other than that of creation too."""

from collections.abc import Collection
from datetime import datetime

from services.links.domain.link_filter import LinkFilter
from services.links.domain.link_order import Position
from services.links.store.links import arguments, filter_condition, planning
from services.runtime.postgres import Pool


class LinkListStore:
    """Lists the ids of links that pass a filter."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def passing(self, link_filter: LinkFilter, link_ids: Collection[int], now: datetime) -> set[int]:
        """Return those of some links that pass a filter."""
        if not link_ids:
            return set()
        statement, place = _select(link_filter)
        statement += f" AND link_id = ANY (${place}::bigint[])"
        async with planning(self._pool, link_filter) as connection:
            found = await connection.fetch(statement, *arguments(link_filter, now), link_ids)
        return {row["link_id"] for row in found}

    async def by_code(
        self, link_filter: LinkFilter, *, after: Position | None, limit: int, skip: int, now: datetime
    ) -> list[Position]:
        """List links by code, from what comes after a place."""
        statement, place = _select(link_filter)
        sign, way = ("<", "DESC") if link_filter.oldest_first else (">", "")
        begin: tuple[object, ...] = ()
        if after:
            # The first condition says the same as the second, so that the index begins there.
            statement += f" AND (code, link_id) {sign} (${place}, ${place + 1}::bigint)"
            begin = (after.key, after.link_id)
            place += 2
        statement += f" ORDER BY code {way}, link_id {way} LIMIT ${place} OFFSET ${place + 1}"
        async with planning(self._pool, link_filter) as connection:
            found = await connection.fetch(statement, *arguments(link_filter, now), *begin, limit, skip)
        return [Position(row["link_id"], row["code"]) for row in found]

    async def by_creation(
        self,
        link_filter: LinkFilter,
        *,
        without: Collection[int],
        after_id: int | None,
        limit: int,
        skip: int,
        now: datetime,
    ) -> list[int]:
        """List links in the filter's order, from what comes after a link, but for some."""
        statement, place = _select(link_filter)
        # A set that is looked into for each link that is read.
        statement += f" AND link_id NOT IN (SELECT unnest(${place}::bigint[]))"
        place += 1
        sign, way = (">", "") if link_filter.oldest_first else ("<", "DESC")
        begin: tuple[object, ...] = ()
        if after_id is not None:
            statement += f" AND link_id {sign} ${place}"
            begin = (after_id,)
            place += 1
        statement += f" ORDER BY link_id {way} LIMIT ${place} OFFSET ${place + 1}"
        async with planning(self._pool, link_filter) as connection:
            found = await connection.fetch(statement, *arguments(link_filter, now), without, *begin, limit, skip)
        return [row["link_id"] for row in found]

    async def count_without(self, link_filter: LinkFilter, without: Collection[int], now: datetime) -> int:
        """Count the links that pass a filter, but for some."""
        statement, place = _select(link_filter)
        statement = (
            f"SELECT count(*) FROM ({statement} AND link_id NOT IN (SELECT unnest(${place}::bigint[]))) AS found"  # noqa: S608
        )
        async with planning(self._pool, link_filter) as connection:
            counted: int = await connection.fetchval(statement, *arguments(link_filter, now), without)
        return counted


def _select(link_filter: LinkFilter) -> tuple[str, int]:
    """Return the beginning of a statement with the filter, and the number of its next parameter. All from constants."""
    patterns = len(link_filter.patterns)
    condition, place = filter_condition(patterns)
    return f"SELECT link_id, code FROM links JOIN domains USING (domain_id) {condition}", place  # noqa: S608
