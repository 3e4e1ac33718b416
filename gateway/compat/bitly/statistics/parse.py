"""From the parameters of Bitly's metrics calls to ours."""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from gateway.compat.bitly import values
from gateway.compat.bitly.errors import invalid
from gateway.compat.bitly.statistics.windows import ALL, MOST_MINUTES, Unit, Window, Zone
from services.common import time_zones

DEFAULT_ZONE: Final = Zone(name="America/New_York", info=zoneinfo.ZoneInfo("America/New_York"))
MOST_ROWS: Final = 1000
# More than there have been minutes since 1970.
_MOST_UNITS: Final = 100_000_000
_FARTHEST_OFFSET: Final = 14
_OFFSET: Final = re.compile(r"[+-]?[0-9]{1,2}(?:\.[0-9]{1,2})?")
_UNITS: Final = {**{unit.value: unit for unit in Unit}, "mweek": Unit.WEEK}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsQuery:
    """What a metrics call asks: a window, one number or one for each unit, and at most limit rows."""

    window: Window
    rollup: bool
    limit: int
    # As the caller gave it; None: now.
    reference_ts: int | None


class MetricsRequest(Protocol):
    """The parameters that all metrics calls have."""

    unit: str
    units: str
    timezone: str
    tz_offset: str
    rollup: str
    limit: str
    unit_reference_ts: str


def metrics(request: MetricsRequest, now: datetime) -> MetricsQuery:
    """Return what a metrics call asks; raise Failure, INVALID_ARG_ and the parameter, for one out of bounds."""
    unit = _UNITS.get(request.unit.strip().lower() or Unit.DAY)
    if unit is None:
        raise invalid("unit")
    reference_ts = _reference_ts(request.unit_reference_ts)
    if unit is Unit.MINUTE and reference_ts is not None:
        raise invalid("unit")
    window = Window(
        unit=unit,
        unit_name=request.unit.strip().lower() or unit.value,
        units=_units(request.units, unit),
        zone=_zone(request),
        reference=now if reference_ts is None else datetime.fromtimestamp(reference_ts, UTC),
    )
    return MetricsQuery(
        window=window,
        rollup=values.flag("rollup", request.rollup, default=True),
        limit=values.number("limit", request.limit, default=100, least=1, most=MOST_ROWS),
        reference_ts=reference_ts,
    )


def zone_named(text: str) -> Zone | None:
    """Return the zone of an offset in hours, at most 14, or of an IANA name; None for any other text."""
    if _OFFSET.fullmatch(text):
        minutes = round(float(text) * 60)
        if abs(minutes) > _FARTHEST_OFFSET * 60:
            return None
        text = time_zones.offset_name(minutes)
    info = time_zones.zone_named(text)
    return Zone(name=text, info=info) if info else None


def _reference_ts(text: str) -> int | None:
    return None if text.strip().lower() == "now" else values.seconds("unit_reference_ts", text)


def _units(text: str, unit: Unit) -> int:
    parsed = values.number("units", text, default=ALL, least=ALL, most=_MOST_UNITS)
    if parsed == 0 or (unit is Unit.MINUTE and parsed > MOST_MINUTES):
        raise invalid("units")
    return parsed


def _zone(request: MetricsRequest) -> Zone:
    # The newer name first.
    for name, text in (("timezone", request.timezone.strip()), ("tz_offset", request.tz_offset.strip())):
        if text:
            zone = zone_named(text)
            if zone is None:
                raise invalid(name)
            return zone
    return DEFAULT_ZONE
