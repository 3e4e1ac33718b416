"""Intervals of time, open where a bound is not given."""

from dataclasses import dataclass
from datetime import datetime

from google.type import interval_pb2

from gateway.compat.shortio import moments


@dataclass(frozen=True, slots=True)
class Interval:
    """From its start, which it includes, to its end, which it does not; None stands for no bound."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie in it; an interval without both bounds is not empty."""
        return self.start is not None and self.end is not None and self.end <= self.start

    def within(self, other: "Interval") -> "Interval":
        """Return what both have in common; it may end before it starts."""
        starts = [bound for bound in (self.start, other.start) if bound]
        ends = [bound for bound in (self.end, other.end) if bound]
        return Interval(max(starts, default=None), min(ends, default=None))

    def before(self, moment: datetime) -> "Interval":
        """Return the part before a moment."""
        return self.within(Interval(end=moment))

    def to_message(self) -> interval_pb2.Interval:
        """Return it as our contracts have it, also one that ends before it starts, which services refuse."""
        return interval_pb2.Interval(
            start_time=moments.to_timestamp(self.start) if self.start else None,
            end_time=moments.to_timestamp(self.end) if self.end else None,
        )
