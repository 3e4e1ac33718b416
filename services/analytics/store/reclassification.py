"""Classify stored clicks anew by the program's definition, batch by batch, while clicks go on coming in.

A batch is one transaction: the clicks, the difference that they make to the sums, and the mark up to which all are
done. Killed at any moment, it goes on behind the last mark; run twice at once, the runs take turns. No click is added
or taken away, so no total changes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import Click
from services.analytics.store.click_rows import COLUMNS, click_of
from services.runtime.postgres import Connection, Pool

_NAMES: Final = ", ".join(COLUMNS)

# Goes on with a pass that is under way, and begins a new one when there is none.
_BEGIN: Final = """
INSERT INTO reclassifications AS known (definition, subject) VALUES ($1, 'clicks'), ($1, 'orphans')
ON CONFLICT (definition, subject) DO UPDATE
SET link_id = 0, source = '00000000-0000-0000-0000-000000000000', sequence = 0, seen = 0, changed = 0,
    finished_time = NULL
WHERE NOT EXISTS (
    SELECT FROM reclassifications AS other WHERE other.definition = $1 AND other.finished_time IS NULL
)
"""
# Runs of one definition take turns here.
_MARK: Final = """
SELECT link_id, time, source, sequence, seen, changed, finished_time IS NOT NULL AS is_finished
FROM reclassifications WHERE definition = $1 AND subject = $2 FOR UPDATE
"""
_ADVANCE: Final = """
UPDATE reclassifications
SET link_id = $3, time = $4, source = $5, sequence = $6, seen = seen + $7, changed = changed + $8,
    finished_time = CASE WHEN $9 THEN now() END
WHERE definition = $1 AND subject = $2
"""
# An erasure takes a lock on the totals first and then the clicks: whoever changes both keeps that order.
_KEEP_ORDER: Final = "LOCK TABLE totals IN ROW EXCLUSIVE MODE"
# The other plans would read whole partitions to change a few of their rows.
_BY_KEY: Final = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off"


@dataclass(frozen=True, slots=True)
class _Subject:
    """A table of clicks, read in the order of its key."""

    name: str
    has_sums: bool
    # Mark in, rows out: $1 to $4 are the mark, $5 is the most rows.
    read: str
    # Keys and what is new in arrays; the definition first.
    write: str


_CLICKS: Final = _Subject(
    "clicks",
    has_sums=True,
    read=f"""
SELECT {_NAMES} FROM clicks
WHERE (link_id, time, source, sequence) > ($1::bigint, $2::timestamptz, $3::uuid, $4::bigint)
ORDER BY link_id, time, source, sequence LIMIT $5 FOR UPDATE
""",  # noqa: S608 - names from a constant.
    write="""
UPDATE clicks SET definition = $1, click_class = changed.click_class, is_bot = changed.is_bot
FROM unnest($2::bigint[], $3::timestamptz[], $4::uuid[], $5::bigint[], $6::smallint[], $7::boolean[])
    AS changed (link_id, time, source, sequence, click_class, is_bot)
WHERE clicks.link_id = changed.link_id AND clicks.time = changed.time
    AND clicks.source = changed.source AND clicks.sequence = changed.sequence
""",
)
_ORPHANS: Final = _Subject(
    "orphans",
    has_sums=False,
    read=f"""
SELECT {_NAMES} FROM orphans
WHERE (source, sequence) > ($3::uuid, $4::bigint) AND ($1::bigint, $2::timestamptz) IS NOT NULL
ORDER BY source, sequence LIMIT $5 FOR UPDATE
""",  # noqa: S608 - names from a constant.
    write="""
UPDATE orphans SET definition = $1, click_class = changed.click_class, is_bot = changed.is_bot
FROM unnest($2::bigint[], $3::timestamptz[], $4::uuid[], $5::bigint[], $6::smallint[], $7::boolean[])
    AS changed (link_id, time, source, sequence, click_class, is_bot)
WHERE orphans.source = changed.source AND orphans.sequence = changed.sequence
""",
)
SUBJECTS: Final = (_CLICKS, _ORPHANS)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass over one table has come."""

    seen: int
    changed: int
    is_finished: bool


class Reclassification:
    """Brings stored clicks to the program's definition."""

    def __init__(
        self, pool: Pool, *, definition: int, class_of: Callable[[str, str], ClickClass], batch_rows: int = 2000
    ) -> None:
        self._pool = pool
        self._definition = definition
        self._class_of = class_of
        self._batch_rows = batch_rows

    async def run(self, on_progress: Callable[[str, Progress], None]) -> None:
        """Bring all clicks to the definition that have another one; those that come in meanwhile have it already."""
        await self._pool.execute(_BEGIN, self._definition)
        for subject in SUBJECTS:
            is_finished = False
            while not is_finished:
                progress = await self._step(subject)
                on_progress(subject.name, progress)
                is_finished = progress.is_finished

    async def _step(self, subject: _Subject) -> Progress:
        async with self._pool.acquire() as connection, connection.transaction():
            mark = await connection.fetchrow(_MARK, self._definition, subject.name)
            assert mark is not None, "made by _BEGIN, and rows are never deleted"  # noqa: S101
            if mark["is_finished"]:
                return Progress(mark["seen"], mark["changed"], is_finished=True)
            await connection.execute(_KEEP_ORDER)
            await connection.execute(_BY_KEY)
            place = [mark["link_id"], mark["time"], mark["source"], mark["sequence"]]
            rows = await connection.fetch(subject.read, *place, self._batch_rows)
            changed = await self._renew(connection, subject, [click_of(dict(row)) for row in rows])
            is_finished = len(rows) < self._batch_rows
            place = _place_of(dict(rows[-1])) if rows else place
            key = self._definition, subject.name
            await connection.execute(_ADVANCE, *key, *place, len(rows), changed, is_finished)
        return Progress(mark["seen"] + len(rows), mark["changed"] + changed, is_finished)

    async def _renew(self, connection: Connection, subject: _Subject, clicks: Sequence[Click]) -> int:
        """Update the clicks of another definition, and return how many of them have another class now."""
        old = [click for click in clicks if click.definition != self._definition]
        new = [self._renewed(click) for click in old]
        if not new:
            return 0
        columns = zip(*((*_key(click), click.click_class, click.is_bot) for click in new), strict=True)
        await connection.execute(subject.write, self._definition, *map(list, columns))
        changed = [pair for pair in zip(old, new, strict=True) if pair[0].click_class is not pair[1].click_class]
        if subject.has_sums:
            raise NotImplementedError
        return len(changed)

    def _renewed(self, click: Click) -> Click:
        found = self._class_of(click.user_agent, click.purpose)
        return replace(click, click_class=found, is_bot=found is not ClickClass.PERSON, definition=self._definition)


def _key(click: Click) -> tuple[object, ...]:
    return click.link_id, click.time, click.source, click.sequence


def _place_of(row: Mapping[str, Any]) -> list[object]:
    return [row["link_id"], row["time"], row["source"], row["sequence"]]
