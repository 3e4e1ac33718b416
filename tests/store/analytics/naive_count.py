"""Count raw clicks one by one, with nothing but the definition: what every answer is compared with."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from services.analytics.domain.buckets import Bucket, bucket_starts
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension, detail_of, value_of
from services.analytics.domain.query import Audience, Metric, Order, Query, Report, Row, Value

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
FIELDS: dict[Dimension, Callable[[Click], str]] = {dimension: value_of(dimension) for dimension in Dimension}


def naive_bounds(query: Query, clicks: Sequence[Click], now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the times of the first and the last click that a query means."""
    end = query.end or max(now, query.start or now)
    times = [
        item.time
        for item in clicks
        if _is_seen(item, query.audience)
        and not _is_excluded(item, query)
        and all(rule.passes(FIELDS[rule.dimension](item)) for rule in query.filters)
        and (query.start or _FIRST) <= item.time < end
    ]
    return min(times, default=None), max(times, default=None)


def naive(query: Query, report: Report, clicks: Sequence[Click], now: datetime) -> list[Row]:
    """Count one by one, with nothing but the definition."""
    conditions = [*query.filters, *report.filters]
    seen = [item for item in clicks if _is_seen(item, query.audience) and not _is_excluded(item, query)]
    passing = [item for item in seen if all(rule.passes(FIELDS[rule.dimension](item)) for rule in query.filters)]
    end = query.end or max(now, query.start or now)
    start = query.start or min((item.time for item in passing if item.time < end), default=end)
    starts = bucket_starts(report.bucket, start, end, query.zone)
    groups: dict[tuple[datetime | None, tuple[Value, ...]], list[Click]] = defaultdict(list)
    if not report.dimensions:
        for bucket_start in starts or ((None,) if report.bucket is Bucket.NONE else ()):
            groups[bucket_start, ()] = []
    for item in seen:
        if start <= item.time < end and all(rule.passes(FIELDS[rule.dimension](item)) for rule in conditions):
            values = tuple(Value(FIELDS[each](item), detail_of(each, item)) for each in report.dimensions)
            groups[starts[bisect_right(starts, item.time) - 1] if starts else None, values].append(item)
    rows = [Row(values, bucket_start, tuple(_measure(each, items) for each in report.metrics))
            for (bucket_start, values), items in groups.items()]  # fmt: skip
    return _ordered(rows, report)[report.skip : report.skip + report.rows]


def _ordered(rows: list[Row], report: Report) -> list[Row]:
    order = report.effective_order
    rows.sort(key=lambda row: [(value.text, value.detail) for value in row.values])
    rows.sort(key=lambda row: row.bucket_start or _FIRST, reverse=order is Order.TIME_DESCENDING)
    if order is Order.METRIC_DESCENDING:
        rows.sort(key=lambda row: -row.metrics[0])
    return rows


def _is_seen(item: Click, audience: Audience) -> bool:
    return item.link_id == audience.link_id if audience.link_id else item.owner_id == audience.owner_id


def _is_excluded(item: Click, query: Query) -> bool:
    return any((span.start or _FIRST) <= item.time < (span.end or _LAST) for span in query.excluded)


def _measure(metric: Metric, items: Sequence[Click]) -> int:
    if metric is Metric.CLICKS:
        return len(items)
    if metric is Metric.HUMAN_CLICKS:
        return sum(not item.is_bot for item in items)
    if metric is Metric.MEAN_LATENCY:
        mean = Decimal(sum(item.latency_us for item in items)) / (len(items) or 1)
        return int(mean.quantize(Decimal(1), ROUND_HALF_UP))
    if metric is Metric.LAST_CLICK_TIME:
        return max((int(item.time.timestamp()) for item in items), default=0)
    if metric is Metric.FIRST_CLICK_TIME:
        return min((int(item.time.timestamp()) for item in items), default=0)
    return len({item.visitor for item in items if metric is Metric.VISITORS or not item.is_bot})
