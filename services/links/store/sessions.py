"""Sessions and tokens that sign in once in PostgreSQL, by their hashes."""

from datetime import datetime

import asyncpg

from services.links.domain.credentials import Secret
from services.links.domain.owners import own_scopes
from services.links.domain.sessions import MOST_SESSIONS, Lifetimes, Session, SessionDraft, SignedIn, SignInMethod
from services.runtime.postgres import Pool


class SessionStore:
    """Keeps sessions; those that have ended are not there for anybody."""

    def __init__(self, pool: Pool, lifetimes: Lifetimes) -> None:
        self._pool = pool
        self._lifetimes = lifetimes

    async def add(self, draft: SessionDraft, secret: Secret, now: datetime) -> Session:
        """Add a session, and remove the oldest ones that its account has too many of."""
        async with self._pool.acquire() as connection, connection.transaction():
            session_id = await connection.fetchval(
                """
                INSERT INTO sessions (owner_id, hash, method, api_key_id, user_agent, network, create_time,
                    last_use_time)
                VALUES ($1, $2, $3, nullif($4, 0), $5, $6, $7, $7) RETURNING session_id
                """,
                draft.owner_id,
                secret.hash,
                draft.method.value,
                draft.api_key_id,
                draft.user_agent,
                draft.network,
                now,
            )
            await connection.execute(
                """
                DELETE FROM sessions WHERE session_id IN (
                    SELECT session_id FROM sessions WHERE owner_id = $1 ORDER BY session_id DESC OFFSET $2)
                """,
                draft.owner_id,
                MOST_SESSIONS,
            )
        return Session(
            session_id=session_id,
            owner_id=draft.owner_id,
            method=draft.method,
            api_key_id=draft.api_key_id,
            user_agent=draft.user_agent,
            network=draft.network,
            create_time=now,
            last_use_time=now,
        )

    async def find(self, secret_hash: bytes, now: datetime) -> SignedIn | None:
        """Find the session of a secret, with what it may do now."""
        row = await self._pool.fetchrow(
            """
            SELECT session_id, sessions.owner_id, method, sessions.api_key_id, user_agent, network,
                sessions.create_time, sessions.last_use_time, api_keys.expire_time AS key_expire_time, owners.admin,
                api_keys.scopes
            FROM sessions JOIN owners USING (owner_id) LEFT JOIN api_keys USING (api_key_id)
            WHERE sessions.hash = $1 AND sessions.create_time > $2 AND sessions.last_use_time > $3
                AND api_keys.revoke_time IS NULL AND (api_keys.expire_time IS NULL OR api_keys.expire_time > $4)
            """,
            secret_hash,
            now - self._lifetimes.absolute,
            now - self._lifetimes.idle,
            now,
        )
        if row is None:
            return None
        scopes = own_scopes(admin=row["admin"]) if row["scopes"] is None else frozenset(row["scopes"])
        return SignedIn(_session(row), scopes)

    async def list_page(self, owner_id: int, now: datetime) -> list[Session]:
        """List an account's sessions, newest first."""
        rows = await self._pool.fetch(
            """
            SELECT session_id, sessions.owner_id, method, sessions.api_key_id, user_agent, network,
                sessions.create_time, sessions.last_use_time, api_keys.expire_time AS key_expire_time
            FROM sessions LEFT JOIN api_keys USING (api_key_id)
            WHERE sessions.owner_id = $1 AND sessions.create_time > $2 AND sessions.last_use_time > $3
                AND api_keys.revoke_time IS NULL AND (api_keys.expire_time IS NULL OR api_keys.expire_time > $4)
            ORDER BY session_id DESC LIMIT $5
            """,
            owner_id,
            now - self._lifetimes.absolute,
            now - self._lifetimes.idle,
            now,
            MOST_SESSIONS,
        )
        return [_session(row) for row in rows]

    async def remove(self, session_id: int, owner_id: int) -> bool:
        """Remove an account's session; return whether there was one."""
        removed = await self._pool.fetchval(
            "DELETE FROM sessions WHERE session_id = $1 AND owner_id = $2 RETURNING true", session_id, owner_id
        )
        return removed is not None

    async def remove_others(self, owner_id: int, kept_session_id: int) -> int:
        """Remove all sessions of an account but one, with 0 all; return how many."""
        rows = await self._pool.fetch(
            "DELETE FROM sessions WHERE owner_id = $1 AND session_id <> $2 RETURNING session_id",
            owner_id,
            kept_session_id,
        )
        return len(rows)

    async def record_use(self, session_id: int, now: datetime) -> None:
        """Remember when a session was used."""
        await self._pool.execute(
            "UPDATE sessions SET last_use_time = $2 WHERE session_id = $1 AND last_use_time < $2", session_id, now
        )

    async def forget_old(self, now: datetime) -> None:
        """Remove sessions and tokens that are good no more."""
        await self._pool.execute(
            "DELETE FROM sessions WHERE create_time <= $1 OR last_use_time <= $2",
            now - self._lifetimes.absolute,
            now - self._lifetimes.idle,
        )
        await self._pool.execute("DELETE FROM sign_in_tokens WHERE expire_time <= $1", now)


class OneTimeTokenStore:
    """Keeps the tokens of addresses that sign in once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, owner_id: int, token: Secret, expire_time: datetime) -> None:
        """Add a token of an account."""
        await self._pool.execute(
            "INSERT INTO sign_in_tokens (hash, owner_id, expire_time) VALUES ($1, $2, $3)",
            token.hash,
            owner_id,
            expire_time,
        )

    async def take(self, token_hash: bytes, now: datetime) -> int | None:
        """Use a token up, and return whose it is; None when it is not good."""
        owner_id: int | None = await self._pool.fetchval(
            "DELETE FROM sign_in_tokens WHERE hash = $1 AND expire_time > $2 RETURNING owner_id", token_hash, now
        )
        return owner_id


def _session(row: asyncpg.Record) -> Session:
    return Session(
        session_id=row["session_id"],
        owner_id=row["owner_id"],
        method=SignInMethod(row["method"]),
        api_key_id=row["api_key_id"] or 0,
        user_agent=row["user_agent"],
        network=row["network"],
        create_time=row["create_time"],
        last_use_time=row["last_use_time"],
        key_expire_time=row["key_expire_time"],
    )
