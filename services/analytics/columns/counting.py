"""Answer reports from a frame: the rows that SQL would answer from the same clicks, in the same order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from services.analytics.columns.arrays import Flags, Longs
from services.analytics.columns.frame import Frame
from services.analytics.columns.groups import ByGroup, ByStep, ByValue, Whole
from services.analytics.columns.selection import Condition, Selection, select
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter, Order, Query, Report, Row, Value

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Counting:
    """Counts the clicks of one link that a query means."""

    def __init__(self, frame: Frame, query: Query, start: datetime, end: datetime) -> None:
        self._frame = frame
        self._query = query
        self._start = _micros(start)
        self._end = _micros(end)
        self._selections: dict[tuple[Filter, ...], Selection] = {}

    def bounds(self) -> tuple[datetime, datetime] | None:
        """Answer the times of the first and the last click, if there are any."""
        found = self._select(()).bounds()
        return (_moment(found[0]), _moment(found[1])) if found else None

    def rows(self, report: Report, steps: Sequence[datetime]) -> list[Row]:
        """Answer the rows of a report that have clicks. Without dimensions, neither ordered nor cut."""
        links = [item for item in report.filters if item.dimension is Dimension.LINK]
        if not all(item.passes(str(self._frame.link_id)) for item in links):
            return []
        others = [item for item in report.filters if item.dimension is not Dimension.LINK]
        # What is grouped by anyway needs not be told apart click by click.
        later = [item for item in others if item.dimension in report.dimensions]
        selection = self._select(tuple(item for item in others if item not in later))
        return _Rows(selection, report, steps).answer(later)

    def _select(self, filters: tuple[Filter, ...]) -> Selection:
        found = self._selections.get(filters)
        if found is None:
            condition = Condition(
                start=self._start,
                end=self._end,
                owner_id=self._query.audience.owner_id,
                filters=(*(item for item in self._query.filters if item.dimension is not Dimension.LINK), *filters),
                excluded=tuple(
                    (_micros_or_none(span.start), _micros_or_none(span.end)) for span in self._query.excluded
                ),
            )
            found = self._selections[filters] = select(self._frame, condition)
        return found


_Counted = tuple[int, list[Value], tuple[int, ...]]


class _Rows:
    """The rows of one report over a selection of clicks."""

    def __init__(self, selection: Selection, report: Report, steps: Sequence[datetime]) -> None:
        self._selection = selection
        self._report = report
        self._steps = steps
        self._dimensions: list[Dimension] = [each for each in report.dimensions if each is not Dimension.LINK]

    def answer(self, filters: Sequence[Filter]) -> list[Row]:
        """Answer those that pass the filters."""
        if not len(self._selection):
            return []
        if not self._dimensions and not self._steps:
            found = Whole(self._selection)
            rows: list[_Counted] = [(0, [], tuple(int(found.metric(metric)[0]) for metric in self._report.metrics))]
        elif len(self._dimensions) == 1 and not self._steps:
            rows = self._grouped(ByValue(self._selection, self._dimensions[0]), filters)
        elif not self._dimensions:
            rows = self._grouped(ByStep(self._selection, self._borders()), filters)
        else:
            borders = self._borders() if self._steps else None
            rows = self._grouped(ByGroup(self._selection, self._dimensions, borders), filters)
        return [self._row(*row) for row in rows]

    def _borders(self) -> Longs:
        return np.array([_micros(step) for step in self._steps], np.int64)

    def _grouped(self, groups: ByValue | ByStep | ByGroup, filters: Sequence[Filter]) -> list[_Counted]:
        names = [self._selection.frame.vocabulary.coded(each).values for each in self._dimensions]
        metrics = [groups.metric(metric) for metric in self._report.metrics]
        chosen = np.flatnonzero(groups.clicks)
        columns = groups.values(chosen)
        step = groups.steps(chosen)
        for item in filters:
            values = names[self._dimensions.index(item.dimension)]
            numbers = columns[self._dimensions.index(item.dimension)]
            passing = np.array([item.passes(value.text) for value in values], np.bool_)[numbers]
            chosen, step, columns = chosen[passing], step[passing], [column[passing] for column in columns]
        first = self._first(step, metrics[0][chosen]) if self._report.dimensions else np.ones(len(chosen), np.bool_)
        chosen, step, columns = chosen[first], step[first], [column[first] for column in columns]
        numbers_ = zip(*(metric[chosen].tolist() for metric in metrics), strict=True)
        texts = [[values[index] for index in column.tolist()] for values, column in zip(names, columns, strict=True)]
        values_ = map(list, zip(*texts, strict=True)) if texts else ([] for _ in chosen)
        return self._ordered(list(zip(step.tolist(), values_, numbers_, strict=True)))

    def _first(self, step: Longs, metric: Longs) -> Flags:
        """Leave out what cannot be among the rows that are asked for, whatever the order of equal ones."""
        order, most = self._report.effective_order, self._report.rows
        key = {Order.METRIC_DESCENDING: -metric, Order.TIME_ASCENDING: step}.get(order, -step)
        if len(key) <= most:
            return np.ones(len(key), np.bool_)
        kept: Flags = key <= np.partition(key, most - 1)[most - 1]
        return kept

    def _ordered(self, rows: list[_Counted]) -> list[_Counted]:
        if not self._report.dimensions:
            return rows
        # Code points order as the bytes of UTF-8 do, which is the order of PostgreSQL's collation "C".
        rows.sort(key=lambda row: [(value.text, value.detail) for value in row[1]])
        order = self._report.effective_order
        rows.sort(key=lambda row: -row[0] if order is Order.TIME_DESCENDING else row[0])
        if order is Order.METRIC_DESCENDING:
            rows.sort(key=lambda row: -row[2][0])
        return rows[: self._report.rows]

    def _row(self, step: int, values: list[Value], metrics: tuple[int, ...]) -> Row:
        if Dimension.LINK in self._report.dimensions:
            place = self._report.dimensions.index(Dimension.LINK)
            values = [*values[:place], Value(str(self._selection.frame.link_id)), *values[place:]]
        return Row(tuple(values), self._steps[step] if self._steps else None, metrics)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _micros_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else _micros(moment)


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
