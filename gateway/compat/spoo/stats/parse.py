"""From spoo.me's questions about statistics to what they mean."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from gateway.compat.spoo import moments
from gateway.compat.spoo.errors import invalid
from linkmeter.compat.spoo.v1 import stats_pb2
from services.common.time_zones import zone_named

ALL: Final = "all"
ANON: Final = "anon"
TIME: Final = "time"
SHORT_CODE: Final = "short_code"
URL_ID: Final = "url_id"
TAG: Final = "tag"
TAG_ID: Final = "tag_id"
CLICKS: Final = "clicks"
UNIQUE_CLICKS: Final = "unique_clicks"
# What everybody sees of a link; campaigns are its owner's business.
PUBLIC_DIMENSIONS: Final = (TIME, "browser", "os", "device", "country", "city", "referrer")
CAMPAIGNS: Final = ("utm_source", "utm_medium", "utm_campaign")
FORMATS: Final = ("csv", "xlsx", "json", "xml")

_METRICS: Final = (CLICKS, UNIQUE_CLICKS)
_MOST_DAYS: Final = 90
_DEFAULT_PERIOD: Final = timedelta(days=7)
_MOST_VALUES: Final = 500
_LONGEST: Final = {
    "scope": 50,
    "short_code": 2000,
    "start_date": 50,
    "end_date": 50,
    "group_by": 200,
    "metrics": 200,
    "timezone": 50,
    "filters": 5000,
    "browser": 500,
    "os": 500,
    "device": 500,
    "country": 1000,
    "city": 1000,
    "referrer": 2000,
    **dict.fromkeys(CAMPAIGNS, 2000),
    URL_ID: 2000,
    TAG: 2000,
    TAG_ID: 2000,
}
_ZONE_ALIASES: Final = {
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "US/Eastern": "America/New_York",
    "US/Central": "America/Chicago",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
}

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Audience:
    """What may be asked, by whom it is asked."""

    groups: tuple[str, ...]
    filters: tuple[str, ...]
    default_groups: tuple[str, ...] = (TIME,)


_ACCOUNT: Final = _Audience(
    (*PUBLIC_DIMENSIONS, SHORT_CODE, *CAMPAIGNS), (*PUBLIC_DIMENSIONS[1:], SHORT_CODE, *CAMPAIGNS, URL_ID, TAG, TAG_ID)
)
# Which link it is has been said.
_LINK: Final = _Audience(_ACCOUNT.groups, (*PUBLIC_DIMENSIONS[1:], *CAMPAIGNS))
_ANYBODY: Final = _Audience((*PUBLIC_DIMENSIONS, SHORT_CODE), PUBLIC_DIMENSIONS[1:])
_PAGE: Final = _Audience(PUBLIC_DIMENSIONS, PUBLIC_DIMENSIONS[1:], PUBLIC_DIMENSIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsQuery:
    """What statistics are asked for."""

    scope: str
    # With scope anon the link that is asked about.
    short_code: str
    filters: Filters
    group_by: tuple[str, ...]
    metrics: tuple[str, ...]
    timezone: str
    zone: tzinfo
    # Both are counted.
    start: datetime
    end: datetime


def stats_query(request: stats_pb2.StatsRequest, now: datetime) -> StatsQuery:
    """Return the query about an account, or with scope anon a public link; raise Refusal, 400, for a wrong one."""
    scope = _scope(request.scope)
    return _query(request, now, scope, _ACCOUNT if scope == ALL else _ANYBODY)


def link_query(request: stats_pb2.StatsRequest, now: datetime) -> StatsQuery:
    """Return the query about one link of the caller, without a scope; raise Refusal, 400, for a wrong one."""
    return _query(request, now, ALL, _LINK)


def public_query(request: stats_pb2.StatsRequest, now: datetime) -> StatsQuery:
    """Return the query about the link in the path, as everybody may ask it; raise Refusal, 400, for a wrong one."""
    return _query(request, now, ANON, _PAGE)


def export_format(request: stats_pb2.StatsRequest) -> str:
    """Return the format of a file, one of FORMATS; raise Refusal, 400, for none and any other."""
    name = request.format.strip().lower()
    if not name:
        raise invalid("format", "format parameter is required (csv, xlsx, json, xml)")
    if name not in FORMATS:
        raise invalid("format", f"invalid format - must be one of: {', '.join(FORMATS)}")
    return name


def _query(request: stats_pb2.StatsRequest, now: datetime, scope: str, audience: _Audience) -> StatsQuery:
    _check_lengths(request)
    short_code = ""
    if scope == ANON:
        short_code = request.code_in_path or ",".join(request.short_code).strip()
        if not short_code:
            raise invalid("short_code", "short_code is required when scope=anon")
    start, end = _period(request.start_date, request.end_date, now)
    timezone = _ZONE_ALIASES.get(request.timezone, request.timezone)
    zone = None if timezone.startswith(("+", "-")) else zone_named(timezone)
    return StatsQuery(
        scope=scope,
        short_code=short_code,
        filters=_filters(request, scope, audience.filters),
        group_by=_choices(request.group_by, audience.groups, "group_by", "invalid group_by values")
        or audience.default_groups,
        metrics=_choices(request.metrics, _METRICS, "metrics", "invalid metrics") or _METRICS,
        timezone=timezone if zone and timezone else "UTC",
        zone=zone or UTC,
        start=start,
        end=end,
    )


def _scope(text: str) -> str:
    scope = text.strip().lower() or ALL
    if scope not in {ALL, ANON}:
        raise invalid("scope", f"scope must be one of: {ALL}, {ANON}")
    return scope


def _check_lengths(request: stats_pb2.StatsRequest) -> None:
    for name, longest in _LONGEST.items():
        value = getattr(request, name)
        if len(value if isinstance(value, str) else ",".join(value)) > longest:
            raise invalid(name, f"{name} must have at most {longest} characters")


def _period(start_text: str, end_text: str, now: datetime) -> tuple[datetime, datetime]:
    start, end = _moment(start_text, "start_date"), _moment(end_text, "end_date")
    if end is None:
        end = now
    if start is None:
        start = end - _DEFAULT_PERIOD
    # The future has no clicks.
    start, end = min(start, now), min(end, now)
    if start > end:
        raise invalid("start_date", "start_date must be before end_date")
    if (end - start).days > _MOST_DAYS:
        raise invalid("start_date", f"date range cannot exceed {_MOST_DAYS} days")
    return start, end


def _moment(text: str, name: str) -> datetime | None:
    if not text.strip():
        return None
    moment = moments.parse(text)
    if moment is None:
        raise invalid(name, f"invalid {name} format")
    return moment


def _choices(values: Iterable[str], known: tuple[str, ...], name: str, problem: str) -> tuple[str, ...]:
    chosen = _split(values)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise invalid(name, f"{problem}: {', '.join(dict.fromkeys(unknown))}")
    return chosen


def _filters(request: stats_pb2.StatsRequest, scope: str, known: tuple[str, ...]) -> Filters:
    """Read both ways of filtering; a parameter of its own takes the place of the same in the JSON object."""
    found = _filters_object(request.filters)
    if scope == ANON and SHORT_CODE in found:
        text = "short_code filter not allowed with scope=anon - short_code is already specified"
        raise invalid("filters", text)
    for name in known:
        if values := _split(getattr(request, name)):
            found[name] = values
    found = {name: values for name, values in found.items() if name in known}
    if sum(map(len, found.values())) > _MOST_VALUES:
        raise invalid("filters", f"filters may name at most {_MOST_VALUES} values")
    return found


def _filters_object(text: str) -> dict[str, tuple[str, ...]]:
    if not text.strip():
        return {}
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid("filters", "filters must be valid JSON") from None
    # Clients of the real service rely on this being no error.
    if not isinstance(content, dict):
        return {}
    return {name: _listed(value) for name, value in content.items()}


def _listed(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list):
        return tuple(_plain(item).strip() for item in value)
    return _split([_plain(value)])


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    # A text of JSON may hold halves of characters, which no message can.
    return text.encode("utf-8", "replace").decode()


def _split(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
