"""Which span of time a Bitly metric covers."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.compat.bitly.statistics.windows import ALL, Unit, Window, Zone, shifted, start_of

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")
MOMENTS = st.datetimes(datetime(1975, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Bounds.


def window(unit: Unit, units: int, reference: datetime, zone: str = "America/New_York") -> Window:
    return Window(
        unit=unit, unit_name=unit.value, units=units, zone=Zone(name=zone, info=ZoneInfo(zone)), reference=reference
    )


def test_days_of_the_documented_example() -> None:
    """1360351157 is 14:19 on a Friday in New York; five days end with that Friday."""
    five = window(Unit.DAY, 5, datetime.fromtimestamp(1360351157, UTC)).interval
    assert five.start is not None
    assert five.start.timestamp() == 1359954000
    assert five.end.timestamp() == 1360299600 + 86400


@pytest.mark.parametrize(
    ("unit", "start"),
    [
        (Unit.MINUTE, (2013, 2, 8, 14, 19)),
        (Unit.HOUR, (2013, 2, 8, 14, 0)),
        (Unit.DAY, (2013, 2, 8, 0, 0)),
        (Unit.WEEK, (2013, 2, 4, 0, 0)),
        (Unit.MONTH, (2013, 2, 1, 0, 0)),
    ],
)
def test_units_begin_at_local_borders(unit: Unit, start: tuple[int, int, int, int, int]) -> None:
    """The reference is rounded down to the unit that it is in, and weeks begin on Monday."""
    moment = datetime.fromtimestamp(1360351157, UTC)
    assert start_of(unit, moment, NEW_YORK) == datetime(*start, tzinfo=NEW_YORK)


def test_months_go_back_over_the_year() -> None:
    """Fourteen months before the end of February 2013 is the beginning of January 2012."""
    span = window(Unit.MONTH, 14, datetime(2013, 2, 8, tzinfo=NEW_YORK)).interval
    assert span.start == datetime(2012, 1, 1, tzinfo=NEW_YORK)
    assert span.end == datetime(2013, 3, 1, tzinfo=NEW_YORK)


def test_all_of_time_has_no_start() -> None:
    """-1 asks for everything up to the unit of the reference."""
    span = window(Unit.DAY, ALL, datetime(2013, 2, 8, 12, tzinfo=NEW_YORK)).interval
    assert span.start is None
    assert span.end == datetime(2013, 2, 9, tzinfo=NEW_YORK)


def test_all_minutes_are_sixty() -> None:
    """There are numbers by the minute for an hour only."""
    now = datetime(2013, 2, 8, 12, 30, 15, tzinfo=UTC)
    span = window(Unit.MINUTE, ALL, now).interval
    assert span.start == datetime(2013, 2, 8, 11, 31, tzinfo=UTC)
    assert span.end == datetime(2013, 2, 8, 12, 31, tzinfo=UTC)


def test_days_over_the_change_of_clocks_are_calendar_days() -> None:
    """A day that has 23 hours is one day."""
    span = window(Unit.DAY, 3, datetime(2024, 3, 11, 12, tzinfo=NEW_YORK)).interval
    assert span.start == datetime(2024, 3, 9, tzinfo=NEW_YORK)
    assert span.start is not None
    assert (span.end - span.start).total_seconds() == 71 * 3600


@pytest.mark.parametrize("unit", list(Unit))
def test_a_huge_number_of_units_reaches_back_to_1970(unit: Unit) -> None:
    """Whatever is asked, the start is a moment that databases know."""
    span = window(unit, 100_000_000, datetime(2013, 2, 8, tzinfo=UTC)).interval
    assert span.start is not None
    assert datetime(1969, 12, 1, tzinfo=UTC) <= span.start <= datetime(1970, 1, 1, 0, 1, tzinfo=UTC)


def test_units_since_counts_both_ends() -> None:
    """From the unit of the first click to the newest."""
    asked = window(Unit.DAY, ALL, datetime(2013, 2, 8, 12, tzinfo=NEW_YORK))
    assert asked.units_since(datetime(2013, 2, 4, 23, tzinfo=NEW_YORK), 100) == 5
    assert asked.units_since(datetime(2013, 2, 8, 1, tzinfo=NEW_YORK), 100) == 1
    assert asked.units_since(datetime(2000, 1, 1, tzinfo=NEW_YORK), 100) == 100


@given(MOMENTS, st.sampled_from(list(Unit)), st.sampled_from(ZONES))
def test_a_moment_is_in_its_unit(moment: datetime, unit: Unit, zone: str) -> None:
    """Every moment lies between the start of its unit and the start of the next, in every zone."""
    info = ZoneInfo(zone)
    start = start_of(unit, moment, info)
    assert start <= moment < shifted(unit, start, info, 1)


@given(MOMENTS, st.sampled_from(list(Unit)), st.sampled_from(ZONES), st.integers(2, 40))
def test_windows_grow_with_their_units(moment: datetime, unit: Unit, zone: str, units: int) -> None:
    """One unit more begins earlier, and all end together."""
    starts = [window(unit, count, moment, zone).interval.start for count in range(1, units + 1)]
    assert all(later is not None and earlier is not None and earlier < later for later, earlier in pairwise(starts))


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("America/New_York", datetime(2013, 2, 8, tzinfo=UTC), -5),
        ("America/New_York", datetime(2013, 7, 8, tzinfo=UTC), -4),
        ("Asia/Kolkata", datetime(2013, 7, 8, tzinfo=UTC), 5.5),
        ("Etc/GMT", datetime(2013, 7, 8, tzinfo=UTC), 0),
    ],
)
def test_offset_is_that_of_the_moment(zone: str, moment: datetime, hours: float) -> None:
    """Whole hours are whole numbers; others are honest."""
    offset = Zone(name=zone, info=ZoneInfo(zone)).offset_hours(moment)
    assert offset == hours
    assert isinstance(offset, int) == (hours == int(hours))
