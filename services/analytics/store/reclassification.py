"""Classify stored clicks anew by the program's definition, piece by piece, while clicks go on coming in.

A piece is one transaction: the clicks of landing, those of a segment with the sums of these, or a batch of orphan
visits with the mark up to which all are done. Killed at any moment, it goes on behind the last piece; run twice at
once, the runs take turns. No click is added or taken away, so no total changes.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import Click
from services.analytics.segments import registry
from services.analytics.segments.renewal import Classes
from services.analytics.segments.rewriting import Rewriting
from services.analytics.segments.settling import IN_TURN
from services.analytics.segments.turn import TurnTaken
from services.analytics.store.click_rows import COLUMNS, click_of
from services.runtime.postgres import Connection, Pool

_NAMES: Final = ", ".join(COLUMNS)
# The tables of which progress is told.
CLICKS: Final = "clicks"
ORPHANS: Final = "orphans"
# While somebody else rewrites: that takes seconds.
_PAUSE_SECONDS: Final = 0.5

_AGENTS: Final = "SELECT DISTINCT user_agent, purpose FROM landing WHERE definition <> $1"
_LANDING: Final = """
WITH classes AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::smallint[], $5::boolean[])
        AS classes (user_agent, purpose, click_class, is_bot)
), old AS (
    SELECT source, sequence, landing.click_class AS old_class, classes.click_class, classes.is_bot
    FROM landing JOIN classes USING (user_agent, purpose) WHERE definition <> $1
), changed AS (
    UPDATE landing SET definition = $1, click_class = old.click_class, is_bot = old.is_bot
    FROM old WHERE landing.source = old.source AND landing.sequence = old.sequence
    RETURNING old.old_class <> old.click_class AS is_changed
)
SELECT count(*) AS seen, count(*) FILTER (WHERE is_changed) AS changed FROM changed
"""
_CHANGED: Final = "UPDATE registry SET landing_version = landing_version + 1"
# Answers that count them are kept no longer; landing is as it was.
_ORPHANS_CHANGED: Final = "UPDATE registry SET version = version + 1"

# Goes on with a pass that is under way, and begins a new one when there is none.
_BEGIN: Final = """
INSERT INTO reclassifications AS known (definition, subject) VALUES ($1, 'orphans')
ON CONFLICT (definition, subject) DO UPDATE
SET source = '00000000-0000-0000-0000-000000000000', sequence = 0, seen = 0, changed = 0, finished_time = NULL
WHERE known.finished_time IS NOT NULL
"""
# Runs of one definition take turns here.
_MARK: Final = """
SELECT source, sequence, seen, changed, finished_time IS NOT NULL AS is_finished
FROM reclassifications WHERE definition = $1 AND subject = 'orphans' FOR UPDATE
"""
_ADVANCE: Final = """
UPDATE reclassifications
SET source = $2, sequence = $3, seen = seen + $4, changed = changed + $5, finished_time = CASE WHEN $6 THEN now() END
WHERE definition = $1 AND subject = 'orphans'
"""
_READ: Final = f"""
SELECT {_NAMES} FROM orphans WHERE (source, sequence) > ($1::uuid, $2::bigint)
ORDER BY source, sequence LIMIT $3 FOR UPDATE
"""  # noqa: S608 - names from a constant.
_WRITE: Final = """
UPDATE orphans SET definition = $1, click_class = changed.click_class, is_bot = changed.is_bot
FROM unnest($2::uuid[], $3::bigint[], $4::smallint[], $5::boolean[]) AS changed (source, sequence, click_class, is_bot)
WHERE orphans.source = changed.source AND orphans.sequence = changed.sequence
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass over clicks or orphans has come: how many this run has seen, or for orphans this pass."""

    seen: int
    changed: int
    is_finished: bool


class Reclassification:
    """Brings stored clicks to the program's definition."""

    def __init__(
        self,
        pool: Pool,
        rewriting: Rewriting,
        *,
        definition: int,
        class_of: Callable[[str, str], ClickClass],
        batch_rows: int = 2000,
    ) -> None:
        self._pool = pool
        self._rewriting = rewriting
        self._classes = Classes(definition, class_of)
        self._batch_rows = batch_rows

    async def run(self, on_progress: Callable[[str, Progress], None]) -> None:
        """Bring all clicks to the definition that have another one; those that come in meanwhile have it already."""
        await self._run_clicks(lambda progress: on_progress(CLICKS, progress))
        await self._pool.execute(_BEGIN, self._classes.definition)
        is_finished = False
        while not is_finished:
            progress = await self._step()
            on_progress(ORPHANS, progress)
            is_finished = progress.is_finished

    async def _run_clicks(self, on_progress: Callable[[Progress], None]) -> None:
        # Landing first: what is settled from now on has been classified.
        seen, changed = await self._renew_landing()
        while segment := await self._next_segment():
            try:
                done = await self._rewriting.rewrite([segment], classes=self._classes)
            except (TurnTaken, registry.Replaced):
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                seen, changed = seen + segment.rows, changed + done.changed
                on_progress(Progress(seen, changed, is_finished=False))
        on_progress(Progress(seen, changed, is_finished=True))

    async def _next_segment(self) -> registry.Segment | None:
        """Return a segment with raw clicks of an older definition; without them it stays as it was counted."""
        async with self._pool.acquire() as connection:
            segments = await registry.live_segments(connection)
        old = (each for each in segments if each.has_clicks and each.definition < self._classes.definition)
        return next(old, None)

    async def _renew_landing(self) -> tuple[int, int]:
        """Return how many clicks had another definition, and how many of them have another class now."""
        definition = self._classes.definition
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(IN_TURN)
            agents = [tuple(row) for row in await connection.fetch(_AGENTS, definition)]
            if not agents:
                return 0, 0
            found = [self._classes.class_of(*agent) for agent in agents]
            names, purposes = map(list, zip(*agents, strict=True))
            are_bots = [each is not ClickClass.PERSON for each in found]
            row = await connection.fetchrow(_LANDING, definition, names, purposes, found, are_bots)
            assert row is not None, "aggregates have a row"  # noqa: S101
            await connection.execute(_CHANGED)
        return row["seen"], row["changed"]

    async def _step(self) -> Progress:
        """Renew a batch of orphan visits."""
        definition = self._classes.definition
        async with self._pool.acquire() as connection, connection.transaction():
            mark = await connection.fetchrow(_MARK, definition)
            assert mark is not None, "made by _BEGIN, and rows are never deleted"  # noqa: S101
            if mark["is_finished"]:
                return Progress(mark["seen"], mark["changed"], is_finished=True)
            rows = await connection.fetch(_READ, mark["source"], mark["sequence"], self._batch_rows)
            changed = await self._renew(connection, [click_of(dict(row)) for row in rows])
            is_finished = len(rows) < self._batch_rows
            place = rows[-1] if rows else mark
            await connection.execute(
                _ADVANCE, definition, place["source"], place["sequence"], len(rows), changed, is_finished
            )
        return Progress(mark["seen"] + len(rows), mark["changed"] + changed, is_finished)

    async def _renew(self, connection: Connection, visits: Sequence[Click]) -> int:
        """Update the visits of another definition, and return how many of them have another class now."""
        old = [visit for visit in visits if visit.definition != self._classes.definition]
        new = [self._renewed(visit) for visit in old]
        if not new:
            return 0
        columns = zip(*((each.source, each.sequence, each.click_class, each.is_bot) for each in new), strict=True)
        await connection.execute(_WRITE, self._classes.definition, *map(list, columns))
        await connection.execute(_ORPHANS_CHANGED)
        return sum(before.click_class is not after.click_class for before, after in zip(old, new, strict=True))

    def _renewed(self, click: Click) -> Click:
        found = self._classes.class_of(click.user_agent, click.purpose)
        is_bot = found is not ClickClass.PERSON
        return replace(click, click_class=found, is_bot=is_bot, definition=self._classes.definition)
