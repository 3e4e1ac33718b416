"""Domains in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import asyncpg

from services.common.errors import AlreadyExists, FailedPrecondition, NotFound
from services.common.hosts import PublicUrl
from services.links.domain.domains import OWN_DOMAIN_ID, Domain
from services.links.store import rows
from services.runtime.postgres import Pool

MOST_LISTED: Final = 1000


class DomainStore:
    """Keeps host names that serve codes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put_own(self, own: PublicUrl, now: datetime) -> int:
        """Make this the installation's own domain; links that it has already move along to a new host.

        The operator's word wins: another domain of that host loses it, and is a claim again. Return that domain's id,
        usually 0 for none.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            displaced: int | None = await connection.fetchval(
                """
                WITH held AS (
                    SELECT domain_id, owner_id, host, public_url, create_time FROM domains
                    WHERE host = $1 AND domain_id <> $2 FOR UPDATE),
                claim AS (
                    INSERT INTO domain_claims (domain_id, owner_id, host, public_url, create_time)
                    SELECT domain_id, owner_id, host, public_url, create_time FROM held ON CONFLICT DO NOTHING)
                UPDATE domains SET host = '#' || domains.domain_id, release_time = $3
                FROM held WHERE domains.domain_id = held.domain_id RETURNING domains.domain_id
                """,
                own.host,
                OWN_DOMAIN_ID,
                now,
            )
            await connection.execute(
                """
                INSERT INTO domains (domain_id, host, public_url, create_time) VALUES ($1, $2, $3, $4)
                ON CONFLICT (domain_id) DO UPDATE SET host = excluded.host, public_url = excluded.public_url
                WHERE (domains.host, domains.public_url) IS DISTINCT FROM (excluded.host, excluded.public_url)
                """,
                OWN_DOMAIN_ID,
                own.host,
                own.url,
                now,
            )
        return displaced or 0

    async def add(self, new: PublicUrl, owner_id: int, now: datetime) -> Domain:
        """Add an owner's domain, or with 0 everybody's; AlreadyExists when the host is taken."""
        try:
            row = await self._pool.fetchrow(
                """
                INSERT INTO domains (host, public_url, owner_id, create_time) VALUES ($1, $2, nullif($3, 0), $4)
                RETURNING domain_id, host, public_url, owner_id, create_time
                """,
                new.host,
                new.url,
                owner_id,
                now,
            )
        except asyncpg.UniqueViolationError as problem:
            raise AlreadyExists("domain", new.host) from problem
        assert row is not None  # noqa: S101 - an INSERT that raises nothing returns its row
        return rows.domain(row)

    async def set_public_url(self, domain_id: int, public_url: str) -> Domain:
        """Replace a domain's public URL; its links' short URLs follow. Raises NotFound when there is no such domain."""
        row = await self._pool.fetchrow(
            """
            UPDATE domains SET public_url = $2 WHERE domain_id = $1 AND release_time IS NULL
            RETURNING domain_id, host, public_url, owner_id, create_time
            """,
            domain_id,
            public_url,
        )
        if row is None:
            raise NotFound("domain", domain_id)
        return rows.domain(row)

    async def release(self, domain_id: int, now: datetime, *, with_links: bool = False) -> None:
        """Free a domain's host and forget its claim; FailedPrecondition while there are links in it.

        With links, they stay their owners' and cannot be followed any more.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT 1 FROM domains WHERE domain_id = $1 FOR UPDATE", domain_id)
            if not with_links and await connection.fetchval(
                "SELECT true FROM links WHERE domain_id = $1 AND delete_time IS NULL LIMIT 1", domain_id
            ):
                raise FailedPrecondition("there are links in the domain: delete them first")
            await connection.execute("DELETE FROM domain_claims WHERE domain_id = $1", domain_id)
            await connection.execute(
                """
                UPDATE domains SET host = '#' || domain_id, release_time = $2
                WHERE domain_id = $1 AND release_time IS NULL
                """,
                domain_id,
                now,
            )

    async def list_all(self, owner_id: int) -> list[Domain]:
        """List the domains of an owner's own, or with 0 those of everybody, oldest first."""
        found = await self._pool.fetch(
            """
            SELECT domain_id, host, public_url, owner_id, create_time FROM domains
            WHERE release_time IS NULL AND ($1 = 0 OR owner_id = $1) ORDER BY domain_id LIMIT $2
            """,
            owner_id,
            MOST_LISTED,
        )
        return [rows.domain(row) for row in found]

    async def find(self, host: str) -> Domain | None:
        """Find anybody's domain by its host."""
        row = await self._pool.fetchrow(
            "SELECT domain_id, host, public_url, owner_id, create_time FROM domains WHERE host = $1", host
        )
        return rows.domain(row) if row else None

    async def find_usable(self, host: str, owner_id: int) -> Domain | None:
        """Find a domain that an owner may create links in."""
        row = await self._pool.fetchrow(
            """
            SELECT domain_id, host, public_url, owner_id, create_time FROM domains
            WHERE host = $1 AND (owner_id IS NULL OR owner_id = $2)
            """,
            host,
            owner_id,
        )
        return rows.domain(row) if row else None

    async def find_usable_by_id(self, domain_id: int, owner_id: int) -> Domain | None:
        """Find a domain that an owner may create links in, by its id."""
        row = await self._pool.fetchrow(
            """
            SELECT domain_id, host, public_url, owner_id, create_time FROM domains
            WHERE domain_id = $1 AND release_time IS NULL AND (owner_id IS NULL OR owner_id = $2)
            """,
            domain_id,
            owner_id,
        )
        return rows.domain(row) if row else None

    async def list_usable(self, owner_id: int) -> list[Domain]:
        """List the domains that an owner may create links in, oldest first."""
        found = await self._pool.fetch(
            """
            SELECT domain_id, host, public_url, owner_id, create_time FROM domains
            WHERE release_time IS NULL AND (owner_id IS NULL OR owner_id = $1) ORDER BY domain_id LIMIT $2
            """,
            owner_id,
            MOST_LISTED,
        )
        return [rows.domain(row) for row in found]

    async def find_all(self, hosts: Collection[str]) -> dict[str, Domain]:
        """Find those of these hosts that are domains of anybody."""
        found = await self._pool.fetch(
            "SELECT domain_id, host, public_url, owner_id, create_time FROM domains WHERE host = ANY ($1)", hosts
        )
        return {row["host"]: rows.domain(row) for row in found}
