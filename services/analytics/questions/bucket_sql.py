"""The number of a moment's bucket as an expression: borders are computed beforehand, so zones cost nothing here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Run:
    """Buckets of one length that follow each other."""

    number: int
    start: int
    # 0: the last bucket, however long.
    length: int

    def number_of(self, moment: str) -> str:
        if not self.length:
            return str(self.number)
        return f"{self.number} + ({moment} - {self.start}) // {self.length}"


def bucket_number(moment: str, starts: Sequence[datetime]) -> str:
    """Return the expression of the number, from 0, of the bucket that a moment is in.

    moment is an expression in microseconds since 1970. What is before all buckets is in the first.
    """
    if len(starts) <= 1:
        return "0"
    borders = [(each - _EPOCH) // _MICROSECOND for each in starts]
    return f"greatest(0, {_choice(moment, _runs(borders))})"


def _runs(borders: Sequence[int]) -> list[_Run]:
    runs: list[_Run] = []
    for number, border in enumerate(borders):
        length = borders[number + 1] - border if number + 1 < len(borders) else 0
        if not runs or runs[-1].length != length:
            runs.append(_Run(number, border, length))
    return runs


def _choice(moment: str, runs: Sequence[_Run]) -> str:
    """Find the run by halves, so that many cost little."""
    if len(runs) == 1:
        return runs[0].number_of(moment)
    half = len(runs) // 2
    later = _choice(moment, runs[half:])
    return f"CASE WHEN {moment} < {runs[half].start} THEN {_choice(moment, runs[:half])} ELSE {later} END"
