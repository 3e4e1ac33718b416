"""Domains in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import asyncpg

from services.common.errors import AlreadyExists
from services.common.postgres import Pool
from services.links.domain.domains import OWN_DOMAIN_ID, Domain
from services.links.domain.hosts import PublicUrl

MOST_LISTED: Final = 1000


class DomainStore:
    """Keeps host names that serve codes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def put_own(self, own: PublicUrl, now: datetime) -> None:
        """Make this the installation's own domain; links that it has already move along to a new host."""
        await self._pool.execute(
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
        return _domain(row)

    async def find(self, host: str) -> Domain | None:
        """Find anybody's domain by its host."""
        row = await self._pool.fetchrow(
            "SELECT domain_id, host, public_url, owner_id, create_time FROM domains WHERE host = $1", host
        )
        return _domain(row) if row else None

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
        return _domain(row) if row else None

    async def find_usable_by_id(self, domain_id: int, owner_id: int) -> Domain | None:
        """Find a domain that an owner may create links in, by its id."""
        row = await self._pool.fetchrow(
            """
            SELECT domain_id, host, public_url, owner_id, create_time FROM domains
            WHERE domain_id = $1 AND (owner_id IS NULL OR owner_id = $2)
            """,
            domain_id,
            owner_id,
        )
        return _domain(row) if row else None

    async def list_usable(self, owner_id: int) -> list[Domain]:
        """List the domains that an owner may create links in, oldest first."""
        rows = await self._pool.fetch(
            """
            SELECT domain_id, host, public_url, owner_id, create_time FROM domains
            WHERE owner_id IS NULL OR owner_id = $1 ORDER BY domain_id LIMIT $2
            """,
            owner_id,
            MOST_LISTED,
        )
        return [_domain(row) for row in rows]

    async def find_all(self, hosts: Collection[str]) -> dict[str, Domain]:
        """Find those of these hosts that are domains of anybody."""
        rows = await self._pool.fetch(
            "SELECT domain_id, host, public_url, owner_id, create_time FROM domains WHERE host = ANY ($1)", hosts
        )
        return {row["host"]: _domain(row) for row in rows}


def _domain(row: asyncpg.Record) -> Domain:
    return Domain(
        domain_id=row["domain_id"],
        host=row["host"],
        public_url=row["public_url"],
        owner_id=row["owner_id"] or 0,
        create_time=row["create_time"],
    )
