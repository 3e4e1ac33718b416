"""Who clicked in a segment, remembered: segments never change, and their sets of visitors cost most of a page."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.analytics.segments.files import SegmentFile

# Of all sets that are remembered.
_MOST_BYTES: Final = 32 * 2**20
# Fewer clicks are read again in a few milliseconds, while a set has a bit for every visitor of the installation.
_ENOUGH_CLICKS: Final = 250_000
_BITS: Final = 8
# Of what is remembered, beside the sets.
_ENTRY_BYTES: Final = 500


@dataclass(frozen=True, slots=True)
class Clicked:
    """What some clicks come to."""

    clicks: int = 0
    # The sum of their latencies, in microseconds.
    latency: int = 0
    # The set of their visitors: bit n is that of the visitor with number n.
    visitors: int = 0

    def __or__(self, other: "Clicked") -> "Clicked":
        """Return what these and other clicks come to together; who is among both counts once."""
        return Clicked(self.clicks + other.clicks, self.latency + other.latency, self.visitors | other.visitors)


@dataclass(frozen=True, slots=True)
class Counted:
    """What clicks of people and of programs come to."""

    people: Clicked = Clicked()
    programs: Clicked = Clicked()

    def __or__(self, other: "Counted") -> "Counted":
        """Return what these and other clicks come to together."""
        return Counted(self.people | other.people, self.programs | other.programs)

    @property
    def clicks(self) -> int:
        """How many there are of both."""
        return self.people.clicks + self.programs.clicks

    @property
    def bytes(self) -> int:
        """About how much memory the sets take."""
        return sum(clicked.visitors.bit_length() // _BITS for clicked in (self.people, self.programs))


class VisitorSets:
    """Remembers what the clicks of owners in segments come to, those asked for last, within a bound."""

    def __init__(self, *, most_bytes: int = _MOST_BYTES, enough_clicks: int = _ENOUGH_CLICKS) -> None:
        self._most_bytes = most_bytes
        self._enough_clicks = enough_clicks
        # None: there are too few clicks to be worth it.
        self._known: OrderedDict[tuple[SegmentFile, int], Counted | None] = OrderedDict()
        self._bytes = 0

    def are_enough(self, rows: int) -> bool:
        """Say whether a segment of so many clicks may be remembered."""
        return rows >= self._enough_clicks

    def room(self, visitors: int) -> int:
        """Return how many segments fit in, of an installation with so many visitors.

        More of them would push each other out, and be counted anew for every question.
        """
        return self._most_bytes // (2 * visitors // _BITS + _ENTRY_BYTES)

    def is_known(self, file: SegmentFile, owner_id: int) -> bool:
        """Say whether the clicks of an owner in a file were counted once, whatever came of it."""
        return (file, owner_id) in self._known

    def find(self, file: SegmentFile, owner_id: int) -> Counted | None:
        """Return what the clicks of an owner in a file come to; None when it is not remembered."""
        key = file, owner_id
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def keep(self, file: SegmentFile, owner_id: int, counted: Counted) -> None:
        """Remember what clicks come to, and forget what was not asked for longest."""
        kept = counted if counted.clicks >= self._enough_clicks else None
        self._forget((file, owner_id))
        self._known[file, owner_id] = kept
        self._bytes += _size_of(kept)
        while self._bytes > self._most_bytes:
            self._forget(next(iter(self._known)))

    def _forget(self, key: tuple[SegmentFile, int]) -> None:
        if key in self._known:
            self._bytes -= _size_of(self._known.pop(key))


def _size_of(kept: Counted | None) -> int:
    return _ENTRY_BYTES + (kept.bytes if kept else 0)


def union(some: Iterable[Counted]) -> Counted:
    """Return what all of these clicks come to."""
    result = Counted()
    for counted in some:
        result |= counted
    return result
