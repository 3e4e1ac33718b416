"""Many links at once in PostgreSQL."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from services.common.errors import LinkmeterError
from services.links.domain.link import Link
from services.links.store import rows
from services.links.store.links import REPLACE, replacing
from services.links.store.rows import SELECT_LINK
from services.links.store.tags import queue_up
from services.runtime.postgres import Pool

_FIND: Final = SELECT_LINK + "WHERE link_id = ANY ($1::bigint[])"
# In one order for all, so that no two batches wait for each other.
_LOCK: Final = _FIND + " ORDER BY link_id FOR NO KEY UPDATE OF links"


class LinkBatchStore:
    """Finds and changes many links with few statements."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, link_ids: Collection[int]) -> dict[int, Link]:
        """Find those of the links or tombstones that there are, by id."""
        return {row["link_id"]: rows.link(row) for row in await self._pool.fetch(_FIND, link_ids)}

    async def change(
        self, owner_id: int, link_ids: Collection[int], change: Callable[[Link], Link | LinkmeterError]
    ) -> Mapping[int, tuple[Link | LinkmeterError, bool]]:
        """Replace links by what a function makes of them, but where that is an error; all in one transaction.

        Return what it made of those that there are, tombstones included, by id, each with whether the link was changed.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            # Renaming a tag locks links in no order: batches and changes of tags come one after the other.
            await queue_up(connection, owner_id)
            befores = [rows.link(row) for row in await connection.fetch(_LOCK, link_ids)]
            outcomes = {before.link_id: (after := change(before), _is_change(before, after)) for before in befores}
            changed = [after for after, is_change in outcomes.values() if is_change and isinstance(after, Link)]
            await connection.executemany(REPLACE, [replacing(after) for after in changed])
            gone = [after.link_id for after in changed if after.deleted]
            if gone:
                await connection.execute("DELETE FROM edit_tokens WHERE link_id = ANY ($1::bigint[])", gone)
        return outcomes


def _is_change(before: Link, after: Link | LinkmeterError) -> bool:
    return isinstance(after, Link) and after != before
