"""GetLinkStats: the usual statistics of one link, as one query and as the message of its result."""

from datetime import datetime, timedelta
from typing import Final

from linkmeter.analytics.v1 import stats_service_pb2 as pb
from services.analytics.convert.stats import bucket_of, write_value
from services.analytics.convert.times import interval_message, interval_of, timestamp_of
from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import COUNT_DEFINITION, Audience, Filter, Metric, Query, QueryResult, Report
from services.common.errors import InvalidArgument

_DEFAULT_SPAN: Final = timedelta(days=30)
_DEFAULT_ROWS: Final = 10
_MOST_ROWS: Final = 1000
_CLICKS: Final = (Metric.CLICKS, Metric.HUMAN_CLICKS)
_BREAKDOWNS: Final = (
    Dimension.COUNTRY,
    Dimension.CITY,
    Dimension.REFERRER,
    Dimension.REFERRER_HOST,
    Dimension.SOCIAL_NETWORK,
    Dimension.BROWSER,
    Dimension.OS,
    Dimension.DEVICE_TYPE,
    Dimension.LANGUAGE,
    Dimension.UTM_SOURCE,
    Dimension.UTM_MEDIUM,
    Dimension.UTM_CAMPAIGN,
)


def link_query_of(request: pb.GetLinkStatsRequest, audience: Audience, now: datetime) -> Query:
    """Return the query for the request; raise InvalidArgument for a request that makes none."""
    if request.link_id <= 0:
        raise InvalidArgument("link_id", "is required")
    if not 0 <= request.limit <= _MOST_ROWS:
        raise InvalidArgument("limit", f"must be from 1 to {_MOST_ROWS}")
    start, end = interval_of(request.interval)
    bucket = bucket_of(request.bucket, "bucket") or Bucket.DAY
    rows = request.limit or _DEFAULT_ROWS
    try:
        start = start or (end or now) - _DEFAULT_SPAN
    except OverflowError:
        raise InvalidArgument("interval", "is beyond the calendar") from None
    return Query(
        audience=audience,
        filters=(Filter(dimension=Dimension.LINK, values=frozenset({str(request.link_id)})),),
        start=start,
        end=end,
        time_zone=request.time_zone or "UTC",
        reports=(
            Report(metrics=_CLICKS),
            Report(metrics=(Metric.VISITORS,)),
            Report(metrics=_CLICKS, bucket=bucket),
            *(Report(metrics=_CLICKS, dimensions=(dimension,), limit=rows) for dimension in _BREAKDOWNS),
        ),
    )


def link_stats_message(
    link_id: int, query: Query, result: QueryResult, clicks_before_import: int
) -> pb.GetLinkStatsResponse:
    """Return the message of the result of a query that link_query_of made."""
    (totals,), (visitors,), buckets, *tops = result.results
    message = pb.GetLinkStatsResponse(
        link_id=link_id,
        clicks=totals.metrics[0],
        human_clicks=totals.metrics[1],
        visitors=visitors.metrics[0],
        time_zone=query.time_zone,
        count_definition=COUNT_DEFINITION,
        clicks_before_import=clicks_before_import,
    )
    if result.start is not None:
        message.interval.CopyFrom(interval_message(result.start, result.end))
    if result.raw_since is not None:
        message.raw_since_time.CopyFrom(timestamp_of(result.raw_since))
    for bucket in buckets:
        if bucket.bucket_start is not None:
            time = timestamp_of(bucket.bucket_start)
            clicks, human_clicks = bucket.metrics
            message.clicks_over_time.add(bucket_start_time=time, clicks=clicks, human_clicks=human_clicks)
    for dimension, rows in zip(_BREAKDOWNS, tops, strict=True):
        breakdown = message.breakdowns.add(dimension=pb.Dimension.ValueType(dimension))
        for row in rows:
            written = breakdown.rows.add(clicks=row.metrics[0], human_clicks=row.metrics[1])
            write_value(written.value, dimension, row.values[0])
    return message
