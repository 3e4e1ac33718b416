"""Decide which rows a report is counted from. Whatever is decided, the numbers are those of the raw clicks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter, Metric, Report

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)
_SUMMED: Final = frozenset({Metric.CLICKS, Metric.HUMAN_CLICKS})
# Of links alone there are sums that know them.
TIMES: Final = frozenset({Metric.FIRST_CLICK_TIME, Metric.LAST_CLICK_TIME})


class Source(Enum):
    """What settled clicks are counted from."""

    CLICKS = "clicks"
    TOTALS = "totals"
    DAILY = "daily"


_UNITS: Final = {Source.TOTALS: _QUARTER, Source.DAILY: _DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to count a report over [start, end).

    Sums tell what lies in [inner_start, inner_end); the edges before and after are counted from clicks.
    """

    source: Source
    # None: from the first click on, so that nothing has to be cut off there.
    start: datetime | None
    end: datetime
    inner_start: datetime
    inner_end: datetime
    bucket_starts: tuple[datetime, ...]
    # The one dimension that daily sums are read of.
    dimension: Dimension | None = None
    # True when the times of first and last clicks are asked of sums.
    has_times: bool = False

    @property
    def is_summed(self) -> bool:
        """True when sums are read at all."""
        return self.source is not Source.CLICKS


def plan_of(
    report: Report,
    filters: tuple[Filter, ...],
    start: datetime,
    end: datetime,
    bucket_starts: tuple[datetime, ...],
    *,
    raw: bool = False,
    is_open: bool = False,
) -> Plan:
    """Return the plan of a report: sums where they hold all that is asked and no bucket begins within one, else raw.

    is_open: there are no clicks before start.
    """
    dimensions = _needed(report, filters)
    has_times = not TIMES.isdisjoint(report.metrics)
    source = Source.CLICKS if raw else _source_of(report, filters, dimensions, has_times=has_times)
    unit = _UNITS.get(source)
    since = None if is_open else start
    if unit is None or any(_floor(each, unit) != each for each in bucket_starts if each > start):
        return Plan(
            source=Source.CLICKS, start=since, end=end, inner_start=end, inner_end=end, bucket_starts=bucket_starts
        )
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    inner_start = min(_floor(start, unit) if is_open else _ceiling(start, unit), end)
    return Plan(
        source=source,
        start=since,
        end=end,
        inner_start=inner_start,
        inner_end=max(_floor(end, unit), inner_start),
        bucket_starts=bucket_starts,
        dimension=next(iter(dimensions), None),
        has_times=has_times,
    )


def _source_of(
    report: Report, filters: tuple[Filter, ...], dimensions: frozenset[Dimension], *, has_times: bool
) -> Source:
    """Return what holds all that is asked, whenever its buckets begin; dimensions: those that sums must be kept by."""
    if not (_SUMMED | TIMES).issuperset(report.metrics) or len(dimensions) > 1:
        return Source.CLICKS
    # No sum by a value or by time knows when its clicks were, nor whose the last one was.
    is_of_links = {*report.dimensions, *(item.dimension for item in filters)} <= {Dimension.LINK}
    if has_times and (report.bucket is not Bucket.NONE or not is_of_links):
        return Source.CLICKS
    return Source.DAILY if dimensions else Source.TOTALS


def _needed(report: Report, filters: tuple[Filter, ...]) -> frozenset[Dimension]:
    """Return the dimensions, besides the link, that the sums must be kept by."""
    needed = {*report.dimensions, *(condition.dimension for condition in filters)} - {Dimension.LINK}
    if Dimension.IS_BOT not in report.dimensions:
        # Every sum counts people apart, which is all that a condition on bots needs.
        needed -= {Dimension.IS_BOT}
    return frozenset(needed)


def _floor(moment: datetime, unit: timedelta) -> datetime:
    return moment - (moment - _EPOCH) % unit


def _ceiling(moment: datetime, unit: timedelta) -> datetime:
    return moment + (_EPOCH - moment) % unit
