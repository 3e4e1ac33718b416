"""Time zones by IANA name or fixed offset."""

import re
import zoneinfo
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Final

_OFFSET: Final = re.compile(r"([+-])(\d\d):([0-5]\d)")
# Farther from UTC no zone has ever been.
LARGEST_OFFSET: Final = timedelta(hours=18)


@cache
def _names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=1024)
def zone_named(name: str) -> tzinfo | None:
    """Return the zone of an IANA name or an offset like +05:30; UTC for an empty name, None for an unknown one."""
    if name in {"", "UTC"}:
        return UTC
    if match := _OFFSET.fullmatch(name):
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-offset if sign == "-" else offset) if offset <= LARGEST_OFFSET else None
    # Only names from the list: ZoneInfo takes a name for a path.
    return zoneinfo.ZoneInfo(name) if name in _names() else None


def offset_name(minutes: int) -> str:
    """Return the name of the zone whose clocks are that many minutes ahead of UTC."""
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
