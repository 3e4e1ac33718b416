"""A report as it is asked: over which clicks, and from which rows it is counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from services.analytics.domain.buckets import MOST_BUCKETS, TooManyBuckets, bucket_starts
from services.analytics.domain.query import Filter, Report
from services.analytics.questions.conditions import Selection
from services.analytics.questions.plan import Plan, plan_of
from services.common.errors import InvalidArgument


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time that a query is about, start included, end not."""

    start: datetime
    end: datetime
    # Whose days and hours the buckets are.
    zone: tzinfo
    # True when the query named no start: there are no clicks before this one.
    is_open: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A report, the clicks that it means, and how it is counted."""

    report: Report
    selection: Selection
    plan: Plan
    period: Period

    @classmethod
    def of(cls, report: Report, selection: Selection, period: Period) -> "Asked":
        """Plan a report on a selection; raise InvalidArgument for too many buckets."""
        try:
            starts = bucket_starts(report.bucket, period.start, period.end, period.zone)
        except TooManyBuckets:
            refusal = f"the interval has more than {MOST_BUCKETS} of these buckets"
            raise InvalidArgument("reports.bucket", refusal) from None
        plan = plan_of(
            report,
            selection.filters,
            period.start,
            period.end,
            starts,
            # Sums know nothing of orphans, and would have to be taken apart around an exclusion.
            raw=bool(selection.excluded) or selection.has_orphans,
            is_open=period.is_open,
        )
        return cls(report, selection, plan, period)

    def ranking(self, rows: int) -> "Asked":
        """Return the same report with its first metric alone, and so many rows."""
        return Asked.of(replace(self.report, metrics=self.report.metrics[:1], limit=rows), self.selection, self.period)

    def on(self, condition: Filter) -> "Asked":
        """Return the report on those of its clicks that pass one more condition."""
        return replace(self, selection=replace(self.selection, filters=(*self.selection.filters, condition)))

    def within(self, buckets: Sequence[datetime]) -> "Asked":
        """Return the report on some of its buckets, which follow each other, and nothing else."""
        starts = self.plan.bucket_starts
        before, after = starts.index(buckets[0]), starts.index(buckets[-1]) + 1
        start = starts[before] if before else self.selection.start
        end = starts[after] if after < len(starts) else self.selection.end
        return replace(
            self,
            selection=replace(self.selection, start=start, end=end),
            plan=replace(self.plan, bucket_starts=tuple(buckets)),
        )
