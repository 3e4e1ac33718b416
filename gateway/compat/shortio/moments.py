"""Read and write Short.io's dates."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from google.protobuf.struct_pb2 import Value
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.compat.shared import iso8601
from gateway.compat.shortio import values
from services.common import errors

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Outside these years the calendars of time zones are guesses.
_YEARS: Final = range(1900, 2200)
_MILLISECONDS: Final = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]+)?")
# What is left of +07:00 where a client did not escape the plus.
_LOST_PLUS: Final = re.compile(r"(.*[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)")


def read(value: Value, name: str, time_zone: tzinfo, *, is_wall_clock: bool) -> datetime | None:
    """Return a date: milliseconds since 1970, ISO 8601, or a day, which stands for its start. None when absent.

    A date without offset is local time of the time zone. With is_wall_clock the offset of one that has it is dropped.
    Raises InvalidArgument, which names the field, for what is no date or lies outside the years 1900 to 2199.
    """
    if values.is_absent(value):
        return None
    if value.WhichOneof("kind") == "number_value":
        return _from_milliseconds(value.number_value, name)
    written = values.text(value, name).strip()
    if not written:
        return None
    if _MILLISECONDS.fullmatch(written):
        return _from_milliseconds(float(written), name)
    return _from_iso(written, name, time_zone, is_wall_clock=is_wall_clock)


def write(moment: datetime) -> str:
    """Return a moment as 2020-05-20T06:19:12.000Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def write_local(moment: datetime, time_zone: tzinfo) -> str:
    """Return a moment as local time with its offset: 2020-05-20T11:49:12.000+05:30."""
    return moment.astimezone(time_zone).isoformat(timespec="milliseconds")


def of_timestamp(time: Timestamp) -> datetime:
    """Return a time of our contracts, in UTC."""
    moment: datetime = time.ToDatetime(UTC)
    return moment


def to_timestamp(moment: datetime) -> Timestamp:
    """Return a moment as our contracts have it."""
    time = Timestamp()
    time.FromDatetime(moment)
    return time


def _from_milliseconds(count: float, name: str) -> datetime:
    try:
        return _checked(_EPOCH + timedelta(milliseconds=count), name)
    except (OverflowError, ValueError):
        raise _wrong(name) from None


def _from_iso(written: str, name: str, time_zone: tzinfo, *, is_wall_clock: bool) -> datetime:
    if match := _LOST_PLUS.fullmatch(written):
        written = f"{match[1]}+{match[2]}"
    try:
        moment = iso8601.parse(written)
        if is_wall_clock or moment.tzinfo is None:
            moment = moment.replace(tzinfo=time_zone)
        return _checked(moment.astimezone(UTC), name)
    except (OverflowError, ValueError):
        raise _wrong(name) from None


def _checked(moment: datetime, name: str) -> datetime:
    if moment.year not in _YEARS:
        raise errors.InvalidArgument(name, f"must lie in the years {_YEARS.start} to {_YEARS.stop - 1}")
    return moment


def _wrong(name: str) -> errors.InvalidArgument:
    return errors.InvalidArgument(name, "must be milliseconds since 1970 or an ISO 8601 date")
