"""Drop raw clicks that are older than they are kept; the sums stay, and the ledger too."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import asyncpg

from services.analytics.domain.retention import Retention
from services.runtime import log
from services.runtime.postgres import Connection, Pool

_logger = log.get(__name__)

_PARTITION: Final = re.compile(r"clicks_(\d{4})_(\d{2})")
_PARTITIONS: Final = """
SELECT child.relname FROM pg_inherits
JOIN pg_class AS child ON child.oid = inhrelid
WHERE inhparent = 'clicks'::regclass
"""
_SAVE: Final = """
INSERT INTO retention (raw_since) VALUES ($1)
ON CONFLICT (singleton) DO UPDATE SET raw_since = greatest(retention.raw_since, excluded.raw_since)
"""
_READ: Final = "SELECT raw_since FROM retention"
# Dropping a partition stops all reading of clicks for a moment, and whoever waits for that moment stops it longer.
_SHORT_WAIT: Final = "SET LOCAL lock_timeout = '2s'"
_ATTEMPTS: Final = 10
_PAUSE_SECONDS: Final = 3
_SOME: Final = 10_000
# Nobody waits for the deleting, and to find the last of what is old takes reading whole tables.
_PATIENCE: Final = "SET statement_timeout = '300s'"
_SECONDS: Final = 302
# Rows that somebody else holds are left for the next time: who never waits for a row cannot be part of a deadlock.
_IS_OTHER: Final = "SELECT EXISTS (SELECT FROM clicks_other WHERE time < $1)"
_DELETE_OTHER: Final = """
DELETE FROM clicks_other
WHERE ctid = ANY (ARRAY(SELECT ctid FROM clicks_other WHERE time < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
_DELETE_ORPHANS: Final = """
DELETE FROM orphans
WHERE ctid = ANY (ARRAY(SELECT ctid FROM orphans WHERE time < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
_DELETE_SET_ASIDE: Final = """
DELETE FROM set_aside_clicks
WHERE ctid = ANY (ARRAY(SELECT ctid FROM set_aside_clicks WHERE set_aside_time < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('linkmeter-analytics-retention'))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtext('linkmeter-analytics-retention'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was dropped."""

    months: tuple[date, ...] = ()
    clicks: int = 0
    orphans: int = 0
    set_aside: int = 0


async def raw_since(connection: Connection) -> datetime | None:
    """Return the time before which raw clicks were dropped; None when none were."""
    time: datetime | None = await connection.fetchval(_READ)
    return time


class OldClicks:
    """Drops what is too old."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def drop(self, retention: Retention, now: datetime) -> Dropped | None:
        """Drop what is too old, and return what that was; None when another replica is at it."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(_LOCK):
                return None
            try:
                # Until the connection goes back to the pool.
                await connection.execute(_PATIENCE)
                return await _drop(connection, retention, now)
            finally:
                await connection.execute(_UNLOCK)


async def _drop(connection: Connection, retention: Retention, now: datetime) -> Dropped:
    months: tuple[date, ...] = ()
    clicks = orphans = set_aside = 0
    if since := retention.raw_since(now):
        months = await _drop_months(connection, since)
        clicks = await _delete_other(connection, since)
        orphans = await _delete(connection, _DELETE_ORPHANS, since)
    if oldest := retention.set_aside_since(now):
        set_aside = await _delete(connection, _DELETE_SET_ASIDE, oldest)
    return Dropped(months=months, clicks=clicks, orphans=orphans, set_aside=set_aside)


async def _drop_months(connection: Connection, since: datetime) -> tuple[date, ...]:
    names = [row["relname"] for row in await connection.fetch(_PARTITIONS)]
    found = [_PARTITION.fullmatch(name) for name in names]
    months = sorted(date(int(match[1]), int(match[2]), 1) for match in found if match)
    old = [month for month in months if month < since.astimezone(UTC).date()]
    if old:
        # Said before it is done, so that no answer lacks clicks without saying so.
        await connection.execute(_SAVE, since)
    dropped = [month for month in old if await _drop_month(connection, month)]
    return tuple(dropped)


async def _drop_month(connection: Connection, month: date) -> bool:
    for _ in range(_ATTEMPTS):
        try:
            async with connection.transaction():
                await connection.execute(_SHORT_WAIT)
                await connection.execute("SELECT drop_clicks_month($1)", month)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return True
    _logger.warning("partition_not_dropped", month=month)
    return False


async def _delete_other(connection: Connection, since: datetime) -> int:
    """Delete from the partition of the months that have none."""
    if not await connection.fetchval(_IS_OTHER, since, timeout=_SECONDS):
        return 0
    await connection.execute(_SAVE, since)
    return await _delete(connection, _DELETE_OTHER, since)


async def _delete(connection: Connection, statement: str, before: datetime) -> int:
    """Delete some at a time, so that nobody waits long for anything."""
    deleted = 0
    while True:
        # PostgreSQL says "DELETE 42".
        some = int((await connection.execute(statement, before, _SOME, timeout=_SECONDS)).rpartition(" ")[2])
        deleted += some
        if some < _SOME:
            return deleted
