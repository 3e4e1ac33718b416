"""Numbers of buckets, remembered: who clicked on a day of last month does not change while its one segment does not."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from services.analytics.domain.query import Metric
from services.analytics.questions.asked import Asked
from services.analytics.questions.bucket_sql import bucket_number
from services.analytics.questions.conditions import Selection, Statement, rights
from services.analytics.questions.reading import Reader
from services.analytics.questions.snapshot import NEWEST, Snapshot
from services.analytics.segments.files import SegmentFile
from services.analytics.segments.layout import Kind

# A month of days of three hundred charts; each takes some hundred bytes.
_MOST: Final = 10_000
# With more buckets each has few clicks, and finding out where they are costs more than reading them.
_MOST_BUCKETS: Final = 1000
# Of buckets that are read together; each is a statement.
_MOST_RUNS: Final = 8

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BucketKey:
    """What decides the numbers of a bucket all of whose clicks are in one file."""

    file: SegmentFile
    # Without its times.
    selection: Selection
    metrics: tuple[Metric, ...]
    start: datetime
    end: datetime


class BucketNumbers:
    """Remembers numbers of buckets, those asked for last."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[BucketKey, Numbers] = OrderedDict()

    def find(self, key: BucketKey) -> Numbers | None:
        """Return the numbers of a bucket; None when they are not remembered."""
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def keep(self, key: BucketKey, numbers: Numbers) -> None:
        """Remember the numbers of a bucket, and forget those that were not asked for longest."""
        self._known[key] = numbers
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)


async def keys_of(asked: Asked, snapshot: Snapshot, reader: Reader) -> Mapping[datetime, BucketKey]:
    """Return the keys of a report's buckets, by their starts: of those that lie wholly in the interval and in one file.

    Clicks that are in no segment yet may be of any time, also of a bucket that has long been settled.
    """
    selection, starts = asked.selection, asked.plan.bucket_starts
    if selection.has_orphans or len(starts) > _MOST_BUCKETS:
        return {}
    touched = await _touched(asked, snapshot, reader)
    timeless = replace(selection, start=None, end=None)
    keys = {}
    for start, end in pairwise(starts):
        is_whole = (selection.start is None or selection.start <= start) and (
            selection.end is None or end <= selection.end
        )
        file = _only_file(snapshot, selection, start, end) if is_whole and start not in touched else None
        if file is not None:
            keys[start] = BucketKey(file, timeless, asked.report.metrics, start, end)
    return keys


def runs_of(wanted: Sequence[datetime], starts: Sequence[datetime], most: int) -> Iterator[Sequence[datetime]]:
    """Part buckets into those that follow each other, at most so many together.

    Where there would be too many parts, what lies between the wanted ones is read along with them.
    """
    if not wanted:
        return
    first, last = starts.index(wanted[0]), starts.index(wanted[-1])
    missing = set(wanted)
    runs: list[list[datetime]] = [[]]
    for start in starts[first : last + 1]:
        if start in missing:
            runs[-1].append(start)
        elif runs[-1]:
            runs.append([])
    whole = runs if len(runs) <= _MOST_RUNS else [starts[first : last + 1]]
    for run in whole:
        for place in range(0, len(run), most):
            yield run[place : place + most]


def _only_file(snapshot: Snapshot, selection: Selection, start: datetime, end: datetime) -> SegmentFile | None:
    span = snapshot.span(start, end)
    segments = (*span.whole, *span.cut)
    if len(segments) != 1 or not segments[0].has_clicks or snapshot.has_erased(segments[0], selection.audience):
        return None
    return segments[0].files[Kind.CLICKS]


async def _touched(asked: Asked, snapshot: Snapshot, reader: Reader) -> frozenset[datetime]:
    """Return the starts of the buckets that clicks of no segment are in."""
    if snapshot.is_all_settled:
        return frozenset()
    statement, starts = Statement(), asked.plan.bucket_starts
    seen = " AND ".join(["true", *rights(asked.selection.audience, statement)])
    number = bucket_number("epoch_us(time)", starts)
    rows = await reader.fetch(f"SELECT DISTINCT {number} FROM {NEWEST} WHERE {seen}", statement)
    return frozenset(starts[number] for (number,) in rows)
