"""Moments and intervals as people type them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linkmeter.cli import times
from linkmeter.cli.exits import MisuseError

BERLIN = ZoneInfo("Europe/Berlin")
# The day after summer time began.
NOW = datetime(2026, 3, 30, 15, 30, tzinfo=BERLIN)


def test_days_are_whole_but_for_today() -> None:
    """Seven days are today and the six days before it, from midnight on."""
    period = times.last("7d", NOW)
    assert (period.start, period.end) == (datetime(2026, 3, 24, tzinfo=BERLIN), NOW)


def test_the_period_before_ends_at_the_same_hour() -> None:
    """So that today, which is not over, is compared with as much of a day; also where a day has 23 hours."""
    assert times.last("7d", NOW).previous == (
        datetime(2026, 3, 17, tzinfo=BERLIN),
        datetime(2026, 3, 23, 15, 30, tzinfo=BERLIN),
    )


def test_hours_are_counted_back_from_now() -> None:
    """They are elapsed time: 24 hours before are another hour of the clock when it was changed meanwhile."""
    now = datetime(2026, 3, 29, 15, 30, tzinfo=BERLIN)
    period = times.last("24h", now)
    assert period.start == datetime(2026, 3, 28, 14, 30, tzinfo=BERLIN)
    assert times.last("90min", NOW).start == NOW - timedelta(minutes=90)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=BERLIN)),
        ("2026-03-01T10:30", datetime(2026, 3, 1, 10, 30, tzinfo=BERLIN)),
        ("2026-03-01 10:30:00Z", datetime(2026, 3, 1, 11, 30, tzinfo=BERLIN)),
        ("2026-03-01T10:30:00+05:45", datetime(2026, 3, 1, 5, 45, tzinfo=BERLIN)),
        ("2d", NOW - timedelta(days=2)),
        ("now", NOW),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    """What has no offset is meant in the person's time zone."""
    assert times.moment(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "0d", "1m", "-3d", "9999-12-31T23:59-05:00", "0001-01-01"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """With an example of how to write one."""
    with pytest.raises(MisuseError, match=r"2026-05-01|90min"):
        times.moment(text, NOW)


def test_an_interval_ends_after_it_begins() -> None:
    """Whatever is typed."""
    assert times.between("2026-03-01", "2026-03-03", NOW).before == timedelta(days=2)
    with pytest.raises(MisuseError, match="before it begins"):
        times.between("2026-03-03", "2026-03-01", NOW)


@pytest.mark.parametrize(("name", "zone"), [(":Europe/Berlin", "Europe/Berlin"), ("No/Land", "UTC"), ("UTC", "UTC")])
def test_the_machines_time_zone(name: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that TZ names; UTC where it names none."""
    monkeypatch.setenv("TZ", name)
    assert times.local_time_zone() == zone
