"""API keys and edit tokens in PostgreSQL, by their hashes."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.common.errors import NotFound
from services.links.domain.credentials import MAX_PAGE, ApiKey, ApiKeyDraft, Secret
from services.links.domain.oauth import MOST_GRANTED, REVOKED_GRANT_MEMORY
from services.runtime.postgres import Connection, Pool


@dataclass(frozen=True, slots=True)
class EditToken:
    """What an edit token opens."""

    edit_token_id: int
    link_id: int


class CredentialStore:
    """Keeps credentials."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find_api_key(self, key_hash: bytes, now: datetime) -> ApiKey | None:
        """Find a key that is neither revoked nor expired."""
        row = await self._pool.fetchrow(
            """
            SELECT api_key_id, owner_id, title, description, scopes, prefix, create_time, expire_time, last_use_time,
                revoke_time
            FROM api_keys
            WHERE hash = $1 AND revoke_time IS NULL AND (expire_time IS NULL OR expire_time > $2)
            """,
            key_hash,
            now,
        )
        return api_key(row) if row else None

    async def find_edit_token(self, token_hash: bytes) -> EditToken | None:
        """Find the edit token of a link that is not deleted."""
        row = await self._pool.fetchrow("SELECT edit_token_id, link_id FROM edit_tokens WHERE hash = $1", token_hash)
        return EditToken(row["edit_token_id"], row["link_id"]) if row else None

    async def add_api_key(self, owner_id: int, draft: ApiKeyDraft, secret: Secret, now: datetime) -> ApiKey | None:
        """Add a key; None when the very same one is or was there, NotFound when there is no such account."""
        async with self._pool.acquire() as connection, connection.transaction():
            return await insert_api_key(connection, owner_id, draft, secret, now)

    async def list_api_keys(
        self, owner_id: int, *, with_revoked: bool, after_id: int | None = None, limit: int = MAX_PAGE
    ) -> list[ApiKey]:
        """List an owner's keys, oldest first, from what comes after a key."""
        rows = await self._pool.fetch(
            """
            SELECT api_key_id, owner_id, title, description, scopes, prefix, create_time, expire_time, last_use_time,
                revoke_time
            FROM api_keys WHERE owner_id = $1 AND ($2 OR revoke_time IS NULL) AND api_key_id > $3
            ORDER BY api_key_id LIMIT $4
            """,
            owner_id,
            with_revoked,
            after_id or 0,
            limit,
        )
        return [api_key(row) for row in rows]

    async def revoke_api_key(self, api_key_id: int, owner_id: int, now: datetime) -> bool:
        """Revoke an owner's key; return whether there was one."""
        revoked = await self._pool.fetchval(
            """
            UPDATE api_keys SET revoke_time = $3
            WHERE api_key_id = $1 AND owner_id = $2 AND revoke_time IS NULL RETURNING true
            """,
            api_key_id,
            owner_id,
            now,
        )
        return revoked is not None

    async def forget_old_grants(self, now: datetime) -> None:
        """Remove keys of applications that were revoked long ago."""
        await self._pool.execute(
            "DELETE FROM api_keys WHERE granted_to <> '' AND revoke_time <= $1", now - REVOKED_GRANT_MEMORY
        )

    async def record_use(self, api_key_id: int, now: datetime) -> None:
        """Remember when a key was used."""
        await self._pool.execute(
            """
            UPDATE api_keys SET last_use_time = $2
            WHERE api_key_id = $1 AND (last_use_time IS NULL OR last_use_time < $2)
            """,
            api_key_id,
            now,
        )


async def insert_api_key(
    connection: Connection, owner_id: int, draft: ApiKeyDraft, secret: Secret, now: datetime
) -> ApiKey | None:
    """Insert a key within a transaction, and revoke the oldest ones that its application has too many of.

    Raises NotFound when there is no such account.
    """
    try:
        row = await connection.fetchrow(
            """
            INSERT INTO api_keys (owner_id, hash, prefix, title, description, scopes, create_time, expire_time,
                granted_to)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (hash) DO NOTHING
            RETURNING api_key_id, owner_id, title, description, scopes, prefix, create_time, expire_time,
                last_use_time, revoke_time
            """,
            owner_id,
            secret.hash,
            secret.prefix,
            draft.title,
            draft.description,
            sorted(draft.scopes),
            now,
            draft.expire_time,
            draft.granted_to,
        )
    except asyncpg.ForeignKeyViolationError as problem:
        raise NotFound("owner", owner_id) from problem
    if row is not None and draft.granted_to:
        await connection.execute(
            """
            UPDATE api_keys SET revoke_time = $3 WHERE api_key_id IN (
                SELECT api_key_id FROM api_keys WHERE owner_id = $1 AND granted_to = $2 AND revoke_time IS NULL
                ORDER BY api_key_id DESC OFFSET $4)
            """,
            owner_id,
            draft.granted_to,
            now,
            MOST_GRANTED,
        )
    return api_key(row) if row else None


def api_key(row: asyncpg.Record) -> ApiKey:
    """Build an API key from a row."""
    return ApiKey(
        api_key_id=row["api_key_id"],
        owner_id=row["owner_id"],
        title=row["title"],
        description=row["description"],
        scopes=frozenset(row["scopes"]),
        prefix=row["prefix"],
        create_time=row["create_time"],
        expire_time=row["expire_time"],
        last_use_time=row["last_use_time"],
        revoked=row["revoke_time"] is not None,
    )
