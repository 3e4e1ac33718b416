"""Read clicks one by one, newest first."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.analytics.domain.click import Click
from services.analytics.domain.page_token import Cursor
from services.analytics.questions.conditions import Selection, Statement
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
_SELECTED: Final = ", ".join("epoch_us(time)" if name == "time" else name for name in _NAMES)


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
        orphans = selection.orphans_of if selection.has_orphans else ()
        async with self._snapshots.taken(visitors=False, orphans_of=orphans) as snapshot:
            rows = await self._rows(snapshot, selection, after, limit + skip)
        return tuple(_click_of(row) for row in rows[skip:])

    async def _rows(
        self, snapshot: Snapshot, selection: Selection, after: Cursor | None, most: int
    ) -> Sequence[tuple[Any, ...]]:
        statement = Statement()
        rows = " UNION ALL ".join(selected(selection, snapshot, statement))
        conditions = "true"
        if after is not None:
            place = ", ".join(map(statement.add, (after.time, str(after.source), after.sequence)))
            conditions = f"(time, source, sequence) < ({place})"
        sql = (
            f"SELECT {_SELECTED} FROM ({rows}) AS visits WHERE {conditions} "
            f"ORDER BY time DESC, source DESC, sequence DESC LIMIT {statement.add(most)}"
        )
        return await Reader(snapshot, self._files).fetch(sql, statement)


def _click_of(row: tuple[Any, ...]) -> Click:
    values = dict(zip(_NAMES, row, strict=True))
    times = {"time": moment_of(values["time"]), "source": UUID(values["source"])}
    return click_of({**values, **times, "visitor": b""})
