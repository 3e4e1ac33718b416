"""Shares of links' statistics in PostgreSQL."""

from datetime import datetime

import asyncpg

from services.links.domain.passwords import StoredPassword
from services.links.domain.shares import MOST_SHARES, Share, ShareDraft
from services.runtime.postgres import Pool


class ShareStore:
    """Keeps shares; those that have expired, and those of deleted links, are not there for anybody."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(
        self, draft: ShareDraft, nonce: bytes, token_hash: bytes, password: StoredPassword | None, now: datetime
    ) -> Share | None:
        """Add a share; None when its link has as many as it may."""
        row = await self._pool.fetchrow(
            """
            INSERT INTO shares (link_id, nonce, hash, title, password_hash, password_version, create_time, expire_time)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8
            WHERE (SELECT count(*) FROM shares WHERE link_id = $1 AND (expire_time IS NULL OR expire_time > $7)) < $9
            RETURNING share_id, link_id, nonce, hash, title, password_hash, password_version, create_time, expire_time
            """,
            draft.link_id,
            nonce,
            token_hash,
            draft.title,
            password.hash if password else None,
            password.version if password else None,
            now,
            draft.expire_time,
            MOST_SHARES,
        )
        return _share(row) if row else None

    async def find(self, share_id: int, now: datetime) -> Share | None:
        """Find a share by id."""
        row = await self._pool.fetchrow(
            """
            SELECT share_id, link_id, nonce, hash, shares.title, shares.password_hash, shares.password_version,
                shares.create_time, shares.expire_time
            FROM shares JOIN links USING (link_id)
            WHERE share_id = $1 AND (shares.expire_time IS NULL OR shares.expire_time > $2) AND delete_time IS NULL
            """,
            share_id,
            now,
        )
        return _share(row) if row else None

    async def find_by_token(self, token_hash: bytes, now: datetime) -> Share | None:
        """Find a share by what stands in its address."""
        row = await self._pool.fetchrow(
            """
            SELECT share_id, link_id, nonce, hash, shares.title, shares.password_hash, shares.password_version,
                shares.create_time, shares.expire_time
            FROM shares JOIN links USING (link_id)
            WHERE hash = $1 AND (shares.expire_time IS NULL OR shares.expire_time > $2) AND delete_time IS NULL
            """,
            token_hash,
            now,
        )
        return _share(row) if row else None

    async def list_of(self, link_id: int, now: datetime) -> list[Share]:
        """List a link's shares, oldest first."""
        rows = await self._pool.fetch(
            """
            SELECT share_id, link_id, nonce, hash, title, password_hash, password_version, create_time, expire_time
            FROM shares WHERE link_id = $1 AND (expire_time IS NULL OR expire_time > $2) ORDER BY share_id LIMIT $3
            """,
            link_id,
            now,
            MOST_SHARES,
        )
        return [_share(row) for row in rows]

    async def remove(self, share_id: int) -> bool:
        """Remove a share; return whether it was there."""
        removed = await self._pool.fetchval("DELETE FROM shares WHERE share_id = $1 RETURNING true", share_id)
        return removed is not None

    async def forget_old(self, now: datetime) -> None:
        """Remove shares that have expired."""
        await self._pool.execute("DELETE FROM shares WHERE expire_time <= $1", now)


def _share(row: asyncpg.Record) -> Share:
    return Share(
        share_id=row["share_id"],
        link_id=row["link_id"],
        nonce=row["nonce"],
        token_hash=row["hash"],
        title=row["title"],
        password=StoredPassword(row["password_hash"], row["password_version"]) if row["password_hash"] else None,
        create_time=row["create_time"],
        expire_time=row["expire_time"],
    )
