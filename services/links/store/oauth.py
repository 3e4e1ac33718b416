"""Applications and authorization codes in PostgreSQL."""

from datetime import datetime

import asyncpg

from services.common.errors import NotFound
from services.links.domain.credentials import ApiKey, ApiKeyDraft, Secret
from services.links.domain.oauth import CODE_MEMORY, OAuthApp, OAuthAppDraft, is_client_id
from services.links.store.credentials import insert_api_key
from services.runtime.postgres import Connection, Pool


class OAuthStore:
    """Keeps applications and the codes that they may exchange."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_app(self, client_id: str, draft: OAuthAppDraft, secret: Secret, now: datetime) -> OAuthApp:
        """Add an application; NotFound when there is no such account."""
        try:
            row = await self._pool.fetchrow(
                """
                INSERT INTO oauth_apps (client_id, owner_id, title, redirect_uris, secret_hash, create_time)
                VALUES ($1, $2, $3, $4, $5, $6)
                RETURNING client_id, owner_id, title, redirect_uris, create_time
                """,
                client_id,
                draft.owner_id,
                draft.title,
                draft.redirect_uris,
                secret.hash,
                now,
            )
        except asyncpg.ForeignKeyViolationError as problem:
            raise NotFound("owner", draft.owner_id) from problem
        assert row is not None  # noqa: S101 - an INSERT that raises nothing returns its row
        return _app(row)

    async def find_app(self, client_id: str) -> OAuthApp | None:
        """Find an application."""
        if not is_client_id(client_id):
            return None
        row = await self._pool.fetchrow(
            "SELECT client_id, owner_id, title, redirect_uris, create_time FROM oauth_apps WHERE client_id = $1",
            client_id,
        )
        return _app(row) if row else None

    async def secret_hash(self, client_id: str) -> bytes | None:
        """Find the hash of an application's secret."""
        if not is_client_id(client_id):
            return None
        found: bytes | None = await self._pool.fetchval(
            "SELECT secret_hash FROM oauth_apps WHERE client_id = $1", client_id
        )
        return found

    async def add_code(self, code: Secret, app: OAuthApp, redirect_uri: str, owner_id: int, expiry: datetime) -> None:
        """Add a code; NotFound when there is no such account."""
        try:
            await self._pool.execute(
                """
                INSERT INTO authorization_codes (hash, client_id, owner_id, redirect_uri, expire_time)
                VALUES ($1, $2, $3, $4, $5)
                """,
                code.hash,
                app.client_id,
                owner_id,
                redirect_uri,
                expiry,
            )
        except asyncpg.ForeignKeyViolationError as problem:
            raise NotFound("owner", owner_id) from problem

    async def exchange(
        self, code_hash: bytes, app: OAuthApp, redirect_uri: str, draft: ApiKeyDraft, secret: Secret, now: datetime
    ) -> ApiKey | None:
        """Turn a code into an API key, once; None when it is not good.

        A code that comes a second time is in wrong hands, or its key is: the key is revoked.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                """
                SELECT owner_id, redirect_uri, expire_time, api_key_id FROM authorization_codes
                WHERE hash = $1 AND client_id = $2 FOR UPDATE
                """,
                code_hash,
                app.client_id,
            )
            if row is None:
                return None
            if row["api_key_id"] is not None:
                await _revoke(connection, row["api_key_id"], now)
                return None
            if row["redirect_uri"] != redirect_uri or row["expire_time"] <= now:
                return None
            key = await insert_api_key(connection, row["owner_id"], draft, secret, now)
            if key is not None:
                await connection.execute(
                    "UPDATE authorization_codes SET api_key_id = $2 WHERE hash = $1", code_hash, key.api_key_id
                )
            return key

    async def forget_old_codes(self, now: datetime) -> None:
        """Remove codes whose second use needs no notice any more."""
        await self._pool.execute("DELETE FROM authorization_codes WHERE expire_time <= $1", now - CODE_MEMORY)


async def _revoke(connection: Connection, api_key_id: int, now: datetime) -> None:
    await connection.execute(
        "UPDATE api_keys SET revoke_time = $2 WHERE api_key_id = $1 AND revoke_time IS NULL", api_key_id, now
    )


def _app(row: asyncpg.Record) -> OAuthApp:
    return OAuthApp(
        client_id=row["client_id"],
        title=row["title"],
        owner_id=row["owner_id"],
        redirect_uris=tuple(row["redirect_uris"]),
        create_time=row["create_time"],
    )
