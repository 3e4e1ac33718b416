"""Times and intervals."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.interval_pb2 import Interval

from services.common.errors import InvalidArgument


def time_of(timestamp: Timestamp) -> datetime:
    """Read a time, in UTC; raise ValueError when it is beyond the calendar."""
    try:
        return timestamp.ToDatetime(UTC)
    except (OverflowError, TypeError) as problem:
        raise ValueError("no time of the calendar") from problem


def timestamp_of(time: datetime) -> Timestamp:
    """Return the message of a time."""
    timestamp = Timestamp()
    timestamp.FromDatetime(time)
    return timestamp


def interval_of(interval: Interval, field: str = "interval") -> tuple[datetime | None, datetime | None]:
    """Read the ends of an interval, None where one is not given; raise InvalidArgument beyond the calendar."""
    try:
        start = time_of(interval.start_time) if interval.HasField("start_time") else None
        end = time_of(interval.end_time) if interval.HasField("end_time") else None
    except ValueError:
        raise InvalidArgument(field, "is beyond the calendar") from None
    return start, end


def interval_message(start: datetime, end: datetime) -> Interval:
    """Return the message of an interval."""
    return Interval(start_time=timestamp_of(start), end_time=timestamp_of(end))
