"""Take snapshots: PostgreSQL's state of all tables, and the same state of the newest clicks in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from services.analytics.questions.catalog import Contents, State, read_contents, read_state
from services.analytics.questions.newest import Newest
from services.analytics.questions.snapshot import NEWEST, ORPHANS, Snapshot
from services.analytics.segments.duck import DuckLimits, in_thread, open_duck
from services.analytics.segments.files import SegmentFile, SegmentFiles
from services.analytics.segments.layout import Kind
from services.analytics.segments.visitors import number_visitors
from services.analytics.segments.writing import parquet
from services.analytics.store.landing import MAKE_TEMP_TABLE, Dump
from services.runtime.postgres import Connection, Pool

_SECONDS: Final = 60.0


class Snapshots:
    """Gives each question a state of its own; all that it reads belongs to that state."""

    def __init__(self, pool: Pool, files: SegmentFiles, limits: DuckLimits) -> None:
        self._pool = pool
        self._files = files
        self._duck = open_duck(limits)
        self._folder: Path = limits.spill
        self._newest = Newest(self._duck, limits.spill)
        self._turn = asyncio.Lock()
        self._state: State | None = None
        self._contents = Contents()

    def close(self) -> None:
        """Close the database in memory; nothing may be asking."""
        self._duck.close()

    @asynccontextmanager
    async def taken(self, *, visitors: bool, orphans_of: Sequence[int] = ()) -> AsyncIterator[Snapshot]:
        """Take a snapshot.

        visitors: they will be counted, and so have to have numbers. orphans_of: the owners of domains whose orphan
        visits belong to it.
        """
        cursor = self._duck.cursor()
        try:
            async with self._turn:
                async with (
                    self._pool.acquire() as connection,
                    connection.transaction(isolation="repeatable_read", readonly=True),
                ):
                    state = await self._follow(connection)
                    orphans = Dump(self._folder / "orphans.csv") if orphans_of else None
                    if orphans:
                        await orphans.add_orphans(connection, orphans_of)
                if visitors and self._newest.needs_numbers():
                    async with self._files.lent(_dictionary(self._contents)) as lent:
                        await self._newest.number([*lent.values()])
                cursor.begin()
                # The state is that of the first look, not that of the beginning.
                is_empty = cursor.execute(f"SELECT 1 FROM {NEWEST} LIMIT 1").fetchone() is None
                snapshot = Snapshot(
                    duck=cursor,
                    state=state,
                    segments=self._contents.segments,
                    erased=self._contents.erased,
                    erased_sources=self._contents.erased_sources,
                    visitors=self._newest.visitors,
                    has_orphans=orphans is not None,
                    is_all_settled=is_empty,
                )
                if orphans:
                    cursor.execute(MAKE_TEMP_TABLE.format(name=ORPHANS))
                    await in_thread(cursor, lambda: orphans.take_into(cursor, ORPHANS), _SECONDS)
            if visitors and orphans:
                snapshot = await self._with_numbers(snapshot)
            yield snapshot
        finally:
            cursor.close()

    async def _follow(self, connection: Connection) -> State:
        state = await read_state(connection)
        if self._state is None or self._state.version != state.version or self._state.server != state.server:
            self._contents = await read_contents(connection)
        self._state = None
        await self._newest.follow(connection, state)
        self._state = state
        return state

    async def _with_numbers(self, snapshot: Snapshot) -> Snapshot:
        """Give the visitors of orphan visits numbers, behind those of clicks."""
        async with self._files.lent(_dictionary(snapshot)) as lent:
            known = [f"(SELECT visitor_hash, visitor FROM {NEWEST})", *([parquet([*lent.values()])] if lent else [])]
            first = snapshot.visitors
            new = await in_thread(
                snapshot.duck, lambda: number_visitors(snapshot.duck, ORPHANS, known, first=first), _SECONDS
            )
        return replace(snapshot, visitors=first + new)


def _dictionary(of: Contents | Snapshot) -> list[SegmentFile]:
    """Return the files that tell numbers of visitors by hash."""
    return [segment.files[Kind.VISITORS] for segment in of.segments if Kind.VISITORS in segment.files]
