"""Who leads where, across accounts, in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.common.caller import ANONYMOUS_OWNER_ID
from services.links.domain.owners import Owner
from services.links.store.owners import owner
from services.links.store.rows import HELD
from services.runtime.postgres import Pool

# Joined from constants.
_OLDEST: Final = f"""
    SELECT public_url || '/' || code FROM links JOIN domains USING (domain_id)
    WHERE hashtextextended(destination, 0) = hashtextextended($1, 0) AND destination = $1
        AND delete_time IS NULL AND NOT disabled AND NOT private_stats AND NOT {HELD}
        AND password_hash IS NULL AND max_clicks = 0 AND valid_from_time IS NULL AND expire_time IS NULL
    ORDER BY link_id LIMIT 1
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Encoder:
    """An account with its oldest link to a destination."""

    owner: Owner
    short_url: str
    create_time: datetime


class LinkGraphStore:
    """Finds links across accounts, but for those that strangers may not know of."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list_encoders(self, destination: str, workspace_id: int, limit: int) -> tuple[list[Encoder], int]:
        """List the accounts of a group, or with 0 all, that lead to a destination; also return how many there are."""
        rows = await self._pool.fetch(
            """
            WITH encoders AS (
                SELECT DISTINCT ON (owners.owner_id) link_id, public_url || '/' || code AS short_url,
                    links.create_time AS link_create_time, owners.owner_id, login, display_name, email, workspace_id,
                    owners.password_hash, owners.password_version, owners.create_time, owners.admin
                FROM links JOIN domains USING (domain_id) JOIN owners ON owners.owner_id = links.owner_id
                WHERE hashtextextended(destination, 0) = hashtextextended($1, 0) AND destination = $1
                    AND delete_time IS NULL AND NOT disabled AND NOT private_stats
                    AND links.password_hash IS NULL AND max_clicks = 0
                    AND valid_from_time IS NULL AND expire_time IS NULL
                    -- Who has no account is nobody to list.
                    AND owners.owner_id <> $4
                    AND ($2 = 0 OR workspace_id = $2)
                ORDER BY owners.owner_id, link_id)
            SELECT short_url, link_create_time, owner_id, login, display_name, email, workspace_id, password_hash,
                password_version, create_time, admin, count(*) OVER () AS total
            FROM encoders ORDER BY link_id LIMIT $3
            """,
            destination,
            workspace_id,
            limit,
            ANONYMOUS_OWNER_ID,
        )
        encoders = [Encoder(owner(row), row["short_url"], row["link_create_time"]) for row in rows]
        return encoders, rows[0]["total"] if rows else 0

    async def oldest_short_url(self, destination: str) -> str:
        """Find the oldest link of all to a destination; empty when there is none."""
        found: str | None = await self._pool.fetchval(_OLDEST, destination)
        return found or ""
