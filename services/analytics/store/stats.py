"""Answer queries, all reports of one from one state of the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.analytics.domain.buckets import MOST_BUCKETS, Bucket, TooManyBuckets, borders
from services.analytics.domain.query import Answer, Dimension, Filter, Order, Query, Report, Row, Value
from services.analytics.store.plan import Plan, plan_of
from services.analytics.store.retention import raw_since
from services.analytics.store.stats_sql import ReportSql, bound_sql, summed_bounds_sql
from services.analytics.store.visits_sql import Scope
from services.common.errors import InvalidArgument
from services.common.postgres import Connection, Pool

_BEFORE_ALL: Final = datetime(1900, 1, 1, tzinfo=UTC)


class Stats:
    """Answers queries."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def answer(self, query: Query, now: datetime) -> Answer:
        """Answer a query's reports."""
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            # An interval that starts after now and has no end is empty rather than upside down.
            end = query.end or max(now, query.start or now)
            since = await raw_since(connection)
            bounds = await _bounds(connection, query, end, since)
            start = query.start or bounds.start
            results = [await _report(connection, query, report, start, end) for report in query.reports]
        return Answer(
            results=tuple(results),
            start=start,
            end=end,
            first_click_time=bounds.first,
            last_click_time=bounds.last,
            raw_since=since,
        )


@dataclass(frozen=True, slots=True)
class _Bounds:
    """When the clicks of a query begin and end, and a moment from which on all of them are counted."""

    start: datetime | None
    first: datetime | None
    last: datetime | None


async def _bounds(connection: Connection, query: Query, end: datetime, since: datetime | None) -> _Bounds:
    first = await _bound(connection, query, end, last=False)
    last = await _bound(connection, query, end, last=True) if first else None
    if since is None or (query.start is not None and query.start >= since):
        return _Bounds(first, first, last)
    # Raw clicks are gone: the totals know when there were any, of links if not of what else is asked for.
    earliest, latest = await _summed_bounds(connection, query, min(since, end))
    if earliest is None or latest is None:
        return _Bounds(first, first, last)
    # Daily sums know all of a day, and nothing of a part of it.
    day = earliest.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if any(item.dimension is not Dimension.LINK for item in query.filters):
        return _Bounds(day, first, last)
    return _Bounds(day, min(earliest, first or earliest), max(latest, last or latest))


async def _bound(connection: Connection, query: Query, end: datetime, *, last: bool) -> datetime | None:
    sql, parameters = bound_sql(_scope(query, query.start or _BEFORE_ALL, end), last=last)
    time: datetime | None = await connection.fetchval(sql, *parameters)
    return time


async def _summed_bounds(
    connection: Connection, query: Query, before: datetime
) -> tuple[datetime | None, datetime | None]:
    sql, parameters = summed_bounds_sql(_scope(query, query.start or _BEFORE_ALL, before), before)
    row = await connection.fetchrow(sql, *parameters)
    return (row[0], row[1]) if row else (None, None)


async def _report(
    connection: Connection, query: Query, report: Report, start: datetime | None, end: datetime
) -> tuple[Row, ...]:
    if start is None or start >= end:
        return () if report.dimensions or report.bucket is not Bucket.NONE else (_zeros(report, None),)
    try:
        steps = borders(report.bucket, start, end, query.zone)
    except TooManyBuckets:
        raise InvalidArgument("reports.bucket", f"the interval has more than {MOST_BUCKETS} of these buckets") from None
    scope = _scope(query, start, end, report.filters)
    # Sums know nothing of orphans, and would have to be taken apart around an exclusion.
    raw = bool(scope.excluded) or scope.has_orphans
    plan = plan_of(report, scope.filters, start, end, steps, raw=raw)
    sql, parameters = ReportSql(scope=scope, report=report, plan=plan).build()
    rows = [_row(tuple(record), report, plan) for record in await connection.fetch(sql, *parameters)]
    return tuple(rows) if report.dimensions else _filled(rows, report, steps)


def _scope(query: Query, start: datetime, end: datetime, more: tuple[Filter, ...] = ()) -> Scope:
    return Scope(
        audience=query.audience,
        filters=(*query.filters, *more),
        start=start,
        end=end,
        excluded=query.excluded,
        with_orphans=query.with_orphans,
    )


def _row(record: Sequence[Any], report: Report, plan: Plan) -> Row:
    """Read step, value and detail per dimension, metrics."""
    beyond = 1 + 2 * len(report.dimensions)
    pairs = zip(record[1:beyond:2], record[2:beyond:2], strict=True)
    return Row(
        values=tuple(Value(text, detail) for text, detail in pairs),
        bucket_start=plan.borders[record[0]] if plan.borders else None,
        metrics=tuple(record[beyond:]),
    )


def _filled(rows: Sequence[Row], report: Report, steps: tuple[datetime, ...]) -> tuple[Row, ...]:
    """Add a row of zeros for each step without clicks, then order and cut."""
    by_step = {row.bucket_start: row for row in rows}
    filled = [by_step.get(step) or _zeros(report, step) for step in steps or (None,)]
    order = report.effective_order
    if order is Order.TIME_DESCENDING:
        filled.reverse()
    elif order is Order.METRIC_DESCENDING:
        # A stable sort: steps with equal numbers stay in their order.
        filled.sort(key=lambda row: -row.metrics[0])
    return tuple(filled[: report.rows])


def _zeros(report: Report, step: datetime | None) -> Row:
    return Row((), step, (0,) * len(report.metrics))
