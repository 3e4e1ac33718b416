"""Read clicks in the order in which they were stored: for watchers that come back after clicks were settled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.analytics.domain.click import ClickFields
from services.analytics.domain.position import Position
from services.analytics.questions.click_list import COLUMNS, SELECTED, fields_of_row
from services.analytics.questions.conditions import Selection, Statement
from services.analytics.questions.reading import Reader
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.snapshots import Snapshots
from services.analytics.segments.files import SegmentFiles

# A turn of settling bears the time of its beginning, and may wait for the turn before. It takes minutes at most.
_LONGEST_SETTLE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Later:
    """Clicks behind a position."""

    # In the order of sources and their sequences, without their visitors.
    clicks: Sequence[ClickFields]
    # Behind these clicks, and all that pass no filter; its time is that of the position before.
    position: Position
    is_more: bool


class LaterClicks:
    """Reads clicks behind a position, from segments and from landing alike."""

    def __init__(self, snapshots: Snapshots, files: SegmentFiles) -> None:
        self._snapshots = snapshots
        self._files = files

    async def after(self, selection: Selection, position: Position, limit: int) -> Later:
        """Return at most limit clicks of a selection that were stored behind a position."""
        async with self._snapshots.taken(visitors=False) as snapshot:
            statement = Statement()
            rows = selected(COLUMNS, selection, _added_since(snapshot, position.time), statement)
            sources = statement.add([str(source) for source in position.marks])
            marks = statement.add([*position.marks.values()])
            sql = (
                f"SELECT {SELECTED} FROM ({rows}) AS visits LEFT JOIN "
                f"(SELECT unnest({sources}::VARCHAR[]) AS known, unnest({marks}::BIGINT[]) AS mark) AS marks "
                "ON source = known WHERE sequence > coalesce(mark, 0) "
                f"ORDER BY source, sequence LIMIT {statement.add(limit)}"
            )
            found = await Reader(snapshot, self._files).fetch(sql, statement)
        clicks = [fields_of_row(row) for row in found]
        if len(clicks) == limit:
            return Later(clicks, position.after(clicks), is_more=True)
        newest = Position(snapshot.state.marks, position.time)
        return Later(clicks, position.joined(newest), is_more=False)


def _added_since(snapshot: Snapshot, moment: datetime) -> Snapshot:
    """Leave out segments that were there before anything behind a position was stored."""
    since = moment - _LONGEST_SETTLE
    return replace(snapshot, segments=[segment for segment in snapshot.segments if segment.added_time >= since])
