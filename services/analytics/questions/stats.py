"""Answer queries, all reports of one on one state of the data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.analytics.domain.query import Filter, Query, QueryResult, Report, Row, Span
from services.analytics.questions.answers import Answers
from services.analytics.questions.asked import Asked, Period
from services.analytics.questions.bounds import bounds_of
from services.analytics.questions.breakdowns_sql import Breakdown, breakdowns_sql
from services.analytics.questions.conditions import Selection
from services.analytics.questions.domains import Domains
from services.analytics.questions.memory import Memory
from services.analytics.questions.reading import Reader
from services.analytics.questions.report_sql import ReportSql
from services.analytics.questions.rows import filled, no_rows, row_of
from services.analytics.questions.scan import Scan
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.snapshots import Snapshots
from services.analytics.questions.visitor_report import VISITORS, VisitorReport
from services.analytics.segments.files import SegmentFiles

# So many that would read the same clicks read them once instead.
_SHARED: Final = 2


class Stats:
    """Answers queries."""

    def __init__(self, snapshots: Snapshots, files: SegmentFiles, memory: Memory | None = None) -> None:
        self._snapshots = snapshots
        self._files = files
        self._memory = memory or Memory()
        self._answers = Answers()
        self._domains = Domains()

    async def query(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query at a moment; raise InvalidArgument for too many buckets."""
        # An interval that starts after now and has no end is empty rather than upside down.
        end = query.end or max(now, query.start or now)
        visitors = any(VISITORS.intersection(report.metrics) for report in query.reports)
        selections = [_selection(query, query.start, end, report.filters) for report in query.reports]
        orphans = selections[0].orphans_of if any(each.has_orphans for each in selections) else []
        async with self._snapshots.taken(visitors=visitors, orphans_of=orphans) as snapshot:
            if (known := self._answers.find(query, snapshot.state, now)) is not None:
                return known
            reader = Reader(snapshot, self._files)
            context = _Context(snapshot, reader, self._memory)
            of_newest = await self._domains.passing(query, snapshot, reader)
            result = await _Question(query, end, of_newest, context).result()
            if query.comparison is not None:
                compared = await _compared(query, query.comparison, of_newest, context)
                result = replace(result, comparison=compared)
        self._answers.keep(query, snapshot.state, now, result)
        return result


@dataclass(frozen=True, slots=True)
class _Context:
    """What a query is answered from."""

    snapshot: Snapshot
    reader: Reader
    memory: Memory


class _Question:
    """A query on a snapshot."""

    def __init__(self, query: Query, end: datetime, of_newest: tuple[Filter, ...], context: _Context) -> None:
        """of_newest: those of the query's filters that all clicks of segments pass."""
        self._query = query
        self._end = end
        filters = tuple(item for item in query.filters if item not in of_newest)
        self._selection = replace(_selection(query, query.start, end), filters=filters, of_newest=of_newest)
        self._snapshot = context.snapshot
        self._reader = context.reader
        self._memory = context.memory

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

    async def results(self) -> tuple[tuple[Row, ...], ...]:
        """Answer its reports alone; it has a start."""
        asked = [self._asked(report, self._query.start) for report in self._query.reports]
        return await self._results(asked, await self._scan(asked, has_bounds=True))

    def _asked(self, report: Report, start: datetime | None) -> Asked | None:
        """Return how a report is counted; None when there is nothing to count."""
        if start is None or start >= self._end:
            return None
        # Without a start there is none to look at: all clicks until the end are meant.
        selection = replace(self._selection, filters=(*self._selection.filters, *report.filters))
        period = Period(start=start, end=self._end, zone=self._query.zone, is_open=self._query.start is None)
        return Asked.of(report, selection, period)

    async def _scan(self, asked: Sequence[Asked | None], *, has_bounds: bool) -> "_Scanned":
        """Read the raw clicks that several reports are counted from, or a report and the bounds."""
        scan = Scan(self._snapshot, self._selection)
        places = [
            place for place, each in enumerate(asked) if each and scan.takes(each.report, each.plan, each.selection)
        ]
        if len(places) + (not has_bounds) < _SHARED or not places:
            return _Scanned(None, frozenset())
        await scan.run(self._reader)
        return _Scanned(scan, frozenset(places))

    async def _results(self, asked: Sequence[Asked | None], scanned: "_Scanned") -> tuple[tuple[Row, ...], ...]:
        """Return the rows of all reports; breakdowns of one selection are counted together."""
        results = await self._breakdowns(asked)
        for place, (report, each) in enumerate(zip(self._query.reports, asked, strict=True)):
            if each is None:
                results[place] = no_rows(report)
            elif place not in results:
                results[place] = await self._rows(each, scanned.scan if place in scanned.places else None)
        return tuple(results[place] for place in range(len(asked)))

    async def _breakdowns(self, asked: Sequence[Asked | None]) -> dict[int, tuple[Row, ...]]:
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

    async def _rows(self, asked: Asked, scan: Scan | None) -> tuple[Row, ...]:
        """Return the rows of a report that is counted alone, or by a scan."""
        report, plan = asked.report, asked.plan
        if scan is None and not plan.is_summed and not VISITORS.isdisjoint(report.metrics):
            return await VisitorReport(self._snapshot, self._reader, self._memory).rows(asked)
        sql = ReportSql(snapshot=self._snapshot, selection=asked.selection, report=report, plan=plan)
        rows = [row_of(record, report, plan) for record in await self._reader.fetch(*sql.build(scan))]
        return tuple(rows) if report.dimensions else filled(rows, report, plan.bucket_starts)


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A scan, if it was worth one, and the places of the reports that it counted."""

    scan: Scan | None
    places: frozenset[int]


async def _compared(
    query: Query, span: Span, of_newest: tuple[Filter, ...], context: _Context
) -> tuple[tuple[Row, ...], ...]:
    """Count the reports over what they are compared with; those that are left out have no rows."""
    reports = tuple(report for report in query.reports if not report.without_comparison)
    if not reports or span.end is None:
        return ((),) * len(query.reports)
    other = replace(query, start=span.start, end=span.end, reports=reports, comparison=None)
    results = iter(await _Question(other, span.end, of_newest, context).results())
    return tuple(() if report.without_comparison else next(results) for report in query.reports)


def _selection(query: Query, start: datetime | None, end: datetime | None, more: tuple[Filter, ...] = ()) -> Selection:
    return Selection(
        audience=query.audience,
        filters=(*query.filters, *more),
        start=start,
        end=end,
        excluded=query.excluded,
        with_orphans=query.with_orphans,
    )
