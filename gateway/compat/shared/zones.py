"""Time zones as clients name them, and as links and analytics take them: by IANA name or as an offset like +05:30."""

import re
import zoneinfo
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import Final

# Farther from UTC no zone has ever been.
LARGEST_OFFSET_MINUTES: Final = 18 * 60
_OFFSET: Final = re.compile(r"([+-])(\d\d):([0-5]\d)")


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
        total = int(hours) * 60 + int(minutes)
        if total > LARGEST_OFFSET_MINUTES:
            return None
        return timezone(timedelta(minutes=-total if sign == "-" else total))
    # Only names from the list: ZoneInfo takes a name for a path.
    return zoneinfo.ZoneInfo(name) if name in _names() else None


def offset_name(minutes: int) -> str:
    """Return the name of the zone whose clocks are so many minutes ahead of UTC."""
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
