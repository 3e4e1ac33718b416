"""Times as files write them: in a zone that has to be told, in several forms, and absurd at times."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from linkmeter.moving.origin import OriginError

# The service takes nothing older. Earlier times are zeroes of some kind: 1970-01-01, 1900-01-00, 0000-00-00.
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
# Room for clocks that were wrong, and for a zone that was told wrongly.
_TOO_LATE = timedelta(days=1)
_MILLISECONDS_FROM = 10**11  # a number of seconds that would be in the year 5138
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
# Day first and month first cannot be told apart, so that neither is guessed.
_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%a %b %d %Y %H:%M:%S GMT%z")
_NUMBER = re.compile(r"\d{9,14}(?:\.\d+)?")
_NAME_OF_ZONE = re.compile(r" \(.*\)$")


class AbsurdTime(ValueError):
    """The text is no time, or one that cannot have been."""


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def parse_zone(text: str) -> tzinfo:
    """Return a time zone by IANA name (`Europe/Berlin`) or as an offset (`+02:00`, `-5`, `UTC+1`).

    Raises:
        OriginError: there is no such zone.

    """
    offset = _OFFSET.fullmatch(text.strip())
    if offset is not None:
        sign, hours, minutes = offset.groups()
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if span < timedelta(days=1):
            return timezone(span if sign == "+" else -span)
    try:
        return ZoneInfo(text.strip() or "UTC")
    except (KeyError, ValueError, OSError):
        raise OriginError(
            f"There is no time zone {text!r}: give an IANA name such as Europe/Berlin, or an offset such as +02:00."
        ) from None


def parse_time(text: str, zone: tzinfo) -> datetime:
    """Return the time in UTC of ISO 8601 text, of seconds or milliseconds since 1970, or of a few other forms.

    zone is that of times that name none.

    Raises:
        AbsurdTime: the text is none of these.

    """
    text = text.strip()
    time = _parse_iso(text) if "-" in text else _parse_number(text)
    time = time or _parse_other(text)
    try:
        return (time if time.tzinfo is not None else time.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise AbsurdTime(f"{text!r} is no time that can be converted to UTC") from None


def _parse_number(text: str) -> datetime | None:
    if _NUMBER.fullmatch(text) is None:
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds, UTC)


def _parse_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse_other(text: str) -> datetime:
    for form in _FORMS:  # the last is that of JavaScript's Date.toString
        try:
            return datetime.strptime(_NAME_OF_ZONE.sub("", text), form)  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        raise AbsurdTime(f"{text!r} is no time such as 2024-05-31 18:05:00") from None


def parse_click_time(text: str, zone: tzinfo) -> datetime:
    """Return the time of a click, as parse_time does.

    A time in the future is returned like any other: it would be none some day, and the clicks of a file must be the
    same in every run, as they are counted by their place among them. The service sets such clicks aside.

    Raises:
        AbsurdTime: the text is no time, or one before 1995.

    """
    time = parse_time(text, zone)
    if time < _EARLIEST:
        raise AbsurdTime(f"{text.strip()!r} is before {_EARLIEST.year}")
    return time


def parse_creation_time(text: str, zone: tzinfo, clock: Callable[[], datetime]) -> datetime:
    """Return the time at which a link was made, as parse_time does.

    Raises:
        AbsurdTime: the text is no time, or one before 1995, or more than a day in the future.

    """
    time, now = parse_click_time(text, zone), clock()
    if time > now + _TOO_LATE:
        raise AbsurdTime(f"{text.strip()!r} is in the future")
    return min(time, now)
