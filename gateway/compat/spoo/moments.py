"""Moments as spoo.me's clients write and read them."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.compat.shared import iso8601

_NUMBER: Final = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,9})?")
# Eight digits are a day, as ISO 8601 writes it without hyphens.
_DAY: Final = re.compile(r"[0-9]{8}")
# A plus sign that nobody escaped arrives as a space.
_LOST_PLUS: Final = re.compile(r"(.*[0-9]) ([0-9]{2}:?[0-9]{2})")
_TIME: Final = re.compile(r".*[0-9]:[0-9]{2}.*")
# Seconds since 1970 have this many digits until the year 5138; more are milliseconds.
_MOST_SECONDS: Final = 10**11
_YEARS: Final = range(1900, 2200)


def parse(text: str) -> datetime | None:
    """Return the moment of ISO 8601 (UTC without a zone), Unix seconds or milliseconds; None when it is neither."""
    text = text.strip()
    try:
        moment = _unix(float(text)) if _is_unix(text) else _iso(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None


def parse_number(number: float) -> datetime | None:
    """Return the moment of Unix seconds or milliseconds; None outside the years 1900 to 2199."""
    try:
        moment = _unix(number)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None


def iso(moment: datetime, zone: tzinfo = UTC) -> str:
    """Return 2025-01-01T00:00:00Z, with another zone's offset, with microseconds where there are some."""
    return moment.astimezone(zone).isoformat().replace("+00:00", "Z")


def of(time: Timestamp) -> datetime:
    """Return the moment of a time of ours."""
    return time.ToDatetime(UTC)


def unix(time: Timestamp) -> int:
    """Return a time of ours as Unix seconds."""
    return int(time.seconds)


def _is_unix(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and not _is_day(text)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        return datetime.fromisoformat(text).year in _YEARS
    except ValueError:
        return False


def _unix(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if abs(number) >= _MOST_SECONDS else number, UTC)


def _iso(text: str) -> datetime:
    lost = _LOST_PLUS.fullmatch(text)
    if lost and _TIME.fullmatch(lost[1]):
        text = f"{lost[1]}+{lost[2]}"
    moment = iso8601.parse(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
