"""Rewrite segments: one new segment stands in for some of a month, less what was erased from these.

Killed before its end, it leaves files that no row names, which are swept away, and the old segments as they were.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.analytics.segments import registry
from services.analytics.segments.duck import DuckLimits, in_thread, open_duck
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import Segment
from services.analytics.segments.remains import Gone, GoneSource, Remains
from services.analytics.segments.renewal import Classes, Renewal
from services.analytics.segments.turn import rewriting_turn
from services.analytics.segments.writing import OF_CLICKS, UpTo, put_all
from services.runtime.postgres import Connection, Pool

# Years of clicks in one month's segment take minutes. Whatever takes longer than this hangs.
SECONDS: Final = 1800.0

_ERASED: Final = "SELECT id, owner_id, link_id FROM erasures WHERE id > $1 ORDER BY id"
_ERASED_SOURCES: Final = "SELECT id, source::text AS source FROM erased_sources WHERE id > $1 ORDER BY id"
_LIVE: Final = "SELECT count(*) FROM segments WHERE id = ANY($1::bigint[]) AND retired_time IS NULL"
_APPLIED: Final = """
UPDATE segments SET erasures_applied = $2, sources_erased = $3 WHERE id = $1 AND retired_time IS NULL
"""
# Whoever erases a source holds its row: either it was erased before, which is seen then, or it cannot be any more.
_DROPPED: Final = """
UPDATE sources SET has_dropped_clicks = true
WHERE source = ANY ($1::uuid[]) AND name <> '' AND NOT has_dropped_clicks
"""
_IS_ERASED: Final = "SELECT EXISTS (SELECT FROM erased_sources WHERE source = ANY ($1::uuid[]) AND id > $2)"
_CHANGED: Final = "UPDATE registry SET version = version + 1"
# What a new segment is made from; other sums of owners follow from these.
_SOURCES: Final = (*OF_CLICKS, Kind.VISITORS, Kind.DAILY)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What one turn has done."""

    # How many segments stand in for the old ones: none when nothing is left, or when the old one had nothing to lose.
    segments: int
    rows: int
    # How many clicks have another class now.
    changed: int = 0


class Rewriting:
    """Makes new segments out of old ones."""

    def __init__(self, pool: Pool, files: SegmentFiles, limits: DuckLimits) -> None:
        self._pool = pool
        self._files = files
        self._limits = limits

    async def rewrite(
        self, old: Sequence[Segment], *, keep_clicks: bool = True, classes: Classes | None = None
    ) -> Rewritten:
        """Let one segment stand in for old ones of a month, less what was erased from them by now.

        keep_clicks: False drops raw clicks, and keeps sums; it is needed where one of them has none any more.
        classes: what clicks of older definitions are to be classified by.

        Raise TurnTaken or Replaced when it is not to be now; nothing has happened then.
        """
        if len({segment.month for segment in old}) != 1:
            raise ValueError("a segment is of one month")
        if keep_clicks and not all(segment.has_clicks for segment in old):
            raise ValueError("raw clicks cannot be kept where there are none")
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(rewriting_turn(self._pool))
            gone, gone_sources = await erased_from(connection, old), await sources_erased_from(connection, old)
            applied = UpTo(
                max([each.id for each in gone] + [segment.erasures_applied for segment in old]),
                max([each.id for each in gone_sources] + [segment.sources_erased for segment in old]),
            )
            scratch = stack.enter_context(self._files.scratch())
            duck = stack.enter_context(open_duck(self._limits))
            paths = await stack.enter_async_context(lent(self._files, old))
            remains = Remains(duck=duck, old=old, gone=gone, gone_sources=gone_sources, paths=paths)
            renewal = Renewal(
                duck=duck,
                old=old,
                remains=remains,
                erased=applied,
                scratch=scratch,
                keep_clicks=keep_clicks,
                classes=classes,
            )
            is_as_it_is = len(old) == 1 and classes is None and keep_clicks is old[0].has_clicks
            if is_as_it_is and not await in_thread(duck, remains.are_less, SECONDS):
                await _set_applied(connection, old[0], applied)
                return Rewritten(0, old[0].rows)
            dropped: list[str] = []
            if not keep_clicks and any(segment.has_clicks for segment in old):
                dropped = await in_thread(duck, remains.sources, SECONDS)
            outcome = await in_thread(duck, renewal.write, SECONDS)
            new = await put_all(self._files, outcome.written)
            async with connection.transaction():
                await _note_dropped(connection, dropped, applied)
                await registry.replace(connection, old, new)
        return Rewritten(len(new), sum(segment.rows for segment in new), outcome.changed)


async def erased_from(connection: Connection, segments: Sequence[Segment]) -> list[Gone]:
    """Return what was erased and is not applied to all of the segments yet; raise Replaced when one is not live."""
    if await connection.fetchval(_LIVE, [segment.id for segment in segments]) != len(segments):
        raise registry.Replaced
    # Their numbers rise in the order in which they are committed, because who erases has the turn of landing.
    rows = await connection.fetch(_ERASED, min(segment.erasures_applied for segment in segments))
    return [Gone(**row) for row in rows]


async def sources_erased_from(connection: Connection, segments: Sequence[Segment]) -> list[GoneSource]:
    """Return the sources that were erased and are not known to be gone from all of the segments."""
    rows = await connection.fetch(_ERASED_SOURCES, min(segment.sources_erased for segment in segments))
    return [GoneSource(**row) for row in rows]


async def _note_dropped(connection: Connection, sources: Sequence[str], applied: UpTo) -> None:
    """Note of imports that some of their clicks are in sums alone; raise Replaced when one was erased meanwhile."""
    if not sources:
        return
    await connection.execute(_DROPPED, sources)
    if await connection.fetchval(_IS_ERASED, sources, applied.sources):
        raise registry.Replaced


def lent(files: SegmentFiles, segments: Sequence[Segment]) -> AbstractAsyncContextManager[Mapping[str, Path]]:
    """Lend the files that a new segment is made from."""
    return files.lent([segment.files[kind] for segment in segments for kind in _SOURCES if kind in segment.files])


async def _set_applied(connection: Connection, segment: Segment, applied: UpTo) -> None:
    """Say of a segment that it has nothing of what was erased; its files stay."""
    if applied == UpTo(segment.erasures_applied, segment.sources_erased):
        return
    async with connection.transaction():
        # PostgreSQL says "UPDATE 1".
        if await connection.execute(_APPLIED, segment.id, applied.erasures, applied.sources) != "UPDATE 1":
            raise registry.Replaced
        await connection.execute(_CHANGED)
