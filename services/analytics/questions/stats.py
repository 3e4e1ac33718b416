"""Answer queries, all reports of one on one state of the data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from services.analytics.domain.buckets import MOST_BUCKETS, Bucket, TooManyBuckets, bucket_starts
from services.analytics.domain.query import Filter, Metric, Order, Query, QueryResult, Report, Row, Value
from services.analytics.questions.answers import Answers
from services.analytics.questions.bounds import bounds_of
from services.analytics.questions.breakdowns_sql import Breakdown, breakdowns_sql
from services.analytics.questions.conditions import Selection
from services.analytics.questions.domains import Domains
from services.analytics.questions.plan import Plan, plan_of
from services.analytics.questions.reading import Reader
from services.analytics.questions.report_sql import MOST_BITS, ReportSql, ranks_by_clicks
from services.analytics.questions.scan import Scan
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.snapshots import Snapshots
from services.analytics.segments.files import SegmentFiles
from services.common.errors import InvalidArgument

# So many that would read the same clicks read them once instead.
_SHARED: Final = 2
_VISITORS: Final = frozenset({Metric.VISITORS, Metric.HUMAN_VISITORS})


class Stats:
    """Answers queries."""

    def __init__(self, snapshots: Snapshots, files: SegmentFiles) -> None:
        self._snapshots = snapshots
        self._files = files
        self._answers = Answers()
        self._domains = Domains()

    async def query(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query at a moment; raise InvalidArgument for too many buckets."""
        # An interval that starts after now and has no end is empty rather than upside down.
        end = query.end or max(now, query.start or now)
        visitors = any(_VISITORS.intersection(report.metrics) for report in query.reports)
        selections = [_selection(query, query.start, end, report.filters) for report in query.reports]
        orphans = selections[0].orphans_of if any(each.has_orphans for each in selections) else []
        async with self._snapshots.taken(visitors=visitors, orphans_of=orphans) as snapshot:
            if (known := self._answers.find(query, snapshot.state, now)) is not None:
                return known
            reader = Reader(snapshot, self._files)
            of_newest = await self._domains.passing(query, snapshot, reader)
            result = await _Question(query, end, of_newest, snapshot, reader).result()
        self._answers.keep(query, snapshot.state, now, result)
        return result


class _Question:
    """A query on a snapshot."""

    def __init__(
        self, query: Query, end: datetime, of_newest: tuple[Filter, ...], snapshot: Snapshot, reader: Reader
    ) -> None:
        """of_newest: those of the query's filters that all clicks of segments pass."""
        self._query = query
        self._end = end
        filters = tuple(item for item in query.filters if item not in of_newest)
        self._selection = replace(_selection(query, query.start, end), filters=filters, of_newest=of_newest)
        self._snapshot = snapshot
        self._reader = reader

    async def result(self) -> QueryResult:
        """Answer it."""
        start, bounds = self._query.start, None
        if start is None:
            # Which buckets there are depends on the first click.
            bounds = await bounds_of(self._snapshot, self._selection, self._reader)
            start = bounds.start
        asked = [self._asked(report, start) for report in self._query.reports]
        scanned = await self._scan(asked, has_bounds=bounds is not None)
        bounds = bounds or await bounds_of(self._snapshot, self._selection, self._reader, scanned.scan)
        return QueryResult(
            results=await self._results(asked, scanned),
            start=start,
            end=self._end,
            first_click_time=bounds.first,
            last_click_time=bounds.last,
            raw_since=self._snapshot.state.raw_since,
        )

    def _asked(self, report: Report, start: datetime | None) -> "_Asked | None":
        """Return how a report is counted; None when there is nothing to count."""
        if start is None or start >= self._end:
            return None
        try:
            starts = bucket_starts(report.bucket, start, self._end, self._query.zone)
        except TooManyBuckets:
            refusal = f"the interval has more than {MOST_BUCKETS} of these buckets"
            raise InvalidArgument("reports.bucket", refusal) from None
        # Without a start there is none to look at: all clicks until the end are meant.
        selection = replace(self._selection, filters=(*self._selection.filters, *report.filters))
        plan = plan_of(
            report,
            selection.filters,
            start,
            self._end,
            starts,
            # Sums know nothing of orphans, and would have to be taken apart around an exclusion.
            raw=bool(selection.excluded) or selection.has_orphans,
            is_open=self._query.start is None,
        )
        return _Asked(report, start, plan, selection)

    async def _scan(self, asked: Sequence["_Asked | None"], *, has_bounds: bool) -> "_Scanned":
        """Read the raw clicks that several reports are counted from, or a report and the bounds."""
        scan = Scan(self._snapshot, self._selection)
        places = [
            place for place, each in enumerate(asked) if each and scan.takes(each.report, each.plan, each.selection)
        ]
        if len(places) + (not has_bounds) < _SHARED or not places:
            return _Scanned(None, frozenset())
        await scan.run(self._reader)
        return _Scanned(scan, frozenset(places))

    async def _results(self, asked: Sequence["_Asked | None"], scanned: "_Scanned") -> tuple[tuple[Row, ...], ...]:
        """Return the rows of all reports; breakdowns of one selection are counted together."""
        results = await self._breakdowns(asked)
        for place, (report, each) in enumerate(zip(self._query.reports, asked, strict=True)):
            if each is None:
                results[place] = _no_rows(report)
            elif place not in results:
                results[place] = await self._rows(each, scanned.scan if place in scanned.places else None)
        return tuple(results[place] for place in range(len(asked)))

    async def _breakdowns(self, asked: Sequence["_Asked | None"]) -> dict[int, tuple[Row, ...]]:
        together: dict[Selection, dict[int, Breakdown]] = defaultdict(dict)
        for place, each in enumerate(asked):
            if each and (breakdown := Breakdown.of(each.report, each.plan, each.selection)):
                # One of a kind: two breakdowns by the same dimension would be told apart by nothing.
                of_selection = together[breakdown.selection]
                if breakdown.plan.dimension not in {other.plan.dimension for other in of_selection.values()}:
                    of_selection[place] = breakdown
        results: dict[int, tuple[Row, ...]] = {}
        for some in together.values():
            records = await self._reader.fetch(*breakdowns_sql(self._snapshot, [*some.values()]))
            results |= {place: each.rows(records) for place, each in some.items()}
        return results

    async def _of_top(self, asked: "_Asked") -> "_Asked":
        """Find the values of a report by clicks alone, and return the report on these: their visitors are counted soon.

        Where the sets of so many groups would not fit into memory, the report stays as it is.
        """
        if asked.report.rows * self._snapshot.visitors > MOST_BITS:
            return asked
        ranking = self._asked(replace(asked.report, metrics=asked.report.metrics[:1]), asked.start)
        values = frozenset(row.values[0].text for row in await self._rows(ranking, None)) if ranking else None
        if not values:
            return asked
        top = Filter(dimension=asked.report.dimensions[0], values=values)
        return replace(asked, selection=replace(asked.selection, filters=(*asked.selection.filters, top)))

    async def _rows(self, asked: "_Asked", scan: Scan | None) -> tuple[Row, ...]:
        if scan is None and ranks_by_clicks(asked.report):
            asked = await self._of_top(asked)
        report, plan = asked.report, asked.plan
        sql = ReportSql(snapshot=self._snapshot, selection=asked.selection, report=report, plan=plan)
        rows = [_row(record, report, plan) for record in await self._reader.fetch(*sql.build(scan))]
        return tuple(rows) if report.dimensions else _filled(rows, report, plan.bucket_starts)


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a report is counted, from start on."""

    report: Report
    start: datetime
    plan: Plan
    selection: Selection


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A scan, if it was worth one, and the places of the reports that it counted."""

    scan: Scan | None
    places: frozenset[int]


def _selection(query: Query, start: datetime | None, end: datetime | None, more: tuple[Filter, ...] = ()) -> Selection:
    return Selection(
        audience=query.audience,
        filters=(*query.filters, *more),
        start=start,
        end=end,
        excluded=query.excluded,
        with_orphans=query.with_orphans,
    )


def _no_rows(report: Report) -> tuple[Row, ...]:
    """Return the rows of a report on nothing: of an interval that is empty, or before the first click."""
    return () if report.dimensions or report.bucket is not Bucket.NONE else (_zeros(report, None),)


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
