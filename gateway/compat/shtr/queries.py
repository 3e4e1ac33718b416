"""What shtr's statistics query."""

from dataclasses import dataclass
from typing import Final

from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.analytics.v1.stats_service_pb2 import (
    BUCKET_DAY,
    DIMENSION_BROWSER_FAMILY,
    DIMENSION_COUNTRY,
    DIMENSION_DEVICE_TYPE,
    DIMENSION_LINK,
    DIMENSION_OS,
    DIMENSION_REFERRER_ORIGIN,
    METRIC_CLICKS,
    METRIC_VISITORS,
    ORDER_TIME_ASCENDING,
    Dimension,
    Filter,
    Report,
)

TOP: Final = 10
NEWEST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A link's counts over all its time."""

    clicks: int
    visitors: int = 0


def clicks_of(link_id: int) -> stats_service_pb2.QueryStatsRequest:
    """Return the query for a link's clicks alone."""
    return _of_link(link_id, Report(metrics=[METRIC_CLICKS]))


def everything_of(link_id: int) -> stats_service_pb2.QueryStatsRequest:
    """Return the query for all that a link's statistics show: totals, days, then one report for each list."""
    return _of_link(
        link_id,
        Report(metrics=[METRIC_CLICKS, METRIC_VISITORS]),
        Report(metrics=[METRIC_CLICKS], bucket=BUCKET_DAY, order=ORDER_TIME_ASCENDING),
        _top(DIMENSION_COUNTRY),
        _top(DIMENSION_DEVICE_TYPE),
        _top(DIMENSION_BROWSER_FAMILY),
        _top(DIMENSION_OS),
        # Here empty is not unknown, but a direct visit.
        Report(dimensions=[DIMENSION_REFERRER_ORIGIN], metrics=[METRIC_CLICKS], limit=TOP),
    )


def totals(result: stats_service_pb2.ReportResult) -> Totals:
    """Return the totals in the first report of either query, which may have no row when there are no clicks."""
    metrics = [*result.rows[0].metrics] if result.rows else []
    clicks, visitors = [*metrics, 0, 0][:2]
    return Totals(clicks=clicks, visitors=visitors)


def _of_link(link_id: int, *reports: Report) -> stats_service_pb2.QueryStatsRequest:
    return stats_service_pb2.QueryStatsRequest(
        filters=[Filter(dimension=DIMENSION_LINK, values=[str(link_id)])], reports=reports
    )


def _top(dimension: Dimension.ValueType) -> Report:
    known = Filter(dimension=dimension, values=[""], negated=True)
    return Report(dimensions=[dimension], metrics=[METRIC_CLICKS], limit=TOP, filters=[known])
