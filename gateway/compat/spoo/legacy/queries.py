"""What the statistics of spoo.me's first API ask of analytics."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from linkmeter.analytics.v1.stats_service_pb2 import (
    BUCKET_DAY,
    DIMENSION_BROWSER,
    DIMENSION_COUNTRY,
    DIMENSION_IS_BOT,
    DIMENSION_LINK,
    DIMENSION_OS,
    DIMENSION_REFERRER_HOST,
    METRIC_CLICKS,
    METRIC_MEAN_LATENCY,
    METRIC_VISITORS,
    Dimension,
    Filter,
    QueryStatsRequest,
    Report,
)
from linkmeter.links.v1 import links_pb2

BREAKDOWNS: Final[Mapping[str, Dimension.ValueType]] = {
    "browser": DIMENSION_BROWSER,
    "os_name": DIMENSION_OS,
    "country": DIMENSION_COUNTRY,
    "referrer": DIMENSION_REFERRER_HOST,
}
_MOST_ROWS: Final = 1000


def totals_request() -> QueryStatsRequest:
    """Ask for all clicks of an account."""
    return QueryStatsRequest(reports=[Report(metrics=[METRIC_CLICKS])])


def request(link: links_pb2.Link, now: datetime) -> QueryStatsRequest:
    """Ask for everything about a link: sums, days, then each list, then bots."""
    metrics = [METRIC_CLICKS, METRIC_VISITORS]
    only_bots = Filter(dimension=DIMENSION_IS_BOT, values=["true"])
    asked = QueryStatsRequest(
        filters=[Filter(dimension=DIMENSION_LINK, values=[str(link.link_id)])],
        reports=[
            Report(metrics=[*metrics, METRIC_MEAN_LATENCY]),
            Report(metrics=metrics, bucket=BUCKET_DAY),
            *(Report(dimensions=[dimension], metrics=metrics, limit=_MOST_ROWS) for dimension in BREAKDOWNS.values()),
            Report(dimensions=[DIMENSION_BROWSER], metrics=[METRIC_CLICKS], filters=[only_bots], limit=_MOST_ROWS),
        ],
    )
    asked.interval.end_time.FromDatetime(now + timedelta(seconds=1))
    return asked
