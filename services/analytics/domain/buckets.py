"""Where the steps of a report over time begin: borders of local time as instants, over every change of offset."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum
from typing import Final

MOST_BUCKETS: Final = 10_000


class Bucket(IntEnum):
    """Length of the steps; the numbers are the contract's."""

    NONE = 0
    MINUTE = 1
    TEN_MINUTES = 2
    HOUR = 3
    DAY = 4
    WEEK = 5
    MONTH = 6


class TooManyBuckets(Exception):
    """The interval has more than MOST_BUCKETS steps."""


_CLOCK_STEPS: Final = {
    Bucket.MINUTE: timedelta(minutes=1),
    Bucket.TEN_MINUTES: timedelta(minutes=10),
    Bucket.HOUR: timedelta(hours=1),
}
_SECOND: Final = timedelta(seconds=1)


def borders(bucket: Bucket, start: datetime, end: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Answer the instants, in UTC and strictly rising, at which the steps that meet [start, end) begin.

    The first is at or before start. Each step lasts until the next begins, so every instant is in exactly one.
    """
    if bucket is Bucket.NONE or start >= end:
        return ()
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    steps = _clock_borders(bucket, start, zone) if bucket in _CLOCK_STEPS else _calendar_borders(bucket, start, zone)
    found: list[datetime] = []
    for border in steps:
        if border >= end:
            break
        if border <= start:
            found[:] = [border]
        elif len(found) == MOST_BUCKETS:
            raise TooManyBuckets
        elif border > found[-1]:
            found.append(border)
    return tuple(found)


def _clock_borders(bucket: Bucket, start: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Borders of minutes and hours. A change of offset in the middle of a local hour begins a new step."""
    length = _CLOCK_STEPS[bucket]
    border = _floor(start, length, zone)
    if change := _change_between(border, start, zone):
        border = change
    while True:
        yield border
        following = _floor(border, length, zone) + length
        border = _change_between(border, following, zone) or following


def _floor(moment: datetime, length: timedelta, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return moment - (local.replace(tzinfo=None) - midnight) % length


def _calendar_borders(bucket: Bucket, start: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Borders of days, weeks and months, from one safely before start."""
    # Two days back: whatever the zone does around start, that day has begun.
    day = _first_day(bucket, start.astimezone(zone).date() - timedelta(days=2))
    while True:
        yield _beginning(day, zone)
        day = _next_day(bucket, day)


def _first_day(bucket: Bucket, day: date) -> date:
    if bucket is Bucket.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if bucket is Bucket.MONTH else day


def _next_day(bucket: Bucket, day: date) -> date:
    if bucket is Bucket.DAY:
        return day + timedelta(days=1)
    if bucket is Bucket.WEEK:
        return day + timedelta(days=7)
    return (day + timedelta(days=31)).replace(day=1)


def _beginning(day: date, zone: tzinfo) -> datetime:
    """Answer the first instant of a local day. A day that was skipped begins when the next one does."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    # The clock jumped over midnight: the day begins with the jump.
    before = midnight.replace(fold=1).astimezone(UTC)
    return _change_between(before, instant, zone) or instant


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime | None:
    """Answer the instant in (before, after] from which another offset holds; None when the offset stays the same."""
    old = before.astimezone(zone).utcoffset()
    if after.astimezone(zone).utcoffset() == old:
        return None
    low, high = before.replace(microsecond=0), after
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle <= low:
            break
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
