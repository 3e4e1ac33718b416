"""The visitors of an account: whole segments are remembered, and only the rest of its clicks is read."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Metric, Report, Row
from services.analytics.questions.asked import Asked
from services.analytics.questions.conditions import Selection, Statement, rights
from services.analytics.questions.reading import Reader
from services.analytics.questions.report_sql import MOST_BITS
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.visitor_sets import Clicked, Counted, VisitorSets, union
from services.analytics.segments.files import SegmentFile
from services.analytics.segments.layout import Kind

_METRICS: Final = frozenset(
    {Metric.CLICKS, Metric.HUMAN_CLICKS, Metric.VISITORS, Metric.HUMAN_VISITORS, Metric.MEAN_LATENCY}
)
# The part of what is in no segment, or in one that is not counted by itself.
_REST: Final = -1
_BITS: Final = 8


class AccountVisitors:
    """Counts reports without dimensions and buckets over all clicks of an account, or over people's or programs'."""

    def __init__(self, snapshot: Snapshot, reader: Reader, sets: VisitorSets) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._sets = sets
        # Whole bytes, so that the set of a number is its bits.
        self._size = max(-(-snapshot.visitors // _BITS), 1) * _BITS
        # Two sets of each part are made at once.
        self._most_parts = max(MOST_BITS // (2 * self._size), 1)

    def takes(self, asked: Asked) -> bool:
        """Say whether a report is one of these."""
        report, selection = asked.report, asked.selection
        return (
            selection.audience.owner_id > 0
            and not selection.audience.link_id
            and not selection.excluded
            and all(item.dimension is Dimension.IS_BOT for item in selection.filters)
            and not report.dimensions
            and report.bucket is Bucket.NONE
            and _METRICS.issuperset(report.metrics)
            and 2 * self._size <= MOST_BITS
        )

    async def row(self, asked: Asked) -> Row:
        """Count the only row of a report."""
        selection = asked.selection
        counted, files = await self._remembered(selection)
        rest = await self._rest(selection, files)
        return Row((), None, _metrics(asked.report, _passing(counted, selection) | rest))

    async def _remembered(self, selection: Selection) -> tuple[Counted, frozenset[SegmentFile]]:
        """Return what whole segments come to, and the files that were counted; new ones are remembered from now on."""
        owner_id = selection.audience.owner_id
        files = self._files(selection)
        new = [file for file in files if not self._sets.is_known(file, owner_id)]
        known = {file: found for file in files if (found := self._sets.find(file, owner_id)) is not None}
        counted = union(known.values())
        for start in range(0, len(new), self._most_parts):
            fresh = await self._count(new[start : start + self._most_parts], selection)
            for file, each in fresh.items():
                self._sets.keep(file, owner_id, each)
            counted |= union(fresh.values())
        return counted, frozenset([*known, *new])

    def _files(self, selection: Selection) -> list[SegmentFile]:
        """Return the clicks of whole segments that may be remembered: as many as there is room for, the newest."""
        whole = [
            segment.files[Kind.CLICKS]
            for segment in self._snapshot.span(selection.start, selection.end).whole
            if segment.has_clicks
            and self._sets.are_enough(segment.rows)
            and not self._snapshot.has_erased(segment, selection.audience)
        ]
        return whole[max(len(whole) - self._sets.room(self._size), 0) :]

    async def _count(self, files: Sequence[SegmentFile], selection: Selection) -> dict[SegmentFile, Counted]:
        """Read the clicks of files, each for itself."""
        statement = Statement()
        seen = " AND ".join(rights(selection.audience, statement))
        parts = [
            self._part(number, f"SELECT is_bot, latency_us, visitor FROM {statement.rows_of([file])} WHERE {seen}")
            for number, file in enumerate(files)
        ]
        counted = await self._read(parts, statement)
        return {file: counted[number] for number, file in enumerate(files)}

    async def _rest(self, selection: Selection, counted: Collection[SegmentFile]) -> Counted:
        """Read the clicks that are meant, less those of files that were counted."""
        statement = Statement()
        less = [segment for segment in self._snapshot.segments if segment.files.get(Kind.CLICKS) in counted]
        rows = selected("is_bot, latency_us, visitor", selection, self._snapshot, statement, less=less)
        return (await self._read([self._part(_REST, rows)], statement))[_REST]

    def _part(self, number: int, rows: str) -> str:
        # Numbers from the end: the first bit of a string of bits is the highest of the number that it is read as.
        return (
            f"SELECT {number} AS part, is_bot, count(*), coalesce(sum(latency_us), 0)::BIGINT, "
            f"bitstring_agg(({self._size - 1} - visitor)::INTEGER, 0, {self._size - 1})::BLOB "
            f"FROM ({rows}) AS visits GROUP BY is_bot"
        )

    async def _read(self, parts: Sequence[str], statement: Statement) -> dict[int, Counted]:
        counted: dict[int, Counted] = defaultdict(Counted)
        for part, is_bot, clicks, latency, bits in await self._reader.fetch(" UNION ALL ".join(parts), statement):
            clicked = Clicked(clicks, latency, int.from_bytes(bits, "big"))
            counted[part] |= Counted(programs=clicked) if is_bot else Counted(people=clicked)
        return counted


def _passing(counted: Counted, selection: Selection) -> Counted:
    """Leave out people or programs where a filter does."""
    for item in selection.filters:
        counted = replace(
            counted,
            people=counted.people if item.passes("false") else Clicked(),
            programs=counted.programs if item.passes("true") else Clicked(),
        )
    return counted


def _metrics(report: Report, counted: Counted) -> tuple[int, ...]:
    people, everybody = counted.people, counted.people | counted.programs
    numbers = {
        Metric.CLICKS: everybody.clicks,
        Metric.HUMAN_CLICKS: people.clicks,
        Metric.VISITORS: everybody.visitors.bit_count(),
        Metric.HUMAN_VISITORS: people.visitors.bit_count(),
        Metric.MEAN_LATENCY: _rounded(everybody.latency, everybody.clicks),
    }
    return tuple(numbers[metric] for metric in report.metrics)


def _rounded(total: int, count: int) -> int:
    """Divide, halves up as SQL does."""
    return (2 * total + count) // (2 * count) if count else 0
