"""Make the monthly partitions of the clicks table as they are needed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

import asyncpg

from services.runtime import log
from services.runtime.postgres import Pool

_logger = log.get(__name__)

# Older clicks go to the partition for all else: a month that once was refused must never be asked for again.
_OLDEST: Final = timedelta(days=400)
# The next month's partition is made ahead, while nobody needs it yet.
_AHEAD: Final = timedelta(days=3)


class Partitions:
    """Remembers which months have a partition."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: set[date] = set()

    async def ensure(self, times: Iterable[datetime], now: datetime) -> None:
        """Make what is missing for clicks of these times, and for now and the days ahead."""
        months = {month_of(time) for time in times if time >= now - _OLDEST}
        for month in sorted((months | {month_of(now), month_of(now + _AHEAD)}) - self._known):
            await self._make(month)
            self._known.add(month)

    async def _make(self, month: date) -> None:
        try:
            await self._pool.execute("SELECT ensure_clicks_month($1)", month)
        except asyncpg.CheckViolationError:
            # The partition for all else holds clicks of that month already; it goes on taking them.
            _logger.warning("partition_not_made", month=month)


def month_of(time: datetime) -> date:
    """Return the first day of a moment's month, in UTC."""
    return time.astimezone(UTC).date().replace(day=1)
