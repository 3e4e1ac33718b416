"""Moments and intervals as people type them."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linkmeter.cli.exits import MisuseError

_SPAN: Final = re.compile(r"(\d{1,5})(min|h|d|w)")
_UNITS: Final = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_OFFSET: Final = re.compile(r"[+-]\d\d:\d\d")
_ZONES: Final = "zoneinfo/"


@dataclass(frozen=True, slots=True)
class Period:
    """An interval `[start, end)` of statistics; `before` is how far the one that it is compared with lies back."""

    start: datetime
    end: datetime
    before: timedelta

    @property
    def previous(self) -> tuple[datetime, datetime]:
        """Start and end of the period before: the same hours of the clock, so many days earlier."""
        return self.start - self.before, self.end - self.before


def local_time_zone() -> str:
    """Return the IANA name of this machine's time zone (TZ, then /etc/localtime); UTC when it cannot be told."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if not named:
        try:
            named = str(Path("/etc/localtime").resolve())
        except OSError:
            named = ""
    name = named.rpartition(_ZONES)[2]
    return name if _known(name) else "UTC"


def _known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises MisuseError when there is none of it."""
    if not _known(name):
        raise MisuseError(f"there is no time zone {name!r}; names are as in Europe/Berlin")
    return ZoneInfo(name)


def span(text: str) -> timedelta:
    """Return a length of time: `90min`, `24h`, `30d`, `8w`. Raises MisuseError when it is not written so, or zero."""
    found = _SPAN.fullmatch(text)
    length = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
    if not length:
        raise MisuseError(f"{text!r} is no length of time; lengths are as in 90min, 24h, 30d, 8w")
    return length


def last(text: str, now: datetime) -> Period:
    """Return the last so many hours, days or weeks until now, an aware moment in the time zone that days follow.

    Days and weeks are whole but for the last day, today: `7d` begins at midnight six days ago.
    """
    length = span(text)
    if not text.endswith(("d", "w")):
        return Period((now.astimezone(UTC) - length).astimezone(now.tzinfo), now, length)
    today = datetime.combine(now.date(), time(), now.tzinfo)
    return Period(today - length + timedelta(days=1), now, length)


def between(since: str, until: str, now: datetime) -> Period:
    """Return the interval between two moments; without an end, until now.

    Raises MisuseError when one of them is no moment, or when it ends before it begins.
    """
    start = moment(since, now)
    end = moment(until, now) if until else now
    if end <= start:
        raise MisuseError(f"the interval ends ({until or 'now'}) before it begins ({since})")
    return Period(start, end, end.astimezone(UTC) - start.astimezone(UTC))


def moment(text: str, now: datetime) -> datetime:
    """Return a moment: a date, a date with a time, `now`, or how long ago it is (`30d`).

    A date is its midnight, and a time without offset is meant, in the time zone of `now`. Raises MisuseError when it is
    written in another way, or lies where calendars end.
    """
    try:
        if text == "now":
            return now
        if _SPAN.fullmatch(text):
            return now - span(text)
        # The T may be a space; Z and offsets are understood.
        parsed = datetime.fromisoformat(text)
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=now.tzinfo)
        # Years at the ends of the calendar have no UTC.
        aware.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise MisuseError(
            f"{text!r} is no moment; moments are as in 2026-05-01, 2026-05-01T10:00, 2026-05-01T10:00:00Z, 30d"
        ) from problem
    return aware


def later(text: str, now: datetime) -> datetime:
    """Return a moment to come: as `moment`, but a length of time is counted from now on."""
    try:
        return now + span(text) if _SPAN.fullmatch(text) else moment(text, now)
    except OverflowError as problem:
        raise MisuseError(f"{text!r} is too far away") from problem
