"""When the first and the last click of a query were."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.questions.conditions import Selection, Statement, of_links, rights, within
from services.analytics.questions.reading import Reader
from services.analytics.questions.scan import Scan
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import Segment
from services.analytics.segments.writing import moment_of

_NOTHING: Final = "SELECT NULL::TIMESTAMPTZ AS first_time, NULL::TIMESTAMPTZ AS last_time"


@dataclass(frozen=True, slots=True)
class Bounds:
    """When the clicks of a query begin and end, and a moment from which on all of them are counted."""

    start: datetime | None
    first: datetime | None
    last: datetime | None


async def bounds_of(snapshot: Snapshot, selection: Selection, reader: Reader, scan: Scan | None = None) -> Bounds:
    """Return the bounds of a selection; scan: what has read all of its raw clicks already."""
    if scan:
        first, last = await scan.bounds(reader)
    else:
        first, last = await _read(reader, *_Sql(snapshot, selection).raw())
    span = snapshot.span(selection.start, selection.end)
    summed = [segment for segment in (*span.whole, *span.cut) if not segment.has_clicks]
    if not summed:
        return Bounds(first, first, last)
    # Raw clicks are gone: the totals know when there were any, of links if not of what else is asked for.
    sql, statement = _Sql(snapshot, selection).summed(summed)
    earliest, latest = await _read(reader, sql, statement)
    if earliest is None or latest is None:
        return Bounds(first, first, last)
    # Daily sums know all of a day, and nothing of a part of it.
    day = earliest.replace(hour=0, minute=0, second=0, microsecond=0)
    if any(item.dimension is not Dimension.LINK for item in selection.filters):
        return Bounds(day, first, last)
    return Bounds(day, min(earliest, first or earliest), max(latest, last or latest))


async def _read(reader: Reader, sql: str, statement: Statement) -> tuple[datetime | None, datetime | None]:
    ((first, last),) = await reader.fetch(sql, statement)
    return (None, None) if first is None else (moment_of(first), moment_of(last))


class _Sql:
    """The statements that find bounds."""

    def __init__(self, snapshot: Snapshot, selection: Selection) -> None:
        self._snapshot = snapshot
        self._selection = selection
        self._statement = Statement()

    def raw(self) -> tuple[str, Statement]:
        """Return the statement for the first and last of the clicks that are kept."""
        # Of each link the times of its first and last click are known, and of nothing else.
        are_known = not self._selection.excluded and all(
            item.dimension is Dimension.LINK and item.is_whole for item in self._selection.filters
        )
        return self._over(self._parts(are_known=are_known))

    def summed(self, segments: list[Segment]) -> tuple[str, Statement]:
        """Return the statement for the first and last quarter of an hour with clicks in the totals of segments."""
        return self._over(self._of_links(segments, is_cut=True))

    def _over(self, parts: Iterator[str]) -> tuple[str, Statement]:
        rows = " UNION ALL ".join([*parts] or [_NOTHING])
        sql = f"SELECT epoch_us(min(first_time)), epoch_us(max(last_time)) FROM ({rows}) AS parts"
        return sql, self._statement

    def _parts(self, *, are_known: bool) -> Iterator[str]:
        selection = self._selection
        whole = self._snapshot.span(selection.start, selection.end).whole if are_known else ()
        yield from self._of_links([segment for segment in whole if segment.has_clicks], is_cut=False)
        yield selected(
            "min(time) AS first_time, max(time) AS last_time", selection, self._snapshot, self._statement, less=whole
        )

    def _of_links(self, segments: list[Segment], *, is_cut: bool) -> Iterator[str]:
        if not segments:
            return
        selection, statement = self._selection, self._statement
        kind = Kind.TOTALS if is_cut else Kind.LINKS
        times = "start AS first_time, start AS last_time" if is_cut else "first_time, last_time"
        for rows, _ in self._snapshot.sums_of(kind, None, segments, selection.audience, statement):
            conditions = ["true", *rights(selection.audience, statement), *of_links(selection.filters, statement)]
            conditions += within(selection.start, selection.end, statement, "start") if is_cut else []
            yield f"SELECT {times} FROM {rows} WHERE {' AND '.join(conditions)}"
