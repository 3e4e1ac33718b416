"""Queries, their results, and the ledger."""

from collections.abc import Iterable
from enum import IntEnum
from typing import TypeVar

from google.type.interval_pb2 import Interval

from linkmeter.analytics.v1 import stats_service_pb2 as pb
from services.analytics.convert.times import interval_message, interval_of, timestamp_of
from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import TRAITS, Dimension
from services.analytics.domain.ledger import Entry
from services.analytics.domain.query import (
    COUNT_DEFINITION,
    Audience,
    Filter,
    Metric,
    Order,
    Query,
    QueryResult,
    Report,
    Row,
    Span,
    Value,
    check_excluded,
    check_interval,
)
from services.common.errors import InvalidArgument

E = TypeVar("E", bound=IntEnum)


def query_of(request: pb.QueryStatsRequest, audience: Audience) -> Query:
    """Read a query; raise InvalidArgument when it makes no sense."""
    start, end = interval_of(request.interval)
    return Query(
        audience=audience,
        reports=tuple(_report_of(report) for report in request.reports),
        filters=filters_of(request.filters),
        start=start,
        end=end,
        excluded=excluded_of(request.excluded_intervals),
        with_orphans=request.with_orphans,
        time_zone=request.time_zone or "UTC",
        comparison=_comparison_of(request),
    )


def bucket_of(number: int, field: str) -> Bucket:
    """Read a length of buckets; raise InvalidArgument for an unknown one."""
    return _member(Bucket, number, field)


def filters_of(messages: Iterable[pb.Filter]) -> tuple[Filter, ...]:
    """Read filters; raise InvalidArgument when one makes no sense."""
    return tuple(
        Filter(
            dimension=_member(Dimension, message.dimension, "filters.dimension"),
            values=frozenset(message.values),
            negated=message.negated,
            prefix=message.prefix,
            contains=message.contains,
        )
        for message in messages
    )


def excluded_of(messages: Iterable[Interval]) -> tuple[Span, ...]:
    """Read the intervals to leave out; raise InvalidArgument when one makes no sense or they are too many."""
    spans = []
    for message in messages:
        start, end = interval_of(message, "excluded_intervals")
        spans.append(Span(start=start, end=end))
    check_excluded(tuple(spans))
    return tuple(spans)


def query_message(query: Query, result: QueryResult) -> pb.QueryStatsResponse:
    """Return the message of the result of a query."""
    message = pb.QueryStatsResponse(time_zone=query.time_zone, count_definition=COUNT_DEFINITION)
    for report, rows in zip(query.reports, result.results, strict=True):
        _add_rows(message.results.add(), report, rows)
    if query.comparison is not None and query.comparison.start is not None and query.comparison.end is not None:
        for report, rows in zip(query.reports, result.comparison, strict=True):
            _add_rows(message.comparison_results.add(), report, rows)
        message.comparison_interval.CopyFrom(interval_message(query.comparison.start, query.comparison.end))
    if result.start is not None:
        message.interval.CopyFrom(interval_message(result.start, result.end))
    if result.first_click_time is not None and result.last_click_time is not None:
        message.first_click_time.CopyFrom(timestamp_of(result.first_click_time))
        message.last_click_time.CopyFrom(timestamp_of(result.last_click_time))
    if result.raw_since is not None:
        message.raw_since_time.CopyFrom(timestamp_of(result.raw_since))
    return message


def write_value(message: pb.DimensionValue, dimension: Dimension, value: Value) -> None:
    """Fill in the message of a dimension's value, with its label."""
    message.value = value.text
    message.label = TRAITS[dimension].label(value.text)
    if value.detail:
        country, _, geoname_id = value.detail.partition(":")
        message.country, message.geoname_id = country, int(geoname_id or 0)


def ledger_message(entries: Iterable[Entry], total: Entry) -> pb.Ledger:
    """Return the message of the ledger."""
    return pb.Ledger(entries=[_entry_message(entry) for entry in entries], total=_entry_message(total))


def _entry_message(entry: Entry) -> pb.LedgerEntry:
    message = pb.LedgerEntry(
        source=entry.source,
        name=entry.name,
        accepted=entry.accepted,
        stored=entry.stored,
        set_aside=entry.set_aside,
        pending=entry.pending,
        dropped=entry.dropped,
        lag_seconds=entry.lag.total_seconds(),
    )
    if entry.last_report_time is not None:
        message.last_report_time.CopyFrom(timestamp_of(entry.last_report_time))
    return message


def _report_of(message: pb.Report) -> Report:
    return Report(
        dimensions=tuple(_member(Dimension, number, "reports.dimensions") for number in message.dimensions),
        bucket=bucket_of(message.bucket, "reports.bucket"),
        metrics=tuple(_member(Metric, number, "reports.metrics") for number in message.metrics) or (Metric.CLICKS,),
        limit=message.limit,
        order=_member(Order, message.order, "reports.order"),
        filters=filters_of(message.filters),
        skip=message.skip,
        without_comparison=message.without_comparison,
    )


def _member(kind: type[E], number: int, field: str) -> E:
    try:
        return kind(number)
    except ValueError:
        raise InvalidArgument(field, f"there is no {kind.__name__.lower()} of number {number}") from None


def _comparison_of(request: pb.QueryStatsRequest) -> Span | None:
    if not request.HasField("comparison_interval"):
        return None
    start, end = interval_of(request.comparison_interval, "comparison_interval")
    check_interval(start, end, "comparison_interval")
    return Span(start=start, end=end)


def _add_rows(table: pb.ReportResult, report: Report, rows: Iterable[Row]) -> None:
    for row in rows:
        _add_row(table, report.dimensions, row)


def _add_row(table: pb.ReportResult, dimensions: tuple[Dimension, ...], row: Row) -> None:
    """Add a row in place: there may be thousands, and each message that is copied costs as much as filling it in."""
    message = table.rows.add()
    for dimension, value in zip(dimensions, row.values, strict=True):
        write_value(message.dimensions.add(), dimension, value)
    message.metrics.extend(row.metrics)
    if row.bucket_start is not None:
        message.bucket_start_time.CopyFrom(timestamp_of(row.bucket_start))
