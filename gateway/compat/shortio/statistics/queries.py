"""What Short.io's statistics ask of ours."""

from collections.abc import Iterable, Sequence
from typing import Final

from google.type import interval_pb2

from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.statistics.filters import Conditions
from gateway.compat.shortio.statistics.parse import ClickstreamQuery, StatisticsQuery, TopQuery
from linkmeter.analytics.v1 import click_service_pb2
from linkmeter.analytics.v1.stats_service_pb2 import (
    BUCKET_UNSPECIFIED,
    DIMENSION_BROWSER,
    DIMENSION_CITY,
    DIMENSION_CODE,
    DIMENSION_COUNTRY,
    DIMENSION_DOMAIN,
    DIMENSION_HTTP_STATUS,
    DIMENSION_LINK,
    DIMENSION_OS,
    DIMENSION_REFERRER_HOST,
    DIMENSION_SOCIAL_NETWORK,
    DIMENSION_UTM_CAMPAIGN,
    DIMENSION_UTM_MEDIUM,
    DIMENSION_UTM_SOURCE,
    METRIC_CLICKS,
    METRIC_HUMAN_CLICKS,
    ORDER_METRIC_DESCENDING,
    ORDER_TIME_ASCENDING,
    Dimension,
    Filter,
    QueryStatsRequest,
    Report,
)
from linkmeter.links.v1 import link_service_pb2

# The breakdowns of a link's statistics, in the order of their reports; a domain's have the second part, too.
LINK_BREAKDOWNS: Final = (
    DIMENSION_REFERRER_HOST,
    DIMENSION_SOCIAL_NETWORK,
    DIMENSION_BROWSER,
    DIMENSION_COUNTRY,
    DIMENSION_CITY,
    DIMENSION_OS,
)
DOMAIN_BREAKDOWNS: Final = (*LINK_BREAKDOWNS, DIMENSION_UTM_MEDIUM, DIMENSION_UTM_SOURCE, DIMENSION_UTM_CAMPAIGN)
MOST_BREAKDOWN_ROWS: Final = 1000
_MOST_ROWS: Final = 10_000


def of_link(link_id: int) -> Filter:
    """Return the selection of a link's clicks."""
    return Filter(dimension=DIMENSION_LINK, values=[str(link_id)])


def of_domain(host: str) -> Filter:
    """Return the selection of the clicks in a domain."""
    return Filter(dimension=DIMENSION_DOMAIN, values=[host])


def statistics(
    selection: Filter, query: StatisticsQuery, breakdowns: "Sequence[Dimension.ValueType]"
) -> QueryStatsRequest:
    """Return the request for totals, the chart, and one report for each breakdown, unless those are skipped.

    Breakdowns count people alone.
    """
    reports = [_totals(), _chart(query)]
    if not query.skips_tops:
        reports += [_breakdown(dimension) for dimension in breakdowns]
    return _request(selection, query, query.period.interval, reports)


def previous(selection: Filter, query: StatisticsQuery) -> QueryStatsRequest | None:
    """Return the request for the totals of the period before; None when there is none."""
    if query.period.previous is None:
        return None
    return _request(selection, query, query.period.previous, [_totals()])


def chart(selection: Filter, query: StatisticsQuery) -> QueryStatsRequest:
    """Return the request for the chart alone."""
    return _request(selection, query, query.period.interval, [_chart(query)])


def top(selection: Filter, query: StatisticsQuery, wanted: TopQuery) -> QueryStatsRequest | None:
    """Return the request for the values of a column with most clicks; None when the column never has values."""
    if wanted.column.dimension is None:
        return None
    dimension = wanted.column.dimension
    filters = [_known(dimension)]
    if wanted.prefix:
        filters.append(Filter(dimension=dimension, values=[wanted.prefix], prefix=True))
    if wanted.column.status:
        filters.append(Filter(dimension=DIMENSION_HTTP_STATUS, values=[wanted.column.status]))
    report = Report(dimensions=[dimension], metrics=[METRIC_CLICKS], limit=wanted.limit, filters=filters)
    request = _request(selection, query, query.period.interval, [report])
    request.with_orphans = request.with_orphans or (
        wanted.column.has_orphans and selection.dimension == DIMENSION_DOMAIN
    )
    return request


def top_by_interval(first: QueryStatsRequest, query: StatisticsQuery, found: Sequence[str]) -> QueryStatsRequest:
    """Return the request for all buckets, and for the values that were found before, bucket by bucket.

    First is the request that found them.
    """
    request = QueryStatsRequest()
    request.CopyFrom(first)
    report = request.reports[0]
    dimension = report.dimensions[0]
    report.bucket = query.bucket
    report.order = ORDER_TIME_ASCENDING
    report.limit = _MOST_ROWS
    del report.filters[0]
    report.filters.append(Filter(dimension=dimension, values=found))
    request.reports.insert(0, _chart(query))
    return request


def clicks_by(
    selection: Filter, dimension: "Dimension.ValueType", names: Iterable[str], interval: Interval
) -> QueryStatsRequest:
    """Return the request for the clicks of some values of a dimension, bots' clicks among them."""
    listed = sorted(set(names))
    report = Report(dimensions=[dimension], metrics=[METRIC_CLICKS], limit=len(listed))
    return QueryStatsRequest(
        filters=[selection, Filter(dimension=dimension, values=listed)], interval=_interval(interval), reports=[report]
    )


def popular_paths(selection: Filter, query: StatisticsQuery, limit: int) -> QueryStatsRequest:
    """Return the request for the codes with most clicks, at most limit."""
    report = Report(dimensions=[DIMENSION_CODE], metrics=[METRIC_CLICKS], limit=limit)
    return _request(selection, query, query.period.interval, [report])


def last_clicks(host: str, query: ClickstreamQuery) -> click_service_pb2.ListClicksRequest:
    """Return the request for the newest visits of a domain, those that found no link among them."""
    return click_service_pb2.ListClicksRequest(
        interval=_interval(query.interval),
        page_size=query.limit,
        filters=[of_domain(host), *query.conditions.filters],
        excluded_intervals=_excluded(query.conditions),
        with_orphans=True,
    )


def links_created(host: str, interval: Interval, *, archived: bool) -> link_service_pb2.ListLinksRequest:
    """Return the request for the number of a domain's links that were created in an interval."""
    return link_service_pb2.ListLinksRequest(
        page_size=1, domain=host, created=interval.to_message(), archived=archived, with_total_size=True
    )


def _request(
    selection: Filter, query: StatisticsQuery, interval: Interval, reports: Sequence[Report]
) -> QueryStatsRequest:
    return QueryStatsRequest(
        filters=[selection, *query.conditions.filters],
        interval=_interval(interval.within(query.conditions.interval)),
        excluded_intervals=_excluded(query.conditions),
        time_zone=query.time_zone.name,
        with_orphans=query.conditions.names_statuses and selection.dimension == DIMENSION_DOMAIN,
        reports=reports,
    )


def _totals() -> Report:
    return Report(metrics=[METRIC_CLICKS, METRIC_HUMAN_CLICKS])


def _chart(query: StatisticsQuery) -> Report:
    return Report(bucket=query.bucket, metrics=[METRIC_CLICKS], order=ORDER_TIME_ASCENDING)


def _breakdown(dimension: "Dimension.ValueType") -> Report:
    return Report(
        dimensions=[dimension],
        bucket=BUCKET_UNSPECIFIED,
        metrics=[METRIC_HUMAN_CLICKS],
        limit=MOST_BREAKDOWN_ROWS,
        order=ORDER_METRIC_DESCENDING,
        filters=[_known(dimension)],
    )


def _known(dimension: "Dimension.ValueType") -> Filter:
    return Filter(dimension=dimension, values=[""], negated=True)


def _interval(interval: Interval) -> interval_pb2.Interval:
    # What both bounds leave nothing between is an interval without length.
    return (Interval(interval.start, interval.start) if interval.is_empty else interval).to_message()


def _excluded(conditions: Conditions) -> list[interval_pb2.Interval]:
    return [_interval(interval) for interval in conditions.excluded]
