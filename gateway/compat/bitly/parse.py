"""From Bitly's parameters to ours. Every refusal names the parameter as Bitly does."""

import re
import zoneinfo
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from gateway.compat.bitly.errors import Refusal, invalid, missing
from gateway.compat.bitly.statistics.windows import ALL, Unit, Window, Zone
from gateway.compat.shared import zones
from services.common import emoji_codes

DEFAULT_ZONE: Final = Zone(name="America/New_York", info=zoneinfo.ZoneInfo("America/New_York"))
MOST_ROWS: Final = 1000
MOST_ENCODERS: Final = 25
MOST_ITEMS: Final = 15
LONGEST_URL: Final = 2048

_MOST_MINUTES: Final = 60
# More than there have been minutes since 1970.
_MOST_UNITS: Final = 100_000_000
_LAST_SECOND: Final = 2**32
_FARTHEST_OFFSET: Final = 14
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,10}")
_OFFSET: Final = re.compile(r"[+-]?[0-9]{1,2}(?:\.[0-9]{1,2})?")
_SECONDS: Final = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?")
# What JavaScript's clocks say; as seconds such numbers are beyond all bounds.
_MILLISECONDS: Final = re.compile(r"[0-9]{12,13}")
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_HOST: Final = 253
# Commas are part of addresses; one that another address follows is not.
_BETWEEN_URLS: Final = re.compile(r",(?=\s*https?://)", re.IGNORECASE)
_UNITS: Final = {**{unit.value: unit for unit in Unit}, "mweek": Unit.WEEK}
_FLAGS: Final = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
}


@dataclass(frozen=True, slots=True)
class ShortLink:
    """A link by its names. Without host: of whatever domain."""

    host: str
    code: str


@dataclass(frozen=True, slots=True)
class Item:
    """One of the links of a call, and how its answer refers to it."""

    key: str
    text: str
    # None when no link can be called that.
    link: ShortLink | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsQuery:
    """What a metrics call asks."""

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


class LinksRequest(Protocol):
    """The parameters by which calls name links."""

    @property
    def short_url(self) -> Iterable[str]:
        """Short URLs."""

    @property
    def hash(self) -> Iterable[str]:
        """Codes."""


def metrics(request: MetricsRequest, now: datetime) -> MetricsQuery:
    """Parse the parameters of a metrics call."""
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
        rollup=flag("rollup", request.rollup, default=True),
        limit=number("limit", request.limit, default=100, least=1, most=MOST_ROWS),
        reference_ts=reference_ts,
    )


def link(text: str) -> ShortLink:
    """Parse a required short URL."""
    if not text.strip():
        raise missing("link")
    parsed = short_link(text)
    if parsed is None:
        raise invalid("link")
    return parsed


def short_link(text: str) -> ShortLink | None:
    """Take a short URL apart: host and code, whatever scheme, query and plus sign; None when it is none."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    code = emoji_codes.canonical(unquote(parts.path).strip("/").removesuffix("+"))
    if parts.scheme not in {"", "http", "https"} or not 0 < len(host) <= _LONGEST_HOST or not _CODE.fullmatch(code):
        return None
    return ShortLink(host, code)


def items(request: LinksRequest) -> list[Item]:
    """Parse the links of a call, which may be repeated parameters or joined by commas."""
    found = [Item("short_url", text, short_link(text)) for text in _split(request.short_url)]
    # Some clients send whole short URLs here, too.
    found += [Item("hash", text, _by_hash(text)) for text in _split(request.hash)]
    if not found:
        raise missing("shorturl")
    if len(found) > MOST_ITEMS:
        raise invalid(found[-1].key.replace("_", ""))
    return found


def item(request: LinksRequest) -> Item:
    """Parse the one link of a call."""
    found = items(request)
    if len(found) > 1:
        raise invalid(found[-1].key.replace("_", ""))
    return found[0]


def destinations(texts: Iterable[str]) -> list[str]:
    """Parse the destinations of a call."""
    found = [piece.strip() for text in texts for piece in _BETWEEN_URLS.split(text) if piece.strip()]
    if not found:
        raise missing("url")
    if len(found) > MOST_ITEMS:
        raise invalid("url")
    return found


def destination(*texts: str, name: str = "uri") -> str:
    """Parse where a new link shall lead: the first of several parameters that was given."""
    text = next((text.strip() for text in texts if text.strip()), "")
    if not text:
        raise missing(name)
    if len(text) > LONGEST_URL:
        raise Refusal("INVALID_URI")
    return text


def flag(name: str, text: str, *, default: bool = False) -> bool:
    """Parse true or false, as languages spell it."""
    text = text.strip().lower()
    if not text:
        return default
    if text not in _FLAGS:
        raise invalid(name)
    return _FLAGS[text]


def choice(name: str, text: str, choices: Collection[str], *, default: str) -> str:
    """Parse one of several words."""
    text = text.strip().lower() or default
    if text not in choices:
        raise invalid(name)
    return text


def number(name: str, text: str, *, default: int, least: int, most: int) -> int:
    """Parse a whole number within bounds."""
    text = text.strip()
    if not text:
        return default
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise invalid(name)
    return int(text)


def seconds(name: str, text: str, *, takes_milliseconds: bool = False) -> int | None:
    """Parse epoch seconds, or milliseconds where they are taken, too; None when they are not given."""
    text = text.strip()
    if not text:
        return None
    if takes_milliseconds and _MILLISECONDS.fullmatch(text):
        text = text[:-3]
    if not _SECONDS.fullmatch(text) or float(text) > _LAST_SECOND:
        raise invalid(name)
    return int(float(text))


def _reference_ts(text: str) -> int | None:
    return None if text.strip().lower() == "now" else seconds("unit_reference_ts", text)


def _units(text: str, unit: Unit) -> int:
    parsed = number("units", text, default=ALL, least=ALL, most=_MOST_UNITS)
    if parsed == 0 or (unit is Unit.MINUTE and parsed > _MOST_MINUTES):
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


def zone_named(text: str) -> Zone | None:
    """Find a zone by its offset in hours or its IANA name."""
    if _OFFSET.fullmatch(text):
        minutes = round(float(text) * 60)
        if abs(minutes) > _FARTHEST_OFFSET * 60:
            return None
        text = zones.offset_name(minutes)
    info = zones.zone_named(text)
    return Zone(name=text, info=info) if info else None


def _split(texts: Iterable[str]) -> list[str]:
    return [piece.strip() for text in texts for piece in text.split(",") if piece.strip()]


def _by_hash(text: str) -> ShortLink | None:
    if "/" in text:
        return short_link(text)
    code = emoji_codes.canonical(text)
    return ShortLink("", code) if _CODE.fullmatch(code) else None
