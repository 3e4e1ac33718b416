"""Accounts in PostgreSQL."""

from services.common.postgres import Pool
from services.links.domain.owners import Owner


class OwnerStore:
    """Keeps accounts."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, owner_id: int) -> Owner | None:
        """Find an account by id."""
        row = await self._pool.fetchrow(
            "SELECT owner_id, login, display_name, create_time FROM owners WHERE owner_id = $1", owner_id
        )
        return Owner(**dict(row)) if row else None
