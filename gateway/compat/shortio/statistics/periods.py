"""From the names of periods to intervals."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from gateway.compat.shortio.intervals import Interval

TOTAL: Final = "total"
CUSTOM: Final = "custom"
DEFAULT: Final = "last30"
NAMES: Final = ("today", "yesterday", TOTAL, "week", "month", "lastmonth", "last7", DEFAULT, CUSTOM)

_DAY: Final = timedelta(days=1)
_ROLLING_DAYS: Final = {"last7": 7, "last30": 30}


@dataclass(frozen=True, slots=True)
class Period:
    """What is counted, and what it is compared with, if anything."""

    name: str
    interval: Interval
    previous: Interval | None = None


def custom(start: datetime, end: datetime) -> Period:
    """Return a period of given dates, which is compared with nothing."""
    return Period(CUSTOM, Interval(start, end))


def named(name: str, now: datetime, time_zone: tzinfo) -> Period:
    """Return the period of one of NAMES but CUSTOM.

    Days, weeks (from Monday) and months are those of the time zone, and whole ones.
    """
    if name == TOTAL:
        return Period(name, Interval())
    today = now.astimezone(time_zone).date()
    days_before, first, after = _days(name, today)
    return Period(
        name,
        Interval(_beginning(first, time_zone), _beginning(after, time_zone)),
        Interval(_beginning(days_before, time_zone), _beginning(first, time_zone)),
    )


def _days(name: str, today: date) -> tuple[date, date, date]:
    """Return the first day of the period before, of the period, and of what comes after."""
    if name == "today":
        return today - _DAY, today, today + _DAY
    if name == "yesterday":
        return today - 2 * _DAY, today - _DAY, today
    if name == "week":
        monday = today - today.weekday() * _DAY
        return monday - 7 * _DAY, monday, monday + 7 * _DAY
    if name in {"month", "lastmonth"}:
        first = today.replace(day=1) if name == "month" else _month_before(today)
        return _month_before(first), first, (first + 31 * _DAY).replace(day=1)
    # Today is one more than the days that the name counts.
    first = today - _ROLLING_DAYS[name] * _DAY
    return first - (_ROLLING_DAYS[name] + 1) * _DAY, first, today + _DAY


def _month_before(day: date) -> date:
    return (day.replace(day=1) - _DAY).replace(day=1)


def _beginning(day: date, time_zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=time_zone).astimezone(UTC)
