"""Decide which tables a report is read from. Whatever is decided, the numbers are those of the raw clicks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter, Metric, Query, Report
from services.analytics.store.dimensions import ROLLED

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)
_SUMMED: Final = frozenset({Metric.CLICKS, Metric.HUMAN_CLICKS})


class Table(Enum):
    """Where the interior of an interval is read from; its edges are always raw clicks."""

    RAW = "raw"
    TOTALS = "totals"
    DAILY = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to count a report over [start, end): sums for [inner_start, inner_end), raw clicks for the rest."""

    table: Table
    start: datetime
    end: datetime
    inner_start: datetime
    inner_end: datetime
    bucket_starts: tuple[datetime, ...]
    # The one dimension that a daily plan reads.
    dimension: Dimension | None = None


def plan_of(
    report: Report,
    filters: tuple[Filter, ...],
    start: datetime,
    end: datetime,
    bucket_starts: tuple[datetime, ...],
    *,
    raw: bool = False,
) -> Plan:
    """Return the plan of a report: sums where they hold all that is asked and no bucket begins within one, else raw."""
    dimensions = _needed(report, filters)
    if not raw and _SUMMED.issuperset(report.metrics):
        if not dimensions:
            return _with_sums(Table.TOTALS, _QUARTER, start, end, bucket_starts, None)
        if len(dimensions) == 1 and dimensions <= ROLLED.keys():
            return _with_sums(Table.DAILY, _DAY, start, end, bucket_starts, *dimensions)
    return _raw(start, end, bucket_starts)


def can_need_raw(query: Query) -> bool:
    """Return whether a query may have to count many raw clicks, and not just the edges of its interval."""
    return bool(query.excluded) or any(
        not _SUMMED.issuperset(report.metrics)
        or len(needed := _needed(report, (*query.filters, *report.filters))) > 1
        # Buckets may begin within a day's sum.
        or (needed and report.bucket is not Bucket.NONE)
        or not needed <= ROLLED.keys()
        for report in query.reports
    )


def _needed(report: Report, filters: tuple[Filter, ...]) -> frozenset[Dimension]:
    """Return the dimensions, besides the link, that the sums must be kept by."""
    needed = {*report.dimensions, *(condition.dimension for condition in filters)} - {Dimension.LINK}
    if Dimension.IS_BOT not in report.dimensions:
        # Every sum counts people apart, which is all that a condition on bots needs.
        needed -= {Dimension.IS_BOT}
    return frozenset(needed)


def _with_sums(
    table: Table,
    unit: timedelta,
    start: datetime,
    end: datetime,
    bucket_starts: tuple[datetime, ...],
    dimension: Dimension | None,
) -> Plan:
    inner_start, inner_end = _ceiling(start, unit), _floor(end, unit)
    if inner_start >= inner_end or any(_floor(each, unit) != each for each in bucket_starts if each > start):
        return _raw(start, end, bucket_starts)
    return Plan(
        table=table,
        start=start,
        end=end,
        inner_start=inner_start,
        inner_end=inner_end,
        bucket_starts=bucket_starts,
        dimension=dimension,
    )


def _raw(start: datetime, end: datetime, bucket_starts: tuple[datetime, ...]) -> Plan:
    return Plan(table=Table.RAW, start=start, end=end, inner_start=end, inner_end=end, bucket_starts=bucket_starts)


def _floor(moment: datetime, unit: timedelta) -> datetime:
    return moment - (moment - _EPOCH) % unit


def _ceiling(moment: datetime, unit: timedelta) -> datetime:
    return moment + (_EPOCH - moment) % unit
