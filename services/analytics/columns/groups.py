"""Count a selection of clicks: as a whole, by the values of one dimension, or by anything else."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.analytics.columns.arrays import Flags, Longs
from services.analytics.columns.frame import group_of, pair_keys
from services.analytics.columns.layout import PLACES
from services.analytics.columns.reading import Block
from services.analytics.columns.selection import Selection, put_together
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Metric

# Groups that could occur, up to which they are counted in an array rather than sorted.
_MOST_GROUPS: Final = 4_000_000
# Below this share of the clicks, sorting them is cheaper than pairing all of them.
_FEW: Final = 8


class Whole:
    """All clicks of a selection as one group."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def metric(self, metric: Metric) -> Longs:
        """Answer a metric."""
        return self._selection.once(metric, lambda: np.array([self._count(metric)], np.int64))

    def _count(self, metric: Metric) -> int:
        selection = self._selection
        if metric is Metric.CLICKS:
            return len(selection)
        if metric is Metric.HUMAN_CLICKS:
            return int(np.count_nonzero(selection.human))
        if metric is Metric.MEAN_LATENCY:
            total = selection.of(lambda block: block.latency).sum(dtype=np.int64)
            return int(_mean(np.array([total]), np.array([len(selection)]))[0])
        visitor = selection.visitor if metric is Metric.VISITORS else selection.visitor[selection.human]
        seen = np.zeros(selection.frame.visitors, np.bool_)
        seen[visitor] = True
        return int(np.count_nonzero(seen))


class ByValue:
    """Clicks by the values of one dimension."""

    def __init__(self, selection: Selection, dimension: Dimension) -> None:
        self._selection = selection
        self._dimension = dimension
        coded = selection.frame.vocabulary.coded(dimension)
        self._of_word, self._count = coded.of_word, len(coded.values)

    @property
    def clicks(self) -> Longs:
        """The clicks of each value."""
        return self.metric(Metric.CLICKS)

    def values(self, chosen: Longs) -> list[Longs]:
        """Answer the values' numbers of some groups."""
        return [chosen]

    def steps(self, chosen: Longs) -> Longs:
        """Answer the steps of some groups."""
        return np.zeros(len(chosen), np.int64)

    def metric(self, metric: Metric) -> Longs:
        """Answer a metric of each value."""
        found = self._selection.once((self._dimension, metric), partial(self._counted, metric))
        # What was counted before newer values came has nothing of them.
        return np.pad(found, (0, self._count - len(found))) if len(found) < self._count else found[: self._count]

    def _counted(self, metric: Metric) -> Longs:
        if metric is Metric.MEAN_LATENCY:
            totals = np.zeros(self._count, np.int64)
            value = self._of_word[self._selection.words(PLACES[self._dimension].group)]
            np.add.at(totals, value, self._selection.of(lambda block: block.latency))
            return _mean(totals, self.clicks)
        if metric in {Metric.VISITORS, Metric.HUMAN_VISITORS}:
            return self._visitors(metric)
        return self._clicks(metric)

    def _clicks(self, metric: Metric) -> Longs:
        """Count combinations, once for all dimensions of their group, and add up those of one value."""
        group = PLACES[self._dimension].group

        def words() -> Longs:
            found = self._selection.words(group)
            return np.bincount(found if metric is Metric.CLICKS else found[self._selection.human])

        counts = self._selection.once((group, metric), words)
        # Exact: floating point numbers hold whole ones up to 2**53.
        sums = np.bincount(self._of_word[: len(counts)], counts[: len(self._of_word)], minlength=self._count)
        return sums.astype(np.int64)

    def _visitors(self, metric: Metric) -> Longs:
        selection, frame = self._selection, self._selection.frame
        human = slice(None) if metric is Metric.VISITORS else selection.human
        if not frame.has_pairs(self._dimension) and len(selection) * _FEW < len(frame):
            value = selection.values(self._dimension)[human]
            return _distinct(value.astype(np.int64), selection, human, self._count)
        old, new = frame.pairs(self._dimension)
        if selection.is_everything and metric is Metric.VISITORS:
            seen = np.ones(len(old.keys) + len(new.keys), np.bool_)
        else:
            seen = np.zeros(len(old.keys) + len(new.keys), np.bool_)
            numbers = [each.of_click[place] for each, place in zip((old, new), selection.places, strict=False)]
            seen[put_together(numbers)[human]] = True
        counts = np.zeros(self._count, np.int64)
        old.count(seen[: len(old.keys)], counts)
        new.count(seen[len(old.keys) :], counts)
        return counts


class ByStep:
    """Clicks by steps alone: as clicks are in the order of their times, steps are slices of them."""

    def __init__(self, selection: Selection, borders: Longs) -> None:
        self._selection = selection
        self._borders = borders
        self._starts = [np.searchsorted(time, borders) for time in selection.parts(lambda block: block.time)]
        self.clicks = self._sums(lambda block: np.ones(len(block), np.bool_))

    def values(self, chosen: Longs) -> list[Longs]:
        """Answer none: there are no dimensions."""
        _ = chosen
        return []

    def steps(self, chosen: Longs) -> Longs:
        """Answer the steps of some groups."""
        return chosen

    def metric(self, metric: Metric) -> Longs:
        """Answer a metric of each step."""
        if metric is Metric.CLICKS:
            return self.clicks
        if metric is Metric.HUMAN_CLICKS:
            return self._sums(lambda block: block.human)
        if metric is Metric.MEAN_LATENCY:
            return _mean(self._sums(lambda block: block.latency), self.clicks)
        human = slice(None) if metric is Metric.VISITORS else self._selection.human
        steps = self._selection.steps(self._borders)[human]
        return _distinct(steps, self._selection, human, len(self._borders))

    def _sums(self, column: Callable[[Block], NDArray[Any]]) -> Longs:
        sums = np.zeros(len(self._borders), np.int64)
        for part, starts in zip(self._selection.parts(column), self._starts, strict=True):
            filled = np.flatnonzero(np.diff(starts, append=len(part)))
            if len(filled):
                sums[filled] += np.add.reduceat(part, starts[filled], dtype=np.int64)
        return sums


class ByGroup:
    """Clicks by steps and the values of any number of dimensions."""

    def __init__(self, selection: Selection, dimensions: Sequence[Dimension], borders: Longs | None) -> None:
        self._selection = selection
        self._of_click: Longs = np.zeros(len(selection), np.int64)
        self._columns: list[Longs] = []
        total = 1
        for numbers, count in self._numbered(dimensions, borders):
            if total * count > 2**62:
                # Only groups that occur have to be told apart further.
                self._of_click = np.unique(self._of_click, return_inverse=True)[1]
                total = len(selection)
            self._of_click = self._of_click * count + numbers
            self._columns.append(numbers)
            total *= count
        self._example, total = self._tightened(total)
        self.clicks = np.bincount(self._of_click, minlength=total)
        self._has_steps = borders is not None

    def values(self, chosen: Longs) -> list[Longs]:
        """Answer the values' numbers of some groups."""
        return [column[self._example[chosen]] for column in self._columns[1 if self._has_steps else 0 :]]

    def steps(self, chosen: Longs) -> Longs:
        """Answer the steps of some groups."""
        return self._columns[0][self._example[chosen]] if self._has_steps else np.zeros(len(chosen), np.int64)

    def metric(self, metric: Metric) -> Longs:
        """Answer a metric of each group."""
        count = len(self.clicks)
        if metric is Metric.CLICKS:
            return self.clicks
        if metric is Metric.HUMAN_CLICKS:
            return np.bincount(self._of_click[self._selection.human], minlength=count)
        if metric is Metric.MEAN_LATENCY:
            totals = np.zeros(count, np.int64)
            np.add.at(totals, self._of_click, self._selection.of(lambda block: block.latency))
            return _mean(totals, self.clicks)
        human = slice(None) if metric is Metric.VISITORS else self._selection.human
        return _distinct(self._of_click[human], self._selection, human, count)

    def _numbered(self, dimensions: Sequence[Dimension], borders: Longs | None) -> list[tuple[Longs, int]]:
        found = [] if borders is None else [(self._selection.steps(borders), len(borders))]
        for dimension in dimensions:
            count = len(self._selection.frame.vocabulary.coded(dimension).values)
            found.append((self._selection.values(dimension).astype(np.int64), count))
        return found

    def _tightened(self, total: int) -> tuple[Longs, int]:
        """Make the groups' numbers small enough for an array, and answer one click of each."""
        if total > _MOST_GROUPS:
            _, example, self._of_click = np.unique(self._of_click, return_index=True, return_inverse=True)
            return example, len(example)
        example = np.zeros(total, np.int64)
        example[self._of_click] = np.arange(len(self._of_click))
        return example, total


def _distinct(group: Longs, selection: Selection, human: slice | Flags, count: int) -> Longs:
    """Count the different visitors of each group by sorting."""
    keys = np.sort(pair_keys(group, selection.visitor[human]))
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    return np.bincount(group_of(keys[is_first]), minlength=count)


def _mean(totals: Longs, counts: Longs) -> Longs:
    """Divide, and round halves away from zero, as PostgreSQL rounds."""
    doubled = 2 * np.maximum(counts, 1)
    means: Longs = np.sign(totals) * ((2 * np.abs(totals) + np.maximum(counts, 1)) // doubled)
    return means
