"""Drop raw clicks that are older than they are kept; the sums stay, and the ledger too."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from services.analytics.domain.retention import Retention
from services.analytics.segments import registry
from services.analytics.segments.forgetting import Forgetting
from services.analytics.segments.registry import Segment
from services.analytics.segments.rewriting import Rewriting
from services.analytics.segments.turn import TurnTaken
from services.runtime.postgres import Connection, Pool

_SAVE: Final = """
INSERT INTO retention (raw_since, is_forgetting) VALUES ($1, true)
ON CONFLICT (singleton) DO UPDATE
SET raw_since = greatest(retention.raw_since, excluded.raw_since), is_forgetting = true
"""
_IS_FORGETTING: Final = "SELECT is_forgetting FROM retention"
# While somebody else rewrites: that takes seconds.
_PAUSE_SECONDS: Final = 0.5
_SOME: Final = 10_000
# Nobody waits for the deleting, and to find the last of what is old takes reading whole tables.
_PATIENCE: Final = "SET statement_timeout = '300s'"
_SECONDS: Final = 302
# Rows that somebody else holds are left for the next time: who never waits for a row cannot be part of a deadlock.
_DELETE_ORPHANS: Final = """
DELETE FROM orphans
WHERE ctid = ANY (ARRAY(SELECT ctid FROM orphans WHERE time < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
"""
# Answers that count them are kept no longer.
_CHANGED: Final = "UPDATE registry SET version = version + 1"
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


class OldClicks:
    """Drops what is too old."""

    def __init__(self, pool: Pool, rewriting: Rewriting, forgetting: Forgetting) -> None:
        self._pool = pool
        self._rewriting = rewriting
        self._forgetting = forgetting

    async def drop(self, retention: Retention, now: datetime) -> Dropped | None:
        """Drop what is too old, and return what that was; None when another program is at it."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(_LOCK):
                return None
            try:
                # Until the connection goes back to the pool.
                await connection.execute(_PATIENCE)
                return await self._drop(connection, retention, now)
            finally:
                await connection.execute(_UNLOCK)

    async def _drop(self, connection: Connection, retention: Retention, now: datetime) -> Dropped:
        months: tuple[date, ...] = ()
        clicks = orphans = set_aside = 0
        if since := retention.raw_since(now):
            months, clicks = await self._drop_months(connection, since)
            orphans = await _delete(connection, _DELETE_ORPHANS, since)
            if orphans:
                await connection.execute(_CHANGED)
        if oldest := retention.set_aside_since(now):
            set_aside = await _delete(connection, _DELETE_SET_ASIDE, oldest)
        return Dropped(months=months, clicks=clicks, orphans=orphans, set_aside=set_aside)

    async def _drop_months(self, connection: Connection, since: datetime) -> tuple[tuple[date, ...], int]:
        first_kept = since.astimezone(UTC).date()
        old = [segment for segment in await registry.live_segments(connection) if segment.month < first_kept]
        months = sorted({segment.month for segment in old if segment.has_clicks})
        if months:
            # Said before it is done, so that no answer lacks clicks without saying so.
            await connection.execute(_SAVE, since)
        clicks = 0
        for month in months:
            clicks += await self._drop_month(connection, month)
        # Also what an earlier time left undone.
        while await connection.fetchval(_IS_FORGETTING):
            try:
                await self._forgetting.forget_visitors()
            except (TurnTaken, registry.Replaced):
                await asyncio.sleep(_PAUSE_SECONDS)
        return tuple(months), clicks

    async def _drop_month(self, connection: Connection, month: date) -> int:
        """Make sums of a month's clicks, and return how many clicks those were."""
        while segments := await _with_clicks(connection, month):
            try:
                await self._rewriting.rewrite(segments, keep_clicks=False)
            except (TurnTaken, registry.Replaced):
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return sum(segment.rows for segment in segments if segment.has_clicks)
        return 0


async def _with_clicks(connection: Connection, month: date) -> list[Segment]:
    """Return the segments of a month, if some have raw clicks."""
    segments = [segment for segment in await registry.live_segments(connection) if segment.month == month]
    return segments if any(segment.has_clicks for segment in segments) else []


async def _delete(connection: Connection, statement: str, before: datetime) -> int:
    """Delete some at a time, so that nobody waits long for anything."""
    deleted = 0
    while True:
        # PostgreSQL says "DELETE 42".
        some = int((await connection.execute(statement, before, _SOME, timeout=_SECONDS)).rpartition(" ")[2])
        deleted += some
        if some < _SOME:
            return deleted
