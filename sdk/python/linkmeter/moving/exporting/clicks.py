"""Raw clicks for an export, newest first as they are listed, and from any place on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile
from typing import TypeAlias

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.moving.exporting.columns import moment_of, time_text

# Lists clicks that are older than a moment, or all, newest first: by time, then by source and sequence of their ids.
ListClicks: TypeAlias = Callable[[datetime | None], Iterator[clicks_pb2.Click]]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a click stands in the list."""

    time: datetime
    source: str
    sequence: int

    @classmethod
    def of(cls, click: clicks_pb2.Click) -> "Place":
        """Return the place of a click."""
        return cls.read(f"{time_text(moment_of(click.time))} {click.click_id}")

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place that str wrote. Raise ValueError when it is none."""
        moment, _, click_id = text.partition(" ")
        source, _, sequence = click_id.rpartition("/")
        return cls(datetime.fromisoformat(moment), source, int(sequence))

    def __str__(self) -> str:
        return f"{time_text(self.time)} {self.source}/{self.sequence}"


def clicks_after(place: str, list_clicks: ListClicks, until: datetime | None) -> Iterator[clicks_pb2.Click]:
    """Yield the clicks older than until that come after a place in the list; after none, all of them.

    The click of the place need not be there any more. What was added meanwhile before the place is passed over.
    """
    if not place:
        return list_clicks(until)
    last = Place.read(place)
    # The place's own moment is read again: others may have the same.
    listed = list_clicks(last.time + timedelta(microseconds=1))
    return dropwhile(lambda click: Place.of(click) >= last, listed)
