"""Visitors by number."""

from typing import Final

import numpy as np

from services.analytics.columns.arrays import Ambiguous, Keys, Numbers

# Odd, so that no bit is lost; two of them, so that halves that are equal do not cancel out.
_FIRST: Final = np.uint64(0x9E3779B97F4A7C15)
_SECOND: Final = np.uint64(0xC2B2AE3D27D4EB4F)


class Visitors:
    """Numbers visitors, who come as two halves of at most 16 bytes.

    They are found by one number mixed of the halves. Two visitors of whom that is the same would be one, so whoever is
    found is compared, and a link where that happens is left to SQL.
    """

    def __init__(self) -> None:
        self.count = 0
        # Of each of them: of different lengths they could look alike.
        self._digits: int | None = None
        self._keys = np.empty(0, np.uint64)
        self._numbers = np.empty(0, np.int32)
        self._halves = np.empty((0, 2), np.uint64)
        # Those that came since the arrays were made: key to number and halves.
        self._new: dict[int, tuple[int, int, int]] = {}

    @property
    def nbytes(self) -> int:
        """About how much memory they take."""
        return self._keys.nbytes + self._numbers.nbytes + self._halves.nbytes + 300 * len(self._new)

    def number(self, halves: Keys, digits: int) -> Numbers:
        """Answer the numbers of visitors with so many digits; who was not there before gets the next one."""
        if digits != (digits if self._digits is None else self._digits):
            raise Ambiguous
        self._digits = digits
        keys = _mixed(halves)
        if not self.count:
            return self._number_all(keys, halves)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        is_known = self._keys[places] == keys
        numbers = self._numbers[places]
        if not np.array_equal(self._halves[numbers[is_known]], halves[is_known]):
            raise Ambiguous
        for index in np.flatnonzero(~is_known).tolist():
            numbers[index] = self._number_new(int(keys[index]), int(halves[index, 0]), int(halves[index, 1]))
        return numbers

    def settle(self) -> None:
        """Put those that came since into the arrays."""
        if not self._new:
            return
        found = sorted(self._new.values())
        halves = np.array([pair for _, *pair in found], np.uint64)
        self._halves = np.concatenate((self._halves, halves))
        keys = _mixed(self._halves)
        self._numbers = np.argsort(keys).astype(np.int32)
        self._keys = keys[self._numbers]
        self._new = {}

    def _number_all(self, keys: Keys, halves: Keys) -> Numbers:
        order = np.argsort(keys)
        ordered = keys[order]
        is_first = np.ones(len(keys), np.bool_)
        is_first[1:] = ordered[1:] != ordered[:-1]
        numbers = np.empty(len(keys), np.int32)
        numbers[order] = np.cumsum(is_first, dtype=np.int32) - 1
        self._keys = ordered[is_first]
        self._numbers = np.arange(len(self._keys), dtype=np.int32)
        self._halves = halves[order[is_first]]
        self.count = len(self._keys)
        if not np.array_equal(self._halves[numbers], halves):
            raise Ambiguous
        return numbers

    def _number_new(self, key: int, first: int, second: int) -> int:
        number, *halves = self._new.setdefault(key, (self.count, first, second))
        if halves != [first, second]:
            raise Ambiguous
        self.count = max(self.count, number + 1)
        return number


def _mixed(halves: Keys) -> Keys:
    mixed: Keys = (halves[:, 0] * _FIRST) ^ (halves[:, 1] * _SECOND)
    # Multiplication carries upwards only.
    mixed ^= mixed >> np.uint64(29)
    return mixed
