"""Claims of hosts in PostgreSQL: domains that are not verified yet."""

from datetime import datetime

import asyncpg

from services.common.errors import AlreadyExists, NotFound, ResourceExhausted
from services.common.hosts import PublicUrl
from services.links.domain.domains import CHECK_PAUSE, Domain
from services.links.store import rows
from services.runtime.postgres import Pool


class DomainClaimStore:
    """Keeps claims; their ids are those of the domains that they may become."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, new: PublicUrl, owner_id: int, now: datetime, *, most: int) -> Domain:
        """Add a claim, or find the owner's of the same host; ResourceExhausted when the owner has as many as it may."""
        async with self._pool.acquire() as connection, connection.transaction():
            # Claims of one owner queue up, so that they can be counted.
            await connection.execute("SELECT 1 FROM owners WHERE owner_id = $1 FOR NO KEY UPDATE", owner_id)
            row = await connection.fetchrow(
                """
                INSERT INTO domain_claims AS known (domain_id, owner_id, host, public_url, create_time)
                VALUES (nextval(pg_get_serial_sequence('domains', 'domain_id')), $1, $2, $3, $4)
                ON CONFLICT (coalesce(owner_id, 0), host) DO UPDATE SET public_url = excluded.public_url
                RETURNING domain_id, owner_id, host, public_url, create_time
                """,
                owner_id,
                new.host,
                new.url,
                now,
            )
            count = await connection.fetchval(
                """
                SELECT (SELECT count(*) FROM domain_claims WHERE coalesce(owner_id, 0) = $1)
                    + (SELECT count(*) FROM domains WHERE owner_id = $1 AND release_time IS NULL)
                """,
                owner_id,
            )
            if count > most:
                # Takes the claim back.
                raise ResourceExhausted(f"the account has {most} domains, as many as it may", 3600)
        assert row is not None  # noqa: S101 - an upsert returns its row
        return rows.domain(row, verified=False)

    async def find(self, host: str, owner_id: int) -> Domain | None:
        """Find an owner's claim of a host; 0 is the operator."""
        row = await self._pool.fetchrow(
            """
            SELECT domain_id, owner_id, host, public_url, create_time FROM domain_claims
            WHERE coalesce(owner_id, 0) = $1 AND host = $2
            """,
            owner_id,
            host,
        )
        return rows.domain(row, verified=False) if row else None

    async def find_by_id(self, domain_id: int, owner_id: int) -> Domain | None:
        """Find an owner's claim by its id."""
        row = await self._pool.fetchrow(
            """
            SELECT domain_id, owner_id, host, public_url, create_time FROM domain_claims
            WHERE domain_id = $1 AND owner_id = $2
            """,
            domain_id,
            owner_id,
        )
        return rows.domain(row, verified=False) if row else None

    async def list_of(self, owner_id: int) -> list[Domain]:
        """List an owner's claims, oldest first; the quota bounds them."""
        found = await self._pool.fetch(
            """
            SELECT domain_id, owner_id, host, public_url, create_time FROM domain_claims
            WHERE coalesce(owner_id, 0) = $1 ORDER BY domain_id
            """,
            owner_id,
        )
        return [rows.domain(row, verified=False) for row in found]

    async def note_check(self, domain_id: int, now: datetime) -> None:
        """Remember that a claim's proof is looked for; ResourceExhausted when that was done a moment ago."""
        noted = await self._pool.fetchval(
            """
            UPDATE domain_claims SET check_time = $2
            WHERE domain_id = $1 AND (check_time IS NULL OR check_time <= $3) RETURNING true
            """,
            domain_id,
            now,
            now - CHECK_PAUSE,
        )
        if noted is None:
            raise ResourceExhausted("the domain was verified a moment ago", int(CHECK_PAUSE.total_seconds()))

    async def set_public_url(self, domain_id: int, public_url: str) -> Domain:
        """Replace a claim's public URL; NotFound when it is no claim any more."""
        row = await self._pool.fetchrow(
            """
            UPDATE domain_claims SET public_url = $2 WHERE domain_id = $1
            RETURNING domain_id, owner_id, host, public_url, create_time
            """,
            domain_id,
            public_url,
        )
        if row is None:
            raise NotFound("domain", domain_id)
        return rows.domain(row, verified=False)

    async def adopt(self, claim: Domain) -> Domain:
        """Let a claim become a domain, once.

        Raises NotFound when it is no claim any more, AlreadyExists when the host is another's.
        """
        try:
            row = await self._pool.fetchrow(
                """
                WITH proven AS (
                    DELETE FROM domain_claims WHERE domain_id = $1
                    RETURNING domain_id, owner_id, host, public_url, create_time)
                INSERT INTO domains (domain_id, owner_id, host, public_url, create_time)
                SELECT domain_id, owner_id, host, public_url, create_time FROM proven
                ON CONFLICT (domain_id) DO UPDATE
                    SET host = excluded.host, public_url = excluded.public_url, release_time = NULL
                RETURNING domain_id, owner_id, host, public_url, create_time
                """,
                claim.domain_id,
            )
        except asyncpg.UniqueViolationError as problem:
            raise AlreadyExists("domain", claim.host) from problem
        if row is None:
            raise NotFound("domain", claim.domain_id)
        return rows.domain(row)
