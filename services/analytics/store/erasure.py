"""Delete clicks: the raw ones and all sums of them."""

from collections.abc import Sequence
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience
from services.runtime.postgres import Connection, Pool

# The installation's own domains belong to nobody else.
_INSTALLATION: Final = 0
# Batches add to the totals last but one. Holding these back makes each of them wholly older or wholly younger than the
# erasure, so that sums and clicks still agree.
_HOLD_BATCHES: Final = "LOCK TABLE totals IN SHARE ROW EXCLUSIVE MODE"
# Of the sums, because raw clicks may be past their retention.
_LINKS_OF_DOMAIN: Final = "SELECT DISTINCT link_id FROM daily WHERE owner_id = $1 AND dimension = $2 AND value = $3"
_DELETE_ORPHANS: Final = "DELETE FROM orphans WHERE owner_id = ANY($1::bigint[]) AND domain = $2"
# Every table that keeps something of a click. The totals tell how many there were, and not how many are left in raw.
_DELETE_CLICKS: Final = "DELETE FROM clicks WHERE link_id = ANY($1::bigint[]) AND owner_id = $2"
_DELETE_DAILY: Final = "DELETE FROM daily WHERE link_id = ANY($1::bigint[]) AND owner_id = $2"
_DELETE_TOTALS: Final = """
WITH deleted AS (DELETE FROM totals WHERE link_id = ANY($1::bigint[]) AND owner_id = $2 RETURNING clicks)
SELECT coalesce(sum(clicks), 0)::bigint FROM deleted
"""
_PATIENCE: Final = "SET LOCAL statement_timeout = '60s'"
# The client waits a little longer than the server tries.
_SECONDS: Final = 62


class Erasure:
    """Deletes clicks of an owner; those of the same links under another owner stay."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_link(self, audience: Audience, link_id: int) -> int:
        """Delete the clicks of a link, and return how many there were."""
        async with self._pool.acquire() as connection, connection.transaction():
            await _begin(connection)
            return await _delete(connection, audience.owner_id, [link_id])

    async def of_domain(self, audience: Audience, domain: str) -> int:
        """Delete the clicks in a domain and the orphan visits there, and return how many there were."""
        owners = [audience.owner_id, *([_INSTALLATION] if audience.sees_installation else [])]
        async with self._pool.acquire() as connection, connection.transaction():
            await _begin(connection)
            rows = await connection.fetch(_LINKS_OF_DOMAIN, audience.owner_id, Dimension.DOMAIN, domain)
            deleted = await _delete(connection, audience.owner_id, [row["link_id"] for row in rows])
            orphans = await connection.execute(_DELETE_ORPHANS, owners, domain, timeout=_SECONDS)
            # PostgreSQL says "DELETE 42".
            return deleted + int(orphans.rpartition(" ")[2])


async def _begin(connection: Connection) -> None:
    await connection.execute(_PATIENCE)
    await connection.execute(_HOLD_BATCHES, timeout=_SECONDS)


async def _delete(connection: Connection, owner_id: int, links: Sequence[int]) -> int:
    await connection.execute(_DELETE_CLICKS, links, owner_id, timeout=_SECONDS)
    await connection.execute(_DELETE_DAILY, links, owner_id, timeout=_SECONDS)
    deleted: int = await connection.fetchval(_DELETE_TOTALS, links, owner_id, timeout=_SECONDS)
    return deleted
