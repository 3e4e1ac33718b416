"""The span of time that a metric covers: so many units of local time, the last of them around a reference."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

ALL: Final = -1
# Before, there were no links.
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Of how many minutes there are numbers.
MOST_MINUTES: Final = 60


class Unit(StrEnum):
    """The length of a step of time."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A time zone, and its name in QueryStats."""

    name: str
    info: tzinfo

    def offset_hours(self, moment: datetime) -> int | float:
        """Return the offset from UTC at a moment, in hours: an int where it is whole."""
        offset = moment.astimezone(self.info).utcoffset() or timedelta()
        hours = offset / timedelta(hours=1)
        return int(hours) if hours == int(hours) else round(hours, 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time [start, end); without start, from the first click."""

    start: datetime | None
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """So many units of local time, the newest of them around a reference."""

    unit: Unit
    # As the caller wrote it; mweek is a week, too.
    unit_name: str
    # ALL for all of time.
    units: int
    zone: Zone
    reference: datetime

    @property
    def interval(self) -> Interval:
        """The whole window."""
        if self.units == ALL and self.unit is not Unit.MINUTE:
            return Interval(None, self.end)
        return self.newest(MOST_MINUTES if self.units == ALL else self.units)

    @property
    def end(self) -> datetime:
        """The end of the unit that the reference is in."""
        return shifted(self.unit, self._newest_start, self.zone.info, 1)

    def newest(self, units: int) -> Interval:
        """Return the span of so many units, the newest of the window."""
        start = shifted(self.unit, self._newest_start, self.zone.info, 1 - units)
        return Interval(start, self.end)

    def units_since(self, moment: datetime, most: int) -> int:
        """Return the number of units from the one around a moment to the newest: 1 to most."""
        first = start_of(self.unit, moment, self.zone.info)
        border, count = self._newest_start, 1
        while border > first and count < most:
            border = shifted(self.unit, border, self.zone.info, -1)
            count += 1
        return count

    @property
    def _newest_start(self) -> datetime:
        return start_of(self.unit, self.reference, self.zone.info)


def start_of(unit: Unit, moment: datetime, zone: tzinfo) -> datetime:
    """Return when the unit around a moment began, in UTC; weeks begin on Monday."""
    local = moment.astimezone(zone)
    if unit in {Unit.MINUTE, Unit.HOUR}:
        since_unit = timedelta(
            minutes=local.minute if unit is Unit.HOUR else 0, seconds=local.second, microseconds=local.microsecond
        )
        return moment.astimezone(UTC) - since_unit
    day = local.date()
    if unit is Unit.WEEK:
        day -= timedelta(days=day.weekday())
    elif unit is Unit.MONTH:
        day = day.replace(day=1)
    return _midnight(day, zone)


def shifted(unit: Unit, start: datetime, zone: tzinfo, count: int) -> datetime:
    """Return when the unit begins, in UTC, that comes count after (or before) the one that begins at start."""
    if unit is Unit.MINUTE:
        return _on_the_clock(start, timedelta(minutes=1), count)
    if unit is Unit.HOUR:
        return _on_the_clock(start, timedelta(hours=1), count)
    # A day that the clock skipped midnight of begins later than 00:00: the date is what counts.
    day = start.astimezone(zone).date()
    if unit is Unit.MONTH:
        months = day.year * 12 + day.month - 1 + count
        return _EARLIEST if months < _EARLIEST.year * 12 else _midnight(date(months // 12, months % 12 + 1, 1), zone)
    days = count * (7 if unit is Unit.WEEK else 1)
    return (
        _EARLIEST
        if days < _EARLIEST.date().toordinal() - day.toordinal()
        else _midnight(day + timedelta(days=days), zone)
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _on_the_clock(start: datetime, length: timedelta, count: int) -> datetime:
    furthest = (start - _EARLIEST) // length
    return start + length * max(count, -furthest)
