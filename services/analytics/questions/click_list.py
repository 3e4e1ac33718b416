"""Read clicks one by one, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from services.analytics.domain.click import Click, ClickFields
from services.analytics.domain.page_token import Cursor
from services.analytics.questions.conditions import Selection, Statement, within
from services.analytics.questions.reading import Reader
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.snapshots import Snapshots
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.layout import CLICK_COLUMNS
from services.analytics.segments.writing import moment_of
from services.analytics.store.click_rows import click_of

# A visitor is recognised within the statistics only.
_NAMES: Final = tuple(name for name in CLICK_COLUMNS if name != "visitor")
COLUMNS: Final = ", ".join(_NAMES)
# As they are read: moments as microseconds.
SELECTED: Final = ", ".join("epoch_us(time)" if name == "time" else name for name in _NAMES)


class ClickReader:
    """Reads pages of clicks."""

    def __init__(self, snapshots: Snapshots, files: SegmentFiles) -> None:
        self._snapshots = snapshots
        self._files = files

    async def list(
        self, selection: Selection, *, limit: int, after: Cursor | None = None, skip: int = 0
    ) -> tuple[Click, ...]:
        """Return at most limit clicks, newest first, that come after the cursor and the skipped ones.

        Their visitor is empty.
        """
        orphans_of = selection.orphans_of if selection.has_orphans else ()
        async with self._snapshots.taken(visitors=False, orphans_of=orphans_of) as snapshot:
            reader = Reader(snapshot, self._files)
            rows: list[tuple[Any, ...]] = []
            for part in _newest_first(snapshot, selection, after):
                rows += await self._rows(part, selection, after, limit + skip - len(rows), reader)
                if len(rows) == limit + skip:
                    break
        return tuple(click_of({**fields_of_row(row), "visitor": b""}) for row in rows[skip:])

    async def _rows(
        self, part: "_Part", selection: Selection, after: Cursor | None, most: int, reader: Reader
    ) -> Sequence[tuple[Any, ...]]:
        statement = Statement()
        rows = selected(COLUMNS, selection, part.snapshot, statement)
        conditions = ["true", *within(part.start, part.end, statement)]
        if after is not None:
            place = ", ".join(map(statement.add, (after.time, str(after.source), after.sequence)))
            conditions.append(f"(time, source, sequence) < ({place})")
        sql = (
            f"SELECT {SELECTED} FROM ({rows}) AS visits WHERE {' AND '.join(conditions)} "
            f"ORDER BY time DESC, source DESC, sequence DESC LIMIT {statement.add(most)}"
        )
        return await reader.fetch(sql, statement)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of time, and the segments that have clicks in it."""

    snapshot: Snapshot
    start: datetime | None
    end: datetime | None


def _newest_first(snapshot: Snapshot, selection: Selection, after: Cursor | None) -> Iterator[_Part]:
    """Yield pieces of time that begin with a month's start, so that a page of the newest reads few files."""
    latest = after.time if after is not None else selection.end
    months = sorted({segment.month for segment in snapshot.segments}, reverse=True)
    end: datetime | None = None
    for month in months:
        start = datetime(month.year, month.month, 1, tzinfo=UTC)
        if latest is not None and start > latest:
            continue
        yield _Part(_only(snapshot, start, end), start, end)
        end = start
    yield _Part(_only(snapshot, None, end), None, end)


def _only(snapshot: Snapshot, start: datetime | None, end: datetime | None) -> Snapshot:
    span = snapshot.span(start, end)
    return replace(snapshot, segments=(*span.whole, *span.cut))


def fields_of_row(row: tuple[Any, ...]) -> ClickFields:
    """Return the fields of a row of the columns SELECTED, without its visitor."""
    values = dict(zip(_NAMES, row, strict=True))
    return {**values, "time": moment_of(values["time"]), "source": UUID(values["source"])}
