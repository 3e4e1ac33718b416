"""Attempts of single sign-on, and which accounts identities belong to, in PostgreSQL."""

from datetime import datetime

from services.common.caller import ANONYMOUS_OWNER_ID
from services.links.domain.credentials import Secret
from services.links.domain.oidc import Identity
from services.links.domain.owners import MAX_EMAIL
from services.runtime.postgres import Connection, Pool


class IdentityStore:
    """Keeps attempts by their hashes, and identities by issuer and subject."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_attempt(self, secret: Secret, expire_time: datetime) -> None:
        """Note that a browser went to the provider."""
        await self._pool.execute(
            "INSERT INTO oidc_attempts (hash, expire_time) VALUES ($1, $2)", secret.hash, expire_time
        )

    async def take_attempt(self, secret_hash: bytes, now: datetime) -> bool:
        """Use an attempt up; return whether it was there."""
        taken = await self._pool.fetchval(
            "DELETE FROM oidc_attempts WHERE hash = $1 AND expire_time > $2 RETURNING true", secret_hash, now
        )
        return taken is not None

    async def forget_old_attempts(self, now: datetime) -> None:
        """Remove attempts that nobody may end any more."""
        await self._pool.execute("DELETE FROM oidc_attempts WHERE expire_time <= $1", now)

    async def account_of(self, identity: Identity, now: datetime, *, by_email: bool, create: bool) -> int | None:
        """Return the account of an identity, linked or made on the way as far as allowed; None when there is none."""
        async with self._pool.acquire() as connection, connection.transaction():
            # Two windows of one person are to become one account.
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", identity.issuer, identity.subject
            )
            known: int | None = await connection.fetchval(
                "SELECT owner_id FROM identities WHERE issuer = $1 AND subject = $2", identity.issuer, identity.subject
            )
            if known is not None:
                return known
            owner_id = await _find_by_email(connection, identity.email) if by_email and identity.email else None
            if owner_id is None and create:
                owner_id = await _add_owner(connection, identity, now)
            if owner_id is not None:
                await connection.execute(
                    "INSERT INTO identities (issuer, subject, owner_id, create_time) VALUES ($1, $2, $3, $4)",
                    identity.issuer,
                    identity.subject,
                    owner_id,
                    now,
                )
            return owner_id


async def _find_by_email(connection: Connection, email: str) -> int | None:
    """Return the one account that has an address; None when there is none, or more than one."""
    rows = await connection.fetch(
        "SELECT owner_id FROM owners WHERE lower(email) = lower($1) AND owner_id <> $2 LIMIT 2",
        email,
        ANONYMOUS_OWNER_ID,
    )
    return rows[0]["owner_id"] if len(rows) == 1 else None


async def _add_owner(connection: Connection, identity: Identity, now: datetime) -> int | None:
    for login in identity.logins():
        owner_id: int | None = await connection.fetchval(
            """
            INSERT INTO owners (login, display_name, email, create_time) VALUES ($1, $2, $3, $4)
            ON CONFLICT (login) DO NOTHING RETURNING owner_id
            """,
            login,
            identity.shown_name or login,
            identity.email if len(identity.email) <= MAX_EMAIL else "",
            now,
        )
        if owner_id is not None:
            return owner_id
    return None
