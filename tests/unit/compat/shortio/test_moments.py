"""Dates as Short.io's clients write them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import moments
from services.common import errors

EAST = timezone(timedelta(hours=7))


def read(json: Any, time_zone: Any = UTC, *, is_wall_clock: bool = False) -> datetime | None:
    return moments.read(json_format.ParseDict(json, Value()), "startDate", time_zone, is_wall_clock=is_wall_clock)


@pytest.mark.parametrize(
    "given",
    [
        1588251413000,
        "1588251413000",
        "1588251413000.0",
        "2020-04-30T12:56:53Z",
        "2020-04-30T12:56:53.000Z",
        "2020-04-30t12:56:53z",
        "2020-04-30T19:56:53+07:00",
        # A client that did not escape the plus in a query string.
        "2020-04-30T19:56:53 07:00",
        "2020-04-30T19:56:53.000+0700",
        "2020-04-30 12:56:53",
    ],
)
def test_a_moment_can_be_written_in_many_ways(given: Any) -> None:
    """Milliseconds since 1970 and ISO 8601."""
    assert read(given) == datetime(2020, 4, 30, 12, 56, 53, tzinfo=UTC)


def test_a_day_stands_for_its_start() -> None:
    """In the zone that was asked for."""
    assert read("2020-05-01", EAST) == datetime(2020, 4, 30, 17, tzinfo=UTC)


def test_with_a_named_zone_digits_are_wall_clock_time() -> None:
    """An offset is dropped; milliseconds are what they are."""
    new_york = ZoneInfo("America/New_York")
    assert read("2024-07-01T12:00:00Z", new_york, is_wall_clock=True) == datetime(2024, 7, 1, 16, tzinfo=UTC)
    assert read(0, new_york, is_wall_clock=True) == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("absent", [None, "", "  "])
def test_nothing_is_no_date(absent: Any) -> None:
    """Null and empty text."""
    assert read(absent) is None


@pytest.mark.parametrize(
    "wrong", ["yesterday", "2020-13-01", "1899-01-01", 1e30, "9" * 16, True, [], "2020-05-01T25:00"]
)
def test_what_is_no_date_is_refused(wrong: Any) -> None:
    """With the field's name."""
    with pytest.raises(errors.InvalidArgument, match="startDate"):
        read(wrong)


def test_moments_are_written_to_the_millisecond() -> None:
    """In UTC, or in local time with its offset."""
    moment = datetime(2020, 5, 20, 6, 19, 12, 34999, tzinfo=UTC)
    assert moments.write(moment) == "2020-05-20T06:19:12.034Z"
    assert moments.write_local(moment, ZoneInfo("Asia/Kolkata")) == "2020-05-20T11:49:12.034+05:30"
