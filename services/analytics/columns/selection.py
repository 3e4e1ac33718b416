"""Which clicks of a frame are meant."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.analytics.columns.arrays import Flags, Longs, Numbers
from services.analytics.columns.frame import Frame
from services.analytics.columns.layout import PLACES, Group, owner_of
from services.analytics.columns.reading import Block
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter

Item = TypeVar("Item", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a click must fulfil: times in microseconds, start included, end not."""

    start: int
    end: int
    owner_id: int = 0
    filters: tuple[Filter, ...] = ()
    excluded: tuple[tuple[int | None, int | None], ...] = ()


@dataclass(frozen=True)
class Selection:
    """The clicks of each block that are meant, in the order of their times."""

    frame: Frame
    places: Sequence[slice | Longs]
    is_everything: bool
    _counted: dict[object, Longs] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.human)

    def of(self, column: Callable[[Block], NDArray[Item]]) -> NDArray[Item]:
        """Answer a column of the clicks."""
        return put_together(self.parts(column))

    def parts(self, column: Callable[[Block], NDArray[Item]]) -> list[NDArray[Item]]:
        """Answer a column of the clicks of each block."""
        return [column(block)[place] for block, place in zip(self.frame.blocks, self.places, strict=True)]

    @cached_property
    def human(self) -> Flags:
        """Which of the clicks are people's."""
        return self.of(lambda block: block.human)

    @cached_property
    def visitor(self) -> Numbers:
        """The clicks' visitors."""
        return self.of(lambda block: block.visitor)

    def words(self, group: Group) -> Numbers:
        """Answer the clicks' combinations."""
        return self.of(lambda block: block.words[group])

    def values(self, dimension: Dimension) -> Numbers:
        """Answer the numbers of the clicks' values."""
        return self.frame.vocabulary.coded(dimension).of_word[self.words(PLACES[dimension].group)]

    def steps(self, borders: Longs) -> Longs:
        """Answer which step each click is in; the first border is at or before all of them."""
        parts = []
        for time in self.parts(lambda block: block.time):
            places = np.append(np.searchsorted(time, borders), len(time))
            parts.append(np.repeat(np.arange(len(borders)), np.diff(places)))
        return put_together(parts)

    def once(self, key: object, count: Callable[[], Longs]) -> Longs:
        """Count something once; about all clicks, once for all queries of the frame."""
        kept = self.frame.known if self.is_everything else self._counted
        found = kept.get(key)
        if found is None:
            found = kept[key] = count()
        return found

    def bounds(self) -> tuple[int, int] | None:
        """Answer the times of the first and the last click, if there are any."""
        ends = [(int(time[0]), int(time[-1])) for time in self.parts(lambda block: block.time) if len(time)]
        return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else None


def put_together(parts: Sequence[NDArray[Item]]) -> NDArray[Item]:
    """Put arrays behind each other, without copying the one that is all there is."""
    filled = [part for part in parts if len(part)]
    return filled[0] if len(filled) == 1 else np.concatenate(parts)


def select(frame: Frame, condition: Condition) -> Selection:
    """Find the clicks that fulfil a condition."""
    passing = {group: flags for group, flags in _passing(frame, condition).items() if not flags.all()}
    places = [_places(block, condition, passing) for block in frame.blocks]
    everything = all(
        isinstance(place, slice) and place == slice(0, len(block))
        for block, place in zip(frame.blocks, places, strict=True)
    )
    return Selection(frame, places, everything)


def _passing(frame: Frame, condition: Condition) -> dict[Group, Flags]:
    """Answer which combinations of each group pass."""
    passing: dict[Group, Flags] = {}
    for item in condition.filters:
        coded = frame.vocabulary.coded(item.dimension)
        values = np.array([item.passes(value.text) for value in coded.values], np.bool_)
        _require(passing, PLACES[item.dimension].group, values[coded.of_word])
    if condition.owner_id:
        entries = frame.vocabulary.words[Group.REQUEST].entries
        _require(passing, Group.REQUEST, np.array([owner_of(fields) == condition.owner_id for fields in entries]))
    return passing


def _require(passing: dict[Group, Flags], group: Group, flags: Flags) -> None:
    known = passing.get(group)
    # Words that came between two looks are in no click of the frame.
    passing[group] = flags if known is None else known[: len(flags)] & flags[: len(known)]


def _places(block: Block, condition: Condition, passing: dict[Group, Flags]) -> slice | Longs:
    first, beyond = np.searchsorted(block.time, [condition.start, condition.end]).tolist()
    span = slice(first, max(first, beyond))
    masks = [flags[block.words[group][span]] for group, flags in passing.items()]
    masks += _outside(block.time[span], condition.excluded)
    if not masks:
        return span
    places: Longs = np.flatnonzero(np.logical_and.reduce(masks)) + first
    return places


def _outside(time: Longs, excluded: Iterable[tuple[int | None, int | None]]) -> list[Flags]:
    masks = []
    for start, end in excluded:
        mask = np.ones(len(time), np.bool_)
        first = 0 if start is None else int(np.searchsorted(time, start))
        beyond = len(time) if end is None else int(np.searchsorted(time, end))
        mask[first : max(first, beyond)] = False
        masks.append(mask)
    return masks
