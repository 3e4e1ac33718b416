"""Periods by name."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.statistics import periods

# A Friday.
NOW = datetime(2020, 5, 8, 15, 30, tzinfo=UTC)
NAMED = [name for name in periods.NAMES if name not in {periods.TOTAL, periods.CUSTOM}]


def day(month: int, number: int) -> datetime:
    return datetime(2020, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "before", "start", "end"),
    [
        ("today", day(5, 7), day(5, 8), day(5, 9)),
        ("yesterday", day(5, 6), day(5, 7), day(5, 8)),
        ("week", day(4, 27), day(5, 4), day(5, 11)),
        ("month", day(4, 1), day(5, 1), day(6, 1)),
        ("lastmonth", day(3, 1), day(4, 1), day(5, 1)),
        ("last7", day(4, 23), day(5, 1), day(5, 9)),
        ("last30", day(3, 8), day(4, 8), day(5, 9)),
    ],
)
def test_a_period_is_whole_days_and_so_is_the_one_before(
    name: str, before: datetime, start: datetime, end: datetime
) -> None:
    """last30 is today and the thirty days before, as the live service counts."""
    period = periods.named(name, NOW, UTC)
    assert period.interval == Interval(start, end)
    assert period.previous == Interval(before, start)


def test_total_has_no_bounds_and_nothing_before() -> None:
    """All of time."""
    assert periods.named("total", NOW, UTC) == periods.Period("total", Interval())


def test_days_are_those_of_the_zone() -> None:
    """Half past three in the afternoon in UTC is tomorrow in Auckland."""
    period = periods.named("today", NOW, ZoneInfo("Pacific/Auckland"))
    assert period.interval == Interval(datetime(2020, 5, 8, 12, tzinfo=UTC), datetime(2020, 5, 9, 12, tzinfo=UTC))


@given(
    st.sampled_from(NAMED),
    st.integers(0, 90 * 366 * 86400).map(lambda seconds: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
)
def test_every_period_is_followed_by_what_it_is_compared_with(name: str, now: datetime, time_zone: tzinfo) -> None:
    """In every zone, over every change of clocks; now lies in it unless its name says otherwise."""
    period = periods.named(name, now, time_zone)
    assert period.previous is not None
    assert period.previous.end == period.interval.start
    assert period.interval.start is not None
    assert period.interval.end is not None
    assert period.previous.start is not None
    # Samoa once skipped a day, which is then a period without length.
    assert period.previous.start <= period.interval.start <= period.interval.end
    assert (period.interval.start <= now < period.interval.end) is (name not in {"yesterday", "lastmonth"})
    assert period.interval.end - period.interval.start <= timedelta(days=32)
