"""Between Python's values and those of the contracts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from google.protobuf.timestamp_pb2 import Timestamp
from google.type import interval_pb2

from linkmeter.errors import InvalidArgument


class Interval(NamedTuple):
    """From a moment, which it includes, to another, which it does not. A plain tuple of two does as well.

    Both need a time zone. None leaves an end open.
    """

    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def last(cls, length: timedelta) -> Self:
        """Return the interval of this length that ends now, and has no end: clicks that come still count."""
        return cls(datetime.now(UTC) - length, None)


# What methods take as an interval.
Between = tuple[datetime | None, datetime | None]


def timestamp(moment: datetime, field: str) -> Timestamp:
    """Return a moment as a message. InvalidArgument: it has no time zone."""
    if moment.tzinfo is None:
        raise InvalidArgument(f"{field}: a moment needs a time zone, as datetime.now(UTC) has", field=field)
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def moment(message: Any, field: str) -> datetime | None:
    """Return a field of a message as a moment in UTC; None when it is unset."""
    return getattr(message, field).ToDatetime(UTC) if message.HasField(field) else None


def interval_message(between: Between | None, field: str) -> Any:
    """Return an interval as a message; None for all of time."""
    if between is None:
        return None
    start, end = between
    return interval_pb2.Interval(
        start_time=None if start is None else timestamp(start, f"{field}.start"),
        end_time=None if end is None else timestamp(end, f"{field}.end"),
    )


def interval_messages(betweens: Iterable[Between], field: str) -> list[Any]:
    """Return intervals as messages."""
    return [interval_message(between, field) for between in betweens]


def interval_of(message: Any) -> Interval:
    """Return a message of an interval as what this package hands out."""
    return Interval(moment(message, "start_time"), moment(message, "end_time"))


def enum_value(enum: Any, prefix: str, word: str, field: str) -> Any:
    """Return the value of an enum that a word names: country is DIMENSION_COUNTRY. InvalidArgument: there is none."""
    known = {value.name.removeprefix(f"{prefix}_").lower(): value.number for value in enum.DESCRIPTOR.values}
    number = known.get(word)
    # What is not given has no word.
    if not number:
        raise InvalidArgument(f"{field}: {word!r} is none of {', '.join(list(known)[1:])}", field=field)
    return number
