"""From our numbers to spoo.me's statistics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.compat.spoo import moments, values
from gateway.compat.spoo.stats import buckets, parse
from gateway.compat.spoo.stats.parse import StatsQuery
from gateway.compat.spoo.stats.queries import Count
from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.analytics.v1.stats_service_pb2 import ReportResult

_MICROSECONDS: Final = 1000

# What goes out as JSON, and into files.
Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of a period."""

    clicks: int = 0
    visitors: int = 0
    # Mean time of a redirect.
    latency_us: int = 0
    first_click: datetime | None = None
    last_click: datetime | None = None


def totals(answer: stats_service_pb2.QueryStatsResponse) -> Totals:
    """Read the report of sums, which comes first; without clicks it may have no row."""
    rows = answer.results[0].rows
    clicks, visitors, latency = rows[0].metrics if rows else (0, 0, 0)
    if not clicks:
        return Totals()
    return Totals(
        clicks=clicks,
        visitors=visitors,
        latency_us=latency,
        first_click=moments.of(answer.first_click_time),
        last_click=moments.of(answer.last_click_time),
    )


def time_counts(query: StatsQuery, result: ReportResult) -> list[Count]:
    """Read the report of steps. When clocks go back, two hours have one name, and are one row."""
    label = buckets.strategy_for(query.end - query.start).label
    rows: dict[str, Count] = {}
    for row in result.rows:
        name = moments.of(row.bucket_start_time).astimezone(query.zone).strftime(label)
        count = Count(name, row.metrics[0], sum(row.metrics[1:]), frozenset())
        rows[name] = rows[name] + count if name in rows else count
    return list(rows.values())


def statistics(
    query: StatsQuery, sums: Totals, breakdowns: Mapping[str, Iterable[Count]], generated_at: datetime
) -> Body:
    """Render the answer to a question about statistics."""
    return {
        "scope": query.scope,
        "filters": {name: list(values) for name, values in query.filters.items()},
        "group_by": list(query.group_by),
        "timezone": query.timezone,
        "time_range": {
            "start_date": moments.iso(query.start, query.zone),
            "end_date": moments.iso(query.end, query.zone),
        },
        "summary": {
            "total_clicks": values.count(sums.clicks),
            "unique_clicks": values.count(sums.visitors),
            "first_click": moments.iso(sums.first_click, query.zone) if sums.first_click else None,
            "last_click": moments.iso(sums.last_click, query.zone) if sums.last_click else None,
            "avg_redirection_time": round(sums.latency_us / _MICROSECONDS, 2),
        },
        "metrics": {
            f"{metric}_by_{name}": _rows(name, metric, counts)
            for name, counts in breakdowns.items()
            for metric in dict.fromkeys(query.metrics)
        },
        "generated_at": moments.iso(generated_at),
        "api_version": "v1",
        "short_code": query.short_code or None,
        "time_bucket_info": _bucket_info(query) if parse.TIME in query.group_by else None,
        "computed_metrics": _computed(sums) if sums.clicks else None,
    }


def _rows(name: str, metric: str, counts: Iterable[Count]) -> list[Body]:
    pairs = [(row.label, row.clicks if metric == parse.CLICKS else row.visitors) for row in counts]
    total = sum(number for _, number in pairs)
    return [
        {name: label, metric: number} | ({f"{metric}_percentage": round(number / total * 100, 2)} if total else {})
        for label, number in pairs
    ]


def _bucket_info(query: StatsQuery) -> Body:
    strategy = buckets.strategy_for(query.end - query.start)
    return {
        "strategy": strategy.name,
        "mongo_format": strategy.label,
        "display_format": strategy.label,
        "timezone": query.timezone,
        "interval_minutes": strategy.minutes,
    }


def _computed(sums: Totals) -> Body:
    rate = sums.visitors / sums.clicks * 100
    return {
        "unique_click_rate": round(rate, 2),
        "repeat_click_rate": round(100 - rate, 2),
        "average_clicks_per_visitor": round(sums.clicks / sums.visitors, 2) if sums.visitors else 0,
    }
