"""Where the buckets of a report over time begin: local time as instants, over every change of offset."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum
from typing import Final

MOST_BUCKETS: Final = 10_000


class Bucket(IntEnum):
    """Length of a bucket; the numbers are the contract's."""

    NONE = 0
    MINUTE = 1
    TEN_MINUTES = 2
    HOUR = 3
    DAY = 4
    WEEK = 5
    MONTH = 6


class TooManyBuckets(Exception):
    """The interval has more than MOST_BUCKETS buckets."""


_CLOCK_LENGTHS: Final = {
    Bucket.MINUTE: timedelta(minutes=1),
    Bucket.TEN_MINUTES: timedelta(minutes=10),
    Bucket.HOUR: timedelta(hours=1),
}
_SECOND: Final = timedelta(seconds=1)


def bucket_starts(bucket: Bucket, start: datetime, end: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the instants at which the buckets that meet [start, end) begin, in UTC and strictly rising.

    The first is at or before start. A bucket lasts until the next begins, so every instant is in exactly one. There are
    none without a bucket or in an empty interval. Raise TooManyBuckets for more than MOST_BUCKETS.
    """
    if bucket is Bucket.NONE or start >= end:
        return ()
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    starts = _clock_starts(bucket, start, zone) if bucket in _CLOCK_LENGTHS else _calendar_starts(bucket, start, zone)
    found: list[datetime] = []
    for each in starts:
        if each >= end:
            break
        if each <= start:
            found[:] = [each]
        elif len(found) == MOST_BUCKETS:
            raise TooManyBuckets
        elif each > found[-1]:
            found.append(each)
    return tuple(found)


def _clock_starts(bucket: Bucket, start: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the starts of minutes or hours. A change of offset in the middle of a local hour begins a new bucket."""
    length = _CLOCK_LENGTHS[bucket]
    current = _floor(start, length, zone)
    if change := _change_between(current, start, zone):
        current = change
    while True:
        yield current
        following = _floor(current, length, zone) + length
        current = _change_between(current, following, zone) or following


def _floor(moment: datetime, length: timedelta, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return moment - (local.replace(tzinfo=None) - midnight) % length


def _calendar_starts(bucket: Bucket, start: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Yield the starts of days, weeks or months, from one safely before start."""
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
    """Return the first instant of a local day. A day that was skipped begins when the next one does."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    # The clock jumped over midnight: the day begins with the jump.
    before = midnight.replace(fold=1).astimezone(UTC)
    return _change_between(before, instant, zone) or instant


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime | None:
    """Return the instant in (before, after] from which another offset holds; None when the offset stays the same."""
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
