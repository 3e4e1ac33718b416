"""Forget clicks: the raw ones and all sums of them."""

from collections.abc import Sequence
from typing import Final

from services.analytics.domain.query import Audience
from services.common.postgres import Connection, Pool

# The installation's own domains belong to nobody else.
_INSTALLATION: Final = 0
# Batches add to the totals last but one. Holding these back makes each of them wholly older or wholly younger than the
# erasure, so that sums and clicks still agree.
_HOLD_BATCHES: Final = "LOCK TABLE totals IN SHARE ROW EXCLUSIVE MODE"
_LINKS_OF_DOMAIN: Final = "SELECT DISTINCT link_id FROM clicks WHERE owner_id = $1 AND domain = $2"
_DELETE_ORPHANS: Final = "DELETE FROM orphans WHERE owner_id = ANY($1::bigint[]) AND domain = $2"
# Every table that keeps something of a click.
_DELETE_CLICKS: Final = "DELETE FROM clicks WHERE link_id = ANY($1::bigint[]) AND owner_id = $2"
_DELETE_SUMS: Final = (
    "DELETE FROM totals WHERE link_id = ANY($1::bigint[]) AND owner_id = $2",
    "DELETE FROM daily WHERE link_id = ANY($1::bigint[]) AND owner_id = $2",
)
_PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"


class Erasure:
    """Forgets clicks of an owner; what others saw of the same links stays."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_link(self, audience: Audience, link_id: int) -> int:
        """Forget the clicks of a link, and answer how many there were."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_PATIENCE)
            await connection.execute(_HOLD_BATCHES)
            return await _delete(connection, audience.owner_id, [link_id])

    async def of_domain(self, audience: Audience, domain: str) -> int:
        """Forget the clicks in a domain and the orphan visits there, and answer how many there were."""
        owners = [audience.owner_id, *([_INSTALLATION] if audience.sees_installation else [])]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_PATIENCE)
            await connection.execute(_HOLD_BATCHES)
            links = await connection.fetch(_LINKS_OF_DOMAIN, audience.owner_id, domain)
            deleted = await _delete(connection, audience.owner_id, [row["link_id"] for row in links])
            return deleted + _count(await connection.execute(_DELETE_ORPHANS, owners, domain))


async def _delete(connection: Connection, owner_id: int, links: Sequence[int]) -> int:
    deleted = _count(await connection.execute(_DELETE_CLICKS, links, owner_id))
    for statement in _DELETE_SUMS:
        await connection.execute(statement, links, owner_id)
    return deleted


def _count(tag: str) -> int:
    # PostgreSQL says "DELETE 42".
    return int(tag.rpartition(" ")[2])
