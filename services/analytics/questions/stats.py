"""Answer queries, all reports of one on one state of the data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.analytics.domain.buckets import MOST_BUCKETS, Bucket, TooManyBuckets, bucket_starts
from services.analytics.domain.query import Filter, Metric, Order, Query, QueryResult, Report, Row, Value
from services.analytics.questions.answers import Answers
from services.analytics.questions.bounds import bounds_of
from services.analytics.questions.breakdowns_sql import Breakdown, breakdowns_sql
from services.analytics.questions.conditions import Selection
from services.analytics.questions.plan import Plan, plan_of
from services.analytics.questions.reading import Reader
from services.analytics.questions.report_sql import ReportSql
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.snapshots import Snapshots
from services.analytics.segments.files import SegmentFiles
from services.common.errors import InvalidArgument

_VISITORS: Final = frozenset({Metric.VISITORS, Metric.HUMAN_VISITORS})


class Stats:
    """Answers queries."""

    def __init__(self, snapshots: Snapshots, files: SegmentFiles) -> None:
        self._snapshots = snapshots
        self._files = files
        self._answers = Answers()

    async def query(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query at a moment; raise InvalidArgument for too many buckets."""
        # An interval that starts after now and has no end is empty rather than upside down.
        end = query.end or max(now, query.start or now)
        selection = _selection(query, query.start, end)
        visitors = any(_VISITORS.intersection(report.metrics) for report in query.reports)
        has_orphans = any(_selection(query, None, None, report.filters).has_orphans for report in query.reports)
        orphans = selection.orphans_of if has_orphans else []
        async with self._snapshots.taken(visitors=visitors, orphans_of=orphans) as snapshot:
            if (known := self._answers.find(query, snapshot.state, now)) is not None:
                return known
            reader = Reader(snapshot, self._files)
            bounds = await bounds_of(snapshot, selection, reader)
            start = query.start or bounds.start
            asked = [_Asked(snapshot, query, report, start, end) for report in query.reports]
            results = await _results(asked, reader)
        result = QueryResult(
            results=tuple(results),
            start=start,
            end=end,
            first_click_time=bounds.first,
            last_click_time=bounds.last,
            raw_since=snapshot.state.raw_since,
        )
        self._answers.keep(query, snapshot.state, now, result)
        return result


async def _results(asked: Sequence["_Asked"], reader: Reader) -> list[tuple[Row, ...]]:
    """Return the rows of all reports; breakdowns of one selection are counted together."""
    results: dict[int, tuple[Row, ...]] = {}
    together: dict[Selection, dict[int, Breakdown]] = defaultdict(dict)
    for number, each in enumerate(asked):
        if breakdown := each.breakdown():
            # One of a kind: two breakdowns by the same dimension would be told apart by nothing.
            of_selection = together[breakdown.selection]
            if breakdown.plan.dimension not in {other.plan.dimension for other in of_selection.values()}:
                of_selection[number] = breakdown
    for some in together.values():
        sql, statement = breakdowns_sql(asked[0].snapshot, [*some.values()])
        records = await reader.fetch(sql, statement)
        results |= {number: each.rows(records) for number, each in some.items()}
    for number, each in enumerate(asked):
        if number not in results:
            results[number] = await each.rows(reader)
    return [results[number] for number in range(len(asked))]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A report on a snapshot, over [start, end)."""

    snapshot: Snapshot
    query: Query
    report: Report
    start: datetime | None
    end: datetime

    def breakdown(self) -> Breakdown | None:
        """Return the breakdown that it is, if it is one that can be counted together with others."""
        if self.start is None or self.start >= self.end:
            return None
        plan, selection = self._plan(self.start)
        return Breakdown.of(self.report, plan, selection)

    async def rows(self, reader: Reader) -> tuple[Row, ...]:
        """Return its rows."""
        report = self.report
        if self.start is None or self.start >= self.end:
            return () if report.dimensions or report.bucket is not Bucket.NONE else (_zeros(report, None),)
        plan, selection = self._plan(self.start)
        sql, statement = ReportSql(snapshot=self.snapshot, selection=selection, report=report, plan=plan).build()
        rows = [_row(record, report, plan) for record in await reader.fetch(sql, statement)]
        return tuple(rows) if report.dimensions else _filled(rows, report, plan.bucket_starts)

    def _plan(self, start: datetime) -> tuple[Plan, Selection]:
        try:
            starts = bucket_starts(self.report.bucket, start, self.end, self.query.zone)
        except TooManyBuckets:
            refusal = f"the interval has more than {MOST_BUCKETS} of these buckets"
            raise InvalidArgument("reports.bucket", refusal) from None
        # Without a start there is none to look at: all clicks until the end are meant.
        selection = _selection(self.query, self.query.start, self.end, self.report.filters)
        # Sums know nothing of orphans, and would have to be taken apart around an exclusion.
        raw = bool(selection.excluded) or selection.has_orphans
        return plan_of(
            self.report,
            selection.filters,
            start,
            self.end,
            starts,
            raw=raw,
            is_open=self.query.start is None,
        ), selection


def _selection(query: Query, start: datetime | None, end: datetime | None, more: tuple[Filter, ...] = ()) -> Selection:
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
