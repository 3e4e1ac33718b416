"""Delete files that nobody needs: those of segments that were replaced, and those that never were registered."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.settling import IN_TURN
from services.analytics.segments.turn import TurnTaken, rewriting_turn
from services.common.clock import Clock
from services.runtime import log
from services.runtime.postgres import Connection, Pool

_logger = log.get(__name__)

# Longer than any question takes: it may be reading files of a segment that was replaced after it had begun. By
# PostgreSQL's clock, which also said when.
_PINNED: Final = "EXISTS (SELECT FROM pins WHERE ends > now())"
_RETIRED: Final = f"""
SELECT id, name, files FROM segments
WHERE retired_time < now() - interval '10 minutes' AND NOT {_PINNED}
ORDER BY id LIMIT $1
"""
_FORGET: Final = "DELETE FROM segments WHERE id = ANY($1::bigint[]) AND retired_time IS NOT NULL"
_NAMES: Final = "SELECT name FROM segments WHERE name = ANY($1::text[])"
_MOST: Final = 100
# Nobody who still lives can register them, see below; but they may tell what happened, and a wrong clock cannot hurt.
_UNNAMED_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one turn has deleted."""

    # Segments that others stand in for.
    retired: int = 0
    # Files that no row named.
    unnamed: int = 0


class Sweeping:
    """Deletes files; safe to run anywhere and at any time."""

    def __init__(self, pool: Pool, files: SegmentFiles, clock: Clock) -> None:
        self._pool = pool
        self._files = files
        self._clock = clock

    async def sweep(self) -> Swept:
        """Delete what there is to delete, and return how much that was."""
        swept = Swept(await self._sweep_retired(), await self._sweep_unnamed())
        if swept != Swept():
            _logger.info("segments_swept", retired=swept.retired, unnamed=swept.unnamed)
        return swept

    async def _sweep_retired(self) -> int:
        swept = 0
        while rows := await self._pool.fetch(_RETIRED, _MOST):
            # The files first: without the row, nobody would know of those that are left.
            await self._files.delete([name for row in rows for name in _files_of(row["name"], row["files"])])
            await self._pool.execute(_FORGET, [row["id"] for row in rows])
            swept += len(rows)
        return swept

    async def _sweep_unnamed(self) -> int:
        """Delete files that no segment has, for good: whoever writes segments does so in one of the two turns.

        With both turns held, what is unnamed belongs to nobody who could still name it: who lost a turn cannot commit.
        """
        before = self._clock.now() - _UNNAMED_FOR
        old = [file.name for file in await self._files.list() if file.modified_time < before]
        # Looked at without the turns, because there mostly are none, and others need not wait to hear that.
        old = await self._unnamed(self._pool, old)
        if not old:
            return 0
        try:
            async with rewriting_turn(self._pool) as connection, connection.transaction():
                await connection.execute(IN_TURN)
                unnamed = await self._unnamed(connection, old[:_MOST])
                await self._files.delete(unnamed)
        except TurnTaken:
            return 0
        return len(unnamed)

    async def _unnamed(self, connection: "Pool | Connection", names: list[str]) -> list[str]:
        """Return those of the files that belong to no segment, live or retired."""
        rows = await connection.fetch(_NAMES, list({name.partition("/")[0] for name in names}))
        named = {row["name"] for row in rows}
        return [name for name in names if name.partition("/")[0] not in named]


def _files_of(name: str, files: str) -> list[str]:
    return [f"{name}/{kind}.parquet" for kind in json.loads(files)]
