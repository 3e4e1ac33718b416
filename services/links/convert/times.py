"""Times in messages."""

from datetime import UTC, datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.common.errors import InvalidArgument


def time_of(message: Message, field: str, path: str) -> datetime | None:
    """Read an optional time; InvalidArgument when it is none."""
    if not message.HasField(field):
        return None
    value: Timestamp = getattr(message, field)
    try:
        return value.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError) as problem:
        raise InvalidArgument(path, "is no time between the years 1 and 9999") from problem


def timestamp(value: datetime | None) -> Timestamp | None:
    """Write an optional time."""
    if value is None:
        return None
    result = Timestamp()
    result.FromDatetime(value)
    return result
