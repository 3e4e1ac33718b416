"""From Short.io's statistics requests to what they ask for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Protocol

from gateway.compat.shortio import ids, moments, values
from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.statistics import columns, filters, periods
from gateway.compat.shortio.statistics.columns import Column
from gateway.compat.shortio.statistics.filters import Conditions
from gateway.compat.shortio.statistics.periods import Period
from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.compat.shortio.v2 import statistics_pb2, statistics_service_pb2
from services.common import errors, time_zones

DEFAULT_TOP: Final = 10
LARGEST_TOP: Final = 1000
DEFAULT_CLICKS: Final = 30
LARGEST_CLICKS: Final = 1000
MOST_LINKS: Final = 1000

_MILLISECOND: Final = timedelta(milliseconds=1)
_BUCKETS: Final = {
    "hour": stats_service_pb2.BUCKET_HOUR,
    "day": stats_service_pb2.BUCKET_DAY,
    "week": stats_service_pb2.BUCKET_WEEK,
    "month": stats_service_pb2.BUCKET_MONTH,
}
# Days of which a chart by days would be one point.
_SINGLE_DAYS: Final = frozenset({"today", "yesterday"})
_LONGEST_PATH: Final = re.compile(r"[^\x00-\x1f\x7f]{1,2048}")


@dataclass(frozen=True, slots=True)
class TimeZone:
    """In which days begin; a named one makes dates wall-clock time and clicks local."""

    name: str
    info: tzinfo
    is_named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsQuery:
    """What every statistics call asks for."""

    period: Period
    time_zone: TimeZone
    bucket: "stats_service_pb2.Bucket.ValueType"
    conditions: Conditions
    skips_tops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopQuery:
    """Which values of which column."""

    column: Column
    limit: int
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickstreamQuery:
    """Which part of the clickstream."""

    interval: Interval
    time_zone: TimeZone
    limit: int
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class PathSince:
    """A path as the client wrote it, and from when its clicks count."""

    path: str
    since: datetime


class _QueryString(Protocol):
    """A request whose options are in the query string."""

    @property
    def period(self) -> str: ...
    @property
    def tz_offset(self) -> str: ...
    @property
    def tz(self) -> str: ...
    @property
    def start_date(self) -> str: ...
    @property
    def end_date(self) -> str: ...


def options_of(request: _QueryString) -> statistics_pb2.StatisticsOptions:
    """Return the query string of a GET as if it were the body of a POST."""
    names = ("period", "tz_offset", "tz", "start_date", "end_date", "clicks_chart_interval", "skip_tops")
    options = statistics_pb2.StatisticsOptions()
    for name in names:
        if value := values.of_text(getattr(request, name, "")):
            getattr(options, name).CopyFrom(value)
    return options


def statistics_query(options: statistics_pb2.StatisticsOptions, now: datetime) -> StatisticsQuery:
    """Parse what every statistics call asks for; raise InvalidArgument for an option out of bounds."""
    time_zone = time_zone_of(options)
    period = _period(options, time_zone, now, default=periods.DEFAULT)
    return StatisticsQuery(
        period=period,
        time_zone=time_zone,
        bucket=_bucket(options, period),
        conditions=filters.conditions(options, time_zone.info, is_wall_clock=time_zone.is_named),
        skips_tops=values.flag(options.skip_tops, "skipTops"),
    )


def top_query(options: statistics_pb2.StatisticsOptions) -> TopQuery:
    """Parse which values are asked for, at most LARGEST_TOP; raise InvalidArgument for an unknown column."""
    column = columns.named(values.required_text(options.column, "column"))
    prefix = values.text(options.prefix, "prefix")
    if column.dimension == stats_service_pb2.DIMENSION_CODE:
        prefix = ids.code_of(prefix)
    return TopQuery(
        column=column,
        limit=values.whole(options.limit, "limit", DEFAULT_TOP, largest=LARGEST_TOP),
        prefix=prefix,
    )


def clickstream_query(options: statistics_pb2.StatisticsOptions, now: datetime) -> ClickstreamQuery:
    """Parse which clicks of the stream are asked for, at most LARGEST_CLICKS.

    The total period takes no notice of beforeDate and afterDate. Raises InvalidArgument for an option out of bounds.
    """
    time_zone = time_zone_of(options)
    period = _period(options, time_zone, now, default="")
    interval = period.interval
    if period.name != periods.TOTAL:
        interval = interval.within(_paging_interval(options, time_zone))
    conditions = filters.conditions(options, time_zone.info, is_wall_clock=time_zone.is_named)
    return ClickstreamQuery(
        interval=interval.within(conditions.interval),
        time_zone=time_zone,
        limit=values.whole(options.limit, "limit", DEFAULT_CLICKS, largest=LARGEST_CLICKS),
        conditions=conditions,
    )


def time_zone_of(options: statistics_pb2.StatisticsOptions) -> TimeZone:
    """Parse tz, which wins, and tzOffset: how many minutes clocks there are ahead of UTC.

    Raises InvalidArgument for an unknown time zone, and an offset of more than 1080 minutes.
    """
    name = values.text(options.tz, "tz").strip()
    if name:
        known = time_zones.zone_named(name)
        if known is None:
            raise errors.InvalidArgument("tz", "must be a time zone of the IANA database, for instance Europe/Berlin")
        return TimeZone(name, known, is_named=True)
    minutes = values.number(options.tz_offset, "tzOffset") or 0.0
    name = time_zones.offset_name(int(minutes)) if minutes.is_integer() else "?"
    known = time_zones.zone_named(name)
    if known is None:
        raise errors.InvalidArgument("tzOffset", "must be a whole number of minutes, at most 1080 either way")
    return TimeZone(name, known, is_named=False)


def interval_of_dates(start: str, end: str) -> Interval:
    """Parse startDate and endDate of calls that have no period, both in UTC.

    Raises InvalidArgument for what is no date, and an end before the start.
    """
    utc = TimeZone("UTC", UTC, is_named=False)
    options = statistics_pb2.StatisticsOptions(start_date=values.of_text(start), end_date=values.of_text(end))
    interval = Interval(_date(options, "start_date", "startDate", utc), _date(options, "end_date", "endDate", utc))
    return _ordered(interval)


def link_ids(texts: Iterable[str]) -> dict[str, int]:
    """Parse ids, also separated by commas: our ids by the client's, in their order, without ids that no link can have.

    Raises InvalidArgument for more than MOST_LINKS.
    """
    written = [part.strip() for text in texts for part in text.split(",")]
    known = {part: number for part in written if (number := ids.link_number(part))}
    if len(known) > MOST_LINKS:
        raise errors.InvalidArgument("ids", f"may hold at most {MOST_LINKS} ids")
    return known


def paths_dates(rows: Iterable[statistics_service_pb2.PathDate]) -> tuple[PathSince, ...]:
    """Parse the paths whose clicks are asked for.

    Raises InvalidArgument for more than MOST_LINKS, and for one without a path or createdAt.
    """
    parsed = []
    for row in rows:
        path = values.required_text(row.path, "path")
        if not _LONGEST_PATH.fullmatch(path):
            raise errors.InvalidArgument("path", "must be 1 to 2048 printable characters")
        since = moments.read(row.created_at, "createdAt", UTC, is_wall_clock=False)
        if since is None:
            raise errors.InvalidArgument("createdAt", "is required")
        parsed.append(PathSince(path, since))
    if len(parsed) > MOST_LINKS:
        raise errors.InvalidArgument("pathsDates", f"may hold at most {MOST_LINKS} paths")
    return tuple(parsed)


def _period(options: statistics_pb2.StatisticsOptions, time_zone: TimeZone, now: datetime, *, default: str) -> Period:
    name = values.text(options.period, "period").strip().lower()
    start = _date(options, "start_date", "startDate", time_zone)
    end = _date(options, "end_date", "endDate", time_zone)
    if not name and start is not None:
        name = periods.CUSTOM
    name = name or default
    if name == periods.CUSTOM:
        if start is None:
            raise errors.InvalidArgument("startDate", "is required for the custom period")
        interval = _ordered(Interval(start, end or max(now, start)))
        return Period(name, interval)
    if not name:
        return Period("", Interval())
    if name not in periods.NAMES:
        raise errors.InvalidArgument("period", f"must be one of {', '.join(periods.NAMES)}")
    return periods.named(name, now, time_zone.info)


def _bucket(options: statistics_pb2.StatisticsOptions, period: Period) -> "stats_service_pb2.Bucket.ValueType":
    name = values.text(options.clicks_chart_interval, "clicksChartInterval") or values.text(
        options.interval, "interval"
    )
    if not name:
        name = "hour" if period.name in _SINGLE_DAYS else "day"
    if name not in _BUCKETS:
        raise errors.InvalidArgument("clicksChartInterval", f"must be one of {', '.join(_BUCKETS)}")
    return _BUCKETS[name]


def _paging_interval(options: statistics_pb2.StatisticsOptions, time_zone: TimeZone) -> Interval:
    after = _date(options, "after_date", "afterDate", time_zone)
    before = _date(options, "before_date", "beforeDate", time_zone)
    # Both exclude the moment itself; clicks are shown to the millisecond, so that is what a moment is.
    return Interval(after + _MILLISECOND if after else None, before)


def _date(options: statistics_pb2.StatisticsOptions, field: str, name: str, time_zone: TimeZone) -> datetime | None:
    return moments.read(getattr(options, field), name, time_zone.info, is_wall_clock=time_zone.is_named)


def _ordered(interval: Interval) -> Interval:
    if interval.start is not None and interval.end is not None and interval.end < interval.start:
        raise errors.InvalidArgument("endDate", "must not lie before startDate")
    return interval
