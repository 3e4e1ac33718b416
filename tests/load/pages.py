"""What a page of statistics asks: totals, days and ten breakdowns, of the account or of one link."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from google.type import interval_pb2

from linkmeter.analytics.v1 import stats_service_pb2
from linkmeter.analytics.v1.stats_service_pb2 import (
    BUCKET_DAY,
    METRIC_CLICKS,
    METRIC_HUMAN_CLICKS,
    METRIC_HUMAN_VISITORS,
    METRIC_VISITORS,
    Dimension,
    Filter,
    QueryStatsRequest,
    Report,
)

_BREAKDOWNS: Final = (
    "COUNTRY",
    "CITY",
    "REFERRER_HOST",
    "BROWSER",
    "OS",
    "DEVICE_TYPE",
    "LANGUAGE",
    "UTM_SOURCE",
    "LINK",
    "CLICK_CLASS",
)
_MOST_ROWS: Final = 10_000


def page(link_id: int = 0, *, visitors: bool = False) -> QueryStatsRequest:
    """Return the page of a link, or of the whole account; with visitors and human visitors, if asked for."""
    metrics = [METRIC_CLICKS, METRIC_HUMAN_CLICKS]
    reports = [Report(metrics=[*metrics, METRIC_VISITORS, METRIC_HUMAN_VISITORS] if visitors else metrics)]
    reports.append(Report(metrics=metrics, bucket=BUCKET_DAY))
    reports += [Report(metrics=[METRIC_CLICKS], dimensions=[_dimension(name)]) for name in _BREAKDOWNS]
    return QueryStatsRequest(reports=reports, filters=_of_link(link_id))


def totals() -> QueryStatsRequest:
    """Return how many clicks the account has."""
    return QueryStatsRequest(reports=[Report(metrics=[METRIC_CLICKS])])


def crossed(link_id: int = 0) -> QueryStatsRequest:
    """Return cities under two filters, in a zone whose days begin within an hour, from a moment to a moment."""
    end = datetime.now(UTC) - timedelta(days=0.7)
    interval = interval_pb2.Interval()
    interval.start_time.FromDatetime(end - timedelta(days=60.6))
    interval.end_time.FromDatetime(end)
    filters = [*_of_link(link_id), _is("COUNTRY", "US"), _is("OS", "iOS")]
    reports = [
        Report(metrics=[METRIC_CLICKS, METRIC_HUMAN_CLICKS]),
        Report(metrics=[METRIC_CLICKS], dimensions=[_dimension("CITY")]),
        Report(metrics=[METRIC_CLICKS], bucket=BUCKET_DAY),
    ]
    return QueryStatsRequest(reports=reports, filters=filters, interval=interval, time_zone="Asia/Kathmandu")


def never_the_same(request: QueryStatsRequest) -> Iterator[QueryStatsRequest]:
    """Yield requests that mean the same and are not: answers that are kept from one to the next would be measured."""
    for number in itertools.cycle(range(1, _MOST_ROWS + 1)):
        changed = QueryStatsRequest()
        changed.CopyFrom(request)
        # The totals are one row, whatever the limit.
        changed.reports[0].limit = number
        yield changed


def _dimension(name: str) -> "stats_service_pb2.Dimension.ValueType":
    return Dimension.Value(f"DIMENSION_{name}")


def _is(dimension: str, value: str) -> Filter:
    return Filter(dimension=_dimension(dimension), values=[value])


def _of_link(link_id: int) -> Sequence[Filter]:
    return [_is("LINK", str(link_id))] if link_id else []
