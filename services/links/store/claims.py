"""Taking over links that were created without account, in PostgreSQL."""

from datetime import datetime

from services.common.caller import ANONYMOUS_OWNER_ID
from services.links.domain.link import Link
from services.links.store import rows
from services.runtime.postgres import Pool


class ClaimStore:
    """Hands links over to accounts."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, link_id: int, owner_id: int, token_hash: bytes, now: datetime) -> Link | None:
        """Hand a link over for its claim token, which that uses up; None when it is none of the link's.

        Of parallel calls with one token the first gets the link: the others wait for its row, and then find none.
        """
        claimed = await self._pool.fetchval(
            """
            WITH token AS (DELETE FROM claim_tokens WHERE link_id = $1 AND hash = $3 RETURNING link_id)
            UPDATE links SET owner_id = $2, revision = revision + 1, update_time = $4
            FROM token WHERE links.link_id = token.link_id AND owner_id = $5 AND delete_time IS NULL RETURNING true
            """,
            link_id,
            owner_id,
            token_hash,
            now,
            ANONYMOUS_OWNER_ID,
        )
        if claimed is None:
            return None
        row = await self._pool.fetchrow(rows.SELECT_LINK + "WHERE link_id = $1", link_id)
        return rows.link(row) if row else None
