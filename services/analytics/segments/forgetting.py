"""Forget visitors of whom no raw click is kept: their hashes, by which they would be recognised."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import duckdb

from services.analytics.segments import registry
from services.analytics.segments.duck import DuckLimits, in_thread, open_duck
from services.analytics.segments.files import SegmentFile, SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import Segment
from services.analytics.segments.remains import Gone, Remains
from services.analytics.segments.renewal import Renewal
from services.analytics.segments.rewriting import SECONDS, erased_from, lent
from services.analytics.segments.settling import IN_TURN
from services.analytics.segments.turn import rewriting_turn
from services.analytics.segments.writing import UpTo, Written, parquet, put_all
from services.runtime.postgres import Connection, Pool

_REMEMBERED: Final = """
CREATE TABLE remembered AS SELECT DISTINCT visitor FROM {visitors} WHERE visitor IN (SELECT visitor FROM {clicks})
"""
_FORGOTTEN: Final = """
CREATE TABLE forgotten AS SELECT visitor FROM {visitors} WHERE visitor NOT IN (SELECT visitor FROM remembered)
"""
_NO_CLICKS: Final = "(SELECT 0 AS visitor WHERE false)"
_HAS_FORGOTTEN: Final = "SELECT EXISTS (SELECT 1 FROM {rows} WHERE visitor IN (SELECT visitor FROM forgotten))"
# Whoever holds numbers of forgotten visitors for the newest clicks has to look them up anew.
_RENUMBER: Final = "UPDATE registry SET landing_version = landing_version + 1"
_DONE: Final = "UPDATE retention SET is_forgetting = false"


class Forgetting:
    """Takes hashes from the files of segments without raw clicks.

    A visitor who still has raw clicks somewhere keeps the hash, and so the number: a number must not change while
    clicks have it, or one visitor would be counted as two.
    """

    def __init__(self, pool: Pool, files: SegmentFiles, limits: DuckLimits) -> None:
        self._pool = pool
        self._files = files
        self._limits = limits

    async def forget_visitors(self) -> None:
        """Forget all that no segment's clicks need.

        Raise TurnTaken or Replaced when it is not to be now; nothing has happened then.
        """
        async with AsyncExitStack() as stack:
            connection = await stack.enter_async_context(rewriting_turn(self._pool))
            live = await registry.live_segments(connection)
            having = [segment for segment in live if not segment.has_clicks and Kind.VISITORS in segment.files]
            scratch = stack.enter_context(self._files.scratch())
            duck = stack.enter_context(open_duck(self._limits))
            losing: list[Segment] = []
            written: list[Written] = []
            if having:
                gone = await erased_from(connection, having)
                paths = await stack.enter_async_context(lent(self._files, having))
                clicks = await stack.enter_async_context(self._files.lent(_clicks_of(live)))

                def write() -> None:
                    visitors = [paths[segment.files[Kind.VISITORS].name] for segment in having]
                    _look(duck, visitors, [*clicks.values()])
                    for segment in having:
                        if _has_forgotten(duck, [paths[segment.files[Kind.VISITORS].name]]):
                            losing.append(segment)
                            written.extend(_renew(duck, segment, gone, paths, scratch))

                await in_thread(duck, write, SECONDS)
            new = await put_all(self._files, written)
            async with connection.transaction():
                await connection.execute(IN_TURN)
                await self._check(connection, duck, {segment.id for segment in live}, is_needed=bool(losing))
                await registry.replace(connection, losing, new)
                await connection.execute(_RENUMBER)
                await connection.execute(_DONE)

    async def _check(
        self, connection: Connection, duck: duckdb.DuckDBPyConnection, known: set[int], *, is_needed: bool
    ) -> None:
        """Raise Replaced when a visitor who is to be forgotten has come back meanwhile, and was recognised."""
        came = [segment for segment in await registry.live_segments(connection) if segment.id not in known]
        if not is_needed or not (files := _clicks_of(came)):
            return
        async with self._files.lent(files) as clicks:
            if await in_thread(duck, lambda: _has_forgotten(duck, [*clicks.values()]), SECONDS):
                raise registry.Replaced


def _clicks_of(segments: Sequence[Segment]) -> list[SegmentFile]:
    return [segment.files[Kind.CLICKS] for segment in segments if segment.has_clicks]


def _look(duck: duckdb.DuckDBPyConnection, visitors: list[Path], clicks: list[Path]) -> None:
    """Find out who has to be remembered, and who has not."""
    rows = parquet(clicks) if clicks else _NO_CLICKS
    duck.execute(_REMEMBERED.format(visitors=parquet(visitors), clicks=rows))
    duck.execute(_FORGOTTEN.format(visitors=parquet(visitors)))


def _has_forgotten(duck: duckdb.DuckDBPyConnection, paths: list[Path]) -> bool:
    row = duck.execute(_HAS_FORGOTTEN.format(rows=parquet(paths))).fetchone()
    return row is not None and bool(row[0])


def _renew(
    duck: duckdb.DuckDBPyConnection, segment: Segment, gone: Sequence[Gone], paths: Mapping[str, Path], scratch: Path
) -> list[Written]:
    applied = UpTo(max([each.id for each in gone] + [segment.erasures_applied]), segment.sources_erased)
    return (
        Renewal(
            duck=duck,
            old=[segment],
            # Erased sources are of no matter without raw clicks.
            remains=Remains(duck=duck, old=[segment], gone=gone, gone_sources=(), paths=paths),
            erased=applied,
            scratch=scratch,
            keep_clicks=False,
            remembered="remembered",
        )
        .write()
        .written
    )
