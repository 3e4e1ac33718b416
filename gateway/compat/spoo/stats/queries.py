"""What spoo.me's statistics ask of ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from gateway.compat.shared.device_types import UNDOCUMENTED
from gateway.compat.spoo import ids
from gateway.compat.spoo.stats import buckets, parse, sites
from gateway.compat.spoo.stats.parse import StatsQuery
from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.analytics.v1.stats_service_pb2 import (
    DIMENSION_BROWSER,
    DIMENSION_CITY,
    DIMENSION_CODE,
    DIMENSION_COUNTRY,
    DIMENSION_DEVICE_TYPE,
    DIMENSION_LINK,
    DIMENSION_OS,
    DIMENSION_REFERRER_HOST,
    DIMENSION_UTM_CAMPAIGN,
    DIMENSION_UTM_MEDIUM,
    DIMENSION_UTM_SOURCE,
    METRIC_CLICKS,
    METRIC_MEAN_LATENCY,
    METRIC_VISITORS,
    ORDER_TIME_ASCENDING,
    Dimension,
    Filter,
    QueryStatsRequest,
    Report,
    ReportResult,
    StatsRow,
)
from services.common import emoji_codes

# Reports of one question; analytics takes no more.
MOST_REPORTS: Final = 20
_MOST_ROWS: Final = 10_000
# No link has this id.
_NO_LINK: Final = str(2**63 - 1)
_SECOND_STEP: Final = timedelta(microseconds=1)
_COUNTRY_CODE_LENGTH: Final = 2
# Both the native word for something else, and what this API has no word for.
_OTHER_DEVICES: Final = UNDOCUMENTED | {"other"}
_OS_ALIASES: Final = {"macOS": "Mac OS X"}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A dimension as this API shows it."""

    dimension: Dimension.ValueType
    # What stands for "none" and "unknown".
    missing: str
    most_rows: int
    # Whether several of our values are one of theirs.
    is_merged: bool = False

    def label(self, row: StatsRow) -> str:
        """Return the value of a row as it is shown."""
        value = row.dimensions[0].value
        if self.dimension == DIMENSION_REFERRER_HOST:
            value = sites.site_of(value)
        elif self.dimension == DIMENSION_DEVICE_TYPE and value in _OTHER_DEVICES:
            value = ""
        elif self.dimension == DIMENSION_CODE:
            value = emoji_codes.text_of(value)
        return value or self.missing


BREAKDOWNS: Final[Mapping[str, Breakdown]] = {
    "browser": Breakdown(DIMENSION_BROWSER, "Unknown", 20),
    "os": Breakdown(DIMENSION_OS, "Unknown", 20),
    "device": Breakdown(DIMENSION_DEVICE_TYPE, "unknown", 20, is_merged=True),
    "country": Breakdown(DIMENSION_COUNTRY, "XX", 50),
    # Cities of one name in several countries.
    "city": Breakdown(DIMENSION_CITY, "Unknown", 50, is_merged=True),
    "referrer": Breakdown(DIMENSION_REFERRER_HOST, "Direct", 30, is_merged=True),
    "short_code": Breakdown(DIMENSION_CODE, "Unknown", 100),
    "utm_source": Breakdown(DIMENSION_UTM_SOURCE, "(none)", 50),
    "utm_medium": Breakdown(DIMENSION_UTM_MEDIUM, "(none)", 50),
    "utm_campaign": Breakdown(DIMENSION_UTM_CAMPAIGN, "(none)", 50),
}


@dataclass(frozen=True, slots=True)
class Count:
    """One row of a breakdown."""

    label: str
    clicks: int
    visitors: int
    # Which of our values it sums up.
    values: frozenset[str]
    # Whether it sums up several rows, so that its visitors are not the sum of theirs.
    is_summed: bool = False

    def __add__(self, other: "Count") -> "Count":
        """Sum up two rows of one label."""
        return Count(
            self.label,
            self.clicks + other.clicks,
            self.visitors + other.visitors,
            self.values | other.values,
            is_summed=True,
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What occurs in the clicks, for filters that call our values otherwise."""

    hosts: tuple[str, ...] = ()
    # Codes of countries by their English names.
    countries: Mapping[str, str] | None = None


def needs_vocabulary(query: StatsQuery) -> bool:
    """Return whether a filter cannot be told without knowing what occurs."""
    return _asks_for_sites(query) or any(len(name) != _COUNTRY_CODE_LENGTH for name in query.filters.get("country", ()))


def vocabulary_request(query: StatsQuery, scope: Iterable[Filter]) -> QueryStatsRequest:
    """Ask which referring hosts and countries occur."""
    return _request(
        query,
        scope,
        Report(dimensions=[DIMENSION_REFERRER_HOST], metrics=[METRIC_CLICKS], limit=_MOST_ROWS),
        Report(dimensions=[DIMENSION_COUNTRY], metrics=[METRIC_CLICKS], limit=_MOST_ROWS),
    )


def vocabulary(hosts: ReportResult, countries: ReportResult) -> Vocabulary:
    """Read the answer to vocabulary_request."""
    return Vocabulary(
        hosts=tuple(row.dimensions[0].value for row in hosts.rows),
        countries={row.dimensions[0].label: row.dimensions[0].value for row in countries.rows},
    )


def filters(query: StatsQuery, vocabulary: Vocabulary) -> list[Filter]:
    """Translate the filters; one without values filters nothing, as on the real service."""
    found = []
    for name, values in query.filters.items():
        if values and name == parse.URL_ID:
            link_ids = [str(number) for value in values if (number := ids.number(value))]
            found.append(of_links(link_ids))
        elif values and name in BREAKDOWNS:
            breakdown = BREAKDOWNS[name]
            plain = {"" if value == breakdown.missing else value for value in values}
            found.append(Filter(dimension=breakdown.dimension, values=sorted(_ours(name, plain, vocabulary))))
    return found


def of_links(link_ids: Iterable[str]) -> Filter:
    """Filter by links; no link at all passes no click."""
    return Filter(dimension=DIMENSION_LINK, values=[*link_ids] or [_NO_LINK])


def request(query: StatsQuery, conditions: Iterable[Filter]) -> QueryStatsRequest:
    """Ask for the sums and then for each dimension, in the order of the request."""
    totals = Report(metrics=[METRIC_CLICKS, METRIC_VISITORS, METRIC_MEAN_LATENCY])
    return _request(query, conditions, totals, *(_report(query, name) for name in groups(query)))


def groups(query: StatsQuery) -> tuple[str, ...]:
    """Return the dimensions, each once."""
    return tuple(dict.fromkeys(query.group_by))


def counts(name: str, result: ReportResult) -> list[Count]:
    """Read a report about a dimension: what is one value for this API becomes one row."""
    breakdown = BREAKDOWNS[name]
    merged: dict[str, Count] = {}
    for row in result.rows:
        label = breakdown.label(row)
        count = Count(label, row.metrics[0], sum(row.metrics[1:]), frozenset([row.dimensions[0].value]))
        merged[label] = merged[label] + count if label in merged else count
    rows = sorted(merged.values(), key=lambda count: (-count.clicks, count.label))
    return rows[: breakdown.most_rows]


def without_visitors(breakdowns: Mapping[str, Sequence[Count]]) -> list[tuple[str, tuple[Count, ...]]]:
    """Return the rows whose visitors are to be asked for, by dimension: those of one value together, sums alone.

    Visitors of several values cannot be added up: who is among both would be counted twice.
    """
    groups: list[tuple[str, tuple[Count, ...]]] = []
    for name, rows in breakdowns.items():
        if name != parse.TIME and BREAKDOWNS[name].is_merged:
            if single := tuple(row for row in rows if not row.is_summed):
                groups.append((name, single))
            groups += [(name, (row,)) for row in rows if row.is_summed]
    return groups


def visitors_request(
    query: StatsQuery, conditions: Iterable[Filter], asked: Iterable[tuple[str, tuple[Count, ...]]]
) -> QueryStatsRequest:
    """Ask for the visitors of groups of rows, a report for each."""
    return _request(query, conditions, *(_visitors_report(name, rows) for name, rows in asked))


def visitors(rows: tuple[Count, ...], result: ReportResult) -> list[Count]:
    """Return the rows of a group with their visitors."""
    if rows[0].is_summed:
        return [replace(rows[0], visitors=result.rows[0].metrics[0] if result.rows else 0)]
    found = {row.dimensions[0].value: row.metrics[0] for row in result.rows}
    return [replace(row, visitors=sum(found.get(value, 0) for value in row.values)) for row in rows]


def _visitors_report(name: str, rows: tuple[Count, ...]) -> Report:
    dimension = BREAKDOWNS[name].dimension
    values = sorted({value for row in rows for value in row.values})
    of_values = Filter(dimension=dimension, values=values)
    if rows[0].is_summed:
        return Report(metrics=[METRIC_VISITORS], filters=[of_values])
    return Report(dimensions=[dimension], metrics=[METRIC_VISITORS], filters=[of_values], limit=len(values))


def _report(query: StatsQuery, name: str) -> Report:
    # Visitors of each value cost many times what clicks do, and most of the values that become one are not shown.
    has_visitors = parse.UNIQUE_CLICKS in query.metrics and (name == parse.TIME or not BREAKDOWNS[name].is_merged)
    metrics = [METRIC_CLICKS, *([METRIC_VISITORS] if has_visitors else [])]
    if name == parse.TIME:
        bucket = buckets.strategy_for(query.end - query.start).bucket
        return Report(bucket=bucket, metrics=metrics, order=ORDER_TIME_ASCENDING)
    breakdown = BREAKDOWNS[name]
    limit = _MOST_ROWS if breakdown.is_merged else breakdown.most_rows
    return Report(dimensions=[breakdown.dimension], metrics=metrics, limit=limit)


def _request(query: StatsQuery, conditions: Iterable[Filter], *reports: Report) -> QueryStatsRequest:
    asked = stats_service_pb2.QueryStatsRequest(filters=conditions, time_zone=query.timezone, reports=reports)
    asked.interval.start_time.FromDatetime(query.start)
    # Here the end is counted, too.
    asked.interval.end_time.FromDatetime(query.end + _SECOND_STEP)
    return asked


def _ours(name: str, values: set[str], vocabulary: Vocabulary) -> set[str]:
    """Return which of our values are meant; a value that nobody knows passes no click."""
    if name == "referrer":
        wanted = {sites.site_in(value) for value in values if value}
        # Nothing but a host that occurs can pass, so naming these is enough.
        hosts = {host for host in vocabulary.hosts if host and sites.site_of(host) in wanted}
        return hosts | wanted | ({""} & values)
    if name == "country":
        return {(vocabulary.countries or {}).get(value, value) for value in values}
    if name == "short_code":
        return {emoji_codes.code_of(value) or value for value in values}
    if name == "os":
        return {_OS_ALIASES.get(value, value) for value in values}
    if name == "device" and "" in values:
        return values | _OTHER_DEVICES
    return values


def _asks_for_sites(query: StatsQuery) -> bool:
    return any(value != BREAKDOWNS["referrer"].missing for value in query.filters.get("referrer", ()))
