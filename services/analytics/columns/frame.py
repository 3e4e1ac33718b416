"""A link's clicks at one moment. Nothing in a frame ever changes, so it can be counted in while the next one is made.

Most clicks lie in a large block; those that came since it was made in a small one, so that a new click does not move a
million old ones. What is expensive to find out about the large block is found out once and kept with it.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from services.analytics.columns.arrays import Flags, Longs, Numbers
from services.analytics.columns.layout import PLACES
from services.analytics.columns.reading import Block, joined, no_clicks
from services.analytics.columns.words import Vocabulary
from services.analytics.domain.dimensions import Dimension

# When the small block outgrows these, a new large one is made: a tenth of a second, once in so many clicks.
_MOST_NEW: Final = 20_000
_MOST_NEW_SHARE: Final = 0.05
_VISITOR_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each click's pair of a dimension's value and a visitor, numbered; the pairs themselves in rising order."""

    of_click: Numbers
    keys: Longs
    # The values that occur, and where their pairs begin.
    values: Longs
    starts: Longs

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return self.of_click.nbytes + self.keys.nbytes + self.values.nbytes + self.starts.nbytes

    def count(self, seen: Flags, counts: Longs) -> None:
        """Add to each value's count how many of its pairs were seen."""
        if len(self.starts):
            counts[self.values] += np.add.reduceat(seen, self.starts, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Old:
    """The large block, and what was found out about it."""

    block: Block
    pairs: dict[Dimension, Pairs] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.block.nbytes + sum(pairs.nbytes for pairs in [*self.pairs.values()])


@dataclass(frozen=True, slots=True)
class Frame:
    """The clicks of a link at one moment."""

    link_id: int
    old: Old
    new: Block
    vocabulary: Vocabulary
    visitors: int
    # Answers about all clicks, which many queries are.
    known: dict[object, Longs] = field(default_factory=dict)
    _new_pairs: dict[Dimension, Pairs] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.old.block) + len(self.new)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The clicks, large block first."""
        return (self.old.block, self.new) if len(self.new) else (self.old.block,)

    @property
    def nbytes(self) -> int:
        """How much memory it takes, the vocabulary apart."""
        pairs = sum(pairs.nbytes for pairs in [*self._new_pairs.values()])
        return self.old.nbytes + self.new.nbytes + pairs

    @property
    def is_settled(self) -> bool:
        """False when it is time to make one block of the two."""
        return len(self.new) <= max(_MOST_NEW, _MOST_NEW_SHARE * len(self.old.block))

    def has_pairs(self, dimension: Dimension) -> bool:
        """Say whether a dimension's pairs are known."""
        return dimension in self.old.pairs

    def forget_pairs(self) -> None:
        """Let go of what can be found out again."""
        self.old.pairs.clear()
        self._new_pairs.clear()

    def pairs(self, dimension: Dimension) -> tuple[Pairs, Pairs]:
        """Answer the pairs of both blocks; those that only the new one has are numbered behind the old ones."""
        old = self.old.pairs.get(dimension)
        if old is None:
            old = self.old.pairs[dimension] = _paired(self._keys(self.old.block, dimension))
        new = self._new_pairs.get(dimension)
        if new is None:
            new = self._new_pairs[dimension] = _paired_beyond(old.keys, self._keys(self.new, dimension))
        return old, new

    def _keys(self, block: Block, dimension: Dimension) -> Longs:
        value = self.vocabulary.coded(dimension).of_word[block.words[PLACES[dimension].group]]
        return pair_keys(value.astype(np.int64), block.visitor)


def first_frame(link_id: int, block: Block, vocabulary: Vocabulary, visitors: int) -> Frame:
    """Make a frame of the clicks that were there at first."""
    return Frame(link_id, Old(block), no_clicks(), vocabulary, visitors)


def next_frame(frame: Frame, added: Block, visitors: int) -> Frame:
    """Make a frame of what was there and what came since."""
    return Frame(frame.link_id, frame.old, joined(frame.new, added), frame.vocabulary, visitors)


def settled(frame: Frame) -> Frame:
    """Make one block of the two."""
    return first_frame(frame.link_id, joined(frame.old.block, frame.new), frame.vocabulary, frame.visitors)


def pair_keys(group: Longs, visitor: Numbers) -> Longs:
    """Write a group's number and a visitor's as one number."""
    return (group << _VISITOR_BITS) | visitor


def group_of(keys: Longs) -> Longs:
    """Read the group's number back."""
    return keys >> _VISITOR_BITS


def _paired(keys: Longs) -> Pairs:
    order = np.argsort(keys)
    found = keys[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = found[1:] != found[:-1]
    of_click = np.empty(len(keys), np.int32)
    of_click[order] = np.cumsum(is_first, dtype=np.int32) - 1
    return _pairs_of(of_click, found[is_first])


def _paired_beyond(old: Longs, keys: Longs) -> Pairs:
    """Give pairs the numbers that they have in old; those that are not there come after."""
    if not len(keys) or not len(old):
        return _paired(keys)
    of_click = np.minimum(np.searchsorted(old, keys), len(old) - 1).astype(np.int32)
    is_new = old[of_click] != keys
    beyond = _paired(keys[is_new])
    of_click[is_new] = beyond.of_click + len(old)
    return _pairs_of(of_click, beyond.keys)


def _pairs_of(of_click: Numbers, keys: Longs) -> Pairs:
    value = group_of(keys)
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = value[1:] != value[:-1]
    return Pairs(of_click, keys, value[is_first], np.flatnonzero(is_first))
