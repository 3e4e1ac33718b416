"""The newest clicks, those of no segment: a table in memory that follows landing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb

from services.analytics.questions.catalog import State
from services.analytics.questions.snapshot import NEWEST
from services.analytics.segments.duck import in_thread
from services.analytics.segments.visitors import number_visitors
from services.analytics.segments.writing import parquet
from services.analytics.store.landing import MAKE_TABLE, Dump
from services.runtime.postgres import Connection

_SECONDS: Final = 60.0
_UP_TO: Final = "CREATE OR REPLACE TEMP TABLE up_to AS SELECT unnest($sources) AS source, unnest($marks) AS mark"
# A new table instead of rows that are deleted: whoever still reads the old one keeps it, and then it is gone.
# Numbers from $known on were lent to visitors that had none; the segments may have given them to others since.
_KEEP: Final = f"""
CREATE OR REPLACE TABLE {NEWEST} AS
SELECT newest.* REPLACE (CASE WHEN visitor < $known THEN visitor END AS visitor)
FROM {NEWEST} AS newest LEFT JOIN up_to USING (source)
WHERE up_to.mark IS NULL OR newest.sequence > up_to.mark
"""


@dataclass(slots=True)
class _Held:
    """What the table holds: the rows behind what was settled, up to each outbox's mark."""

    state: State
    marks: Mapping[UUID, int] = field(default_factory=dict)
    # How many visitors have a number that is only lent.
    lent_numbers: int = 0


class Newest:
    """Keeps the table; one task at a time may call."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._duck = duck
        self._folder = folder
        self._held: _Held | None = None

    @property
    def visitors(self) -> int:
        """All numbers of visitors are smaller than this."""
        return self._held.state.next_visitor + self._held.lent_numbers if self._held else 0

    async def follow(self, connection: Connection, state: State) -> None:
        """Bring the table to the state of the connection's snapshot."""
        held, self._held = self._held, None
        # Whatever fails from here on: the table is read anew next time.
        if held is None or not state.follows(held.state):
            self._duck.execute(MAKE_TABLE.format(name=NEWEST))
            held = _Held(state)
        await self._add(connection, held, state)
        if state.settled != held.state.settled:
            await in_thread(self._duck, lambda: self._keep(held.state, state), _SECONDS)
            held.lent_numbers = 0
        held.state, held.marks = state, state.marks
        self._held = held

    async def number(self, dictionary: list[Path]) -> None:
        """Give all rows their visitors' numbers, from the files of the segments or lent ones."""
        held = self._held
        assert held is not None, "after follow"  # noqa: S101
        known = [f"(SELECT visitor_hash, visitor FROM {NEWEST} WHERE visitor IS NOT NULL)"]
        known += [parquet(dictionary)] if dictionary else []
        held.lent_numbers += await in_thread(
            self._duck, lambda: number_visitors(self._duck, NEWEST, known, first=self.visitors), _SECONDS
        )

    def needs_numbers(self) -> bool:
        """Say whether some rows have no number of their visitor."""
        row = self._duck.execute(f"SELECT 1 FROM {NEWEST} WHERE visitor IS NULL LIMIT 1").fetchone()
        return row is not None

    async def _add(self, connection: Connection, held: _Held, state: State) -> None:
        news = []
        for source, mark in state.marks.items():
            after = max(held.marks.get(source, 0), state.settled.get(source, 0))
            if mark > after:
                news.append((source, after, mark))
        if not news:
            return
        dump = Dump(self._folder / "newest.csv")
        for source, after, mark in news:
            await dump.add_source(connection, source, after, mark)
        await in_thread(self._duck, lambda: dump.take_into(self._duck, NEWEST), _SECONDS)

    def _keep(self, before: State, now: State) -> None:
        """Let go of the rows that are in segments now."""
        sources = [str(source) for source in now.settled]
        self._duck.execute(_UP_TO, {"sources": sources, "marks": [*now.settled.values()]})
        self._duck.execute(_KEEP, {"known": before.next_visitor})
