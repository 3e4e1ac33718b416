"""What Bitly's metrics query."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.interval_pb2 import Interval as IntervalMessage

from gateway.compat.bitly.statistics.windows import Interval, Unit, Zone
from linkmeter.analytics.v1.stats_service_pb2 import (
    BUCKET_DAY,
    BUCKET_HOUR,
    BUCKET_MINUTE,
    BUCKET_MONTH,
    BUCKET_WEEK,
    DIMENSION_LINK,
    METRIC_CLICKS,
    ORDER_TIME_DESCENDING,
    Bucket,
    Dimension,
    Filter,
    QueryStatsRequest,
    QueryStatsResponse,
    Report,
    StatsRow,
)

_BUCKETS: Final[dict[Unit, Bucket.ValueType]] = {
    Unit.MINUTE: BUCKET_MINUTE,
    Unit.HOUR: BUCKET_HOUR,
    Unit.DAY: BUCKET_DAY,
    Unit.WEEK: BUCKET_WEEK,
    Unit.MONTH: BUCKET_MONTH,
}

# One click is counted for people and bots alike.
TOTAL: Final = Report(metrics=[METRIC_CLICKS])


def stats_query(
    report: Report, *, interval: Interval | None = None, zone: Zone | None = None, link_ids: Sequence[int] = ()
) -> QueryStatsRequest:
    """Return the query for one report on some links, or (none) all of the caller's; without interval over all time."""
    filters = [Filter(dimension=DIMENSION_LINK, values=[str(link_id) for link_id in link_ids])] if link_ids else []
    request = QueryStatsRequest(filters=filters, reports=[report], time_zone=zone.name if zone else "")
    if interval is not None:
        request.interval.CopyFrom(_message(interval))
    return request


def by_unit(unit: Unit, limit: int) -> Report:
    """Return the report of clicks by units, newest first."""
    return Report(metrics=[METRIC_CLICKS], bucket=_BUCKETS[unit], order=ORDER_TIME_DESCENDING, limit=limit)


def by_dimension(dimension: Dimension.ValueType, limit: int) -> Report:
    """Return the report of clicks by the values of a dimension, most clicks first."""
    return Report(metrics=[METRIC_CLICKS], dimensions=[dimension], limit=limit)


def rows(response: QueryStatsResponse) -> Sequence[StatsRow]:
    """Return the rows of the one report."""
    return response.results[0].rows


def total(response: QueryStatsResponse) -> int:
    """Return the clicks in a report without groups, which may have no row when there are none."""
    found = rows(response)
    return found[0].metrics[0] if found else 0


def moment(time: Timestamp) -> datetime:
    """Return a time in UTC."""
    return time.ToDatetime(UTC)


def _message(interval: Interval) -> IntervalMessage:
    message = IntervalMessage()
    if interval.start is not None:
        message.start_time.FromDatetime(interval.start)
    message.end_time.FromDatetime(interval.end)
    return message
