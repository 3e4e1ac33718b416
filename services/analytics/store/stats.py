"""Run queries, all reports of one on one state of the data."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.analytics import metrics
from services.analytics.columns.counting import Counting
from services.analytics.domain.buckets import MOST_BUCKETS, Bucket, TooManyBuckets, bucket_starts
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter, Order, Query, QueryResult, Report, Row, Value
from services.analytics.store.copies import Copies
from services.analytics.store.link_state import state_of
from services.analytics.store.plan import Plan, Table, plan_of
from services.analytics.store.retention import raw_since
from services.analytics.store.stats_sql import ReportSql, bound_sql, summed_bounds_sql
from services.analytics.store.visits_sql import Selection
from services.common.errors import InvalidArgument
from services.runtime.postgres import Connection, Pool

_BEFORE_ALL: Final = datetime(1900, 1, 1, tzinfo=UTC)


class Stats:
    """Runs queries."""

    def __init__(self, pool: Pool, copies: Copies | None = None) -> None:
        self._pool = pool
        self._copies = copies or Copies(pool)

    async def query(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query at a moment; raise InvalidArgument for too many buckets."""
        # An interval that starts after now and has no end is empty rather than upside down.
        end = query.end or max(now, query.start or now)
        async with AsyncExitStack() as stack:
            async with self._copies.turn(query) as copy:
                connection = await stack.enter_async_context(self._pool.acquire())
                await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
                if copy is None:
                    since, frame = await raw_since(connection), None
                else:
                    state = await state_of(connection, copy.link_id)
                    since, frame = state.raw_since, await self._copies.frame_at(connection, copy, query, state)
            counting = Counting(frame, query, query.start or _BEFORE_ALL, end) if frame else None
            result = await _Snapshot(connection, query, end, since, counting).result()
        if counting is not None:
            self._copies.weigh()
        return result


@dataclass(frozen=True, slots=True)
class _Bounds:
    """When the clicks of a query begin and end, and a moment from which on all of them are counted."""

    start: datetime | None
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A query in a snapshot of the data, and the raw clicks of that snapshot in memory, if they are."""

    connection: Connection
    query: Query
    end: datetime
    since: datetime | None
    counting: Counting | None

    async def result(self) -> QueryResult:
        """Return the result of the query."""
        bounds = await self._bounds()
        start = self.query.start or bounds.start
        return QueryResult(
            results=tuple([await self._report(report, start) for report in self.query.reports]),
            start=start,
            end=self.end,
            first_click_time=bounds.first,
            last_click_time=bounds.last,
            raw_since=self.since,
        )

    async def _bounds(self) -> _Bounds:
        first, last = await self._raw_bounds()
        if self._is_all_raw(self.query.start):
            return _Bounds(first, first, last)
        # Raw clicks are gone: the totals know when there were any, of links if not of what else is asked for.
        earliest, latest = await self._summed_bounds(min(self.since or self.end, self.end))
        if earliest is None or latest is None:
            return _Bounds(first, first, last)
        # Daily sums know all of a day, and nothing of a part of it.
        day = earliest.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if any(item.dimension is not Dimension.LINK for item in self.query.filters):
            return _Bounds(day, first, last)
        return _Bounds(day, min(earliest, first or earliest), max(latest, last or latest))

    def _is_all_raw(self, start: datetime | None) -> bool:
        return self.since is None or (start is not None and start >= self.since)

    async def _raw_bounds(self) -> tuple[datetime | None, datetime | None]:
        if self.counting is not None:
            return await asyncio.to_thread(self.counting.bounds) or (None, None)
        first = await self._bound(last=False)
        return first, await self._bound(last=True) if first else None

    async def _bound(self, *, last: bool) -> datetime | None:
        selection = _selection(self.query, self.query.start or _BEFORE_ALL, self.end)
        sql, parameters = bound_sql(selection, last=last)
        time: datetime | None = await self.connection.fetchval(sql, *parameters)
        return time

    async def _summed_bounds(self, before: datetime) -> tuple[datetime | None, datetime | None]:
        sql, parameters = summed_bounds_sql(_selection(self.query, self.query.start or _BEFORE_ALL, before), before)
        row = await self.connection.fetchrow(sql, *parameters)
        return (row[0], row[1]) if row else (None, None)

    async def _report(self, report: Report, start: datetime | None) -> tuple[Row, ...]:
        if start is None or start >= self.end:
            return () if report.dimensions or report.bucket is not Bucket.NONE else (_zeros(report, None),)
        try:
            starts = bucket_starts(report.bucket, start, self.end, self.query.zone)
        except TooManyBuckets:
            refusal = f"the interval has more than {MOST_BUCKETS} of these buckets"
            raise InvalidArgument("reports.bucket", refusal) from None
        selection = _selection(self.query, start, self.end, report.filters)
        # Sums know nothing of orphans, and would have to be taken apart around an exclusion.
        raw = bool(selection.excluded) or selection.has_orphans
        plan = plan_of(report, selection.filters, start, self.end, starts, raw=raw)
        if self.counting is not None and (plan.table is Table.RAW or self._is_all_raw(start)):
            metrics.REPORTS.labels("memory").inc()
            rows = await asyncio.to_thread(self.counting.rows, report, starts)
        else:
            metrics.REPORTS.labels(plan.table.value).inc()
            sql, parameters = ReportSql(selection=selection, report=report, plan=plan).build()
            rows = [_row(tuple(record), report, plan) for record in await self.connection.fetch(sql, *parameters)]
        return tuple(rows) if report.dimensions else _filled(rows, report, starts)


def _selection(query: Query, start: datetime, end: datetime, more: tuple[Filter, ...] = ()) -> Selection:
    return Selection(
        audience=query.audience,
        filters=(*query.filters, *more),
        start=start,
        end=end,
        excluded=query.excluded,
        with_orphans=query.with_orphans,
    )


def _row(record: Sequence[Any], report: Report, plan: Plan) -> Row:
    """Read a bucket, a value and a detail per dimension, and the metrics."""
    beyond = 1 + 2 * len(report.dimensions)
    pairs = zip(record[1:beyond:2], record[2:beyond:2], strict=True)
    return Row(
        values=tuple(Value(text, detail) for text, detail in pairs),
        bucket_start=plan.bucket_starts[record[0]] if plan.bucket_starts else None,
        metrics=tuple(record[beyond:]),
    )


def _filled(rows: Sequence[Row], report: Report, starts: tuple[datetime, ...]) -> tuple[Row, ...]:
    """Add a row of zeros for each bucket without clicks, then order and cut."""
    by_start = {row.bucket_start: row for row in rows}
    filled = [by_start.get(start) or _zeros(report, start) for start in starts or (None,)]
    order = report.effective_order
    if order is Order.TIME_DESCENDING:
        filled.reverse()
    elif order is Order.METRIC_DESCENDING:
        # A stable sort: buckets with equal numbers stay in their order.
        filled.sort(key=lambda row: -row.metrics[0])
    return tuple(filled[: report.rows])


def _zeros(report: Report, bucket_start: datetime | None) -> Row:
    return Row((), bucket_start, (0,) * len(report.metrics))
