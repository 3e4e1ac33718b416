"""Questions about clicks and the tables that answer them, as Python has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from linkmeter.analytics.v1 import stats_service_pb2 as messages
from linkmeter.convert import Interval, enum_value, interval_of, moment
from linkmeter.resources.conditions import Dimension, Filters, dimension_value, filter_messages

# What is counted. Mean latency is in microseconds, times of clicks are in seconds since 1970, 0 without clicks.
Metric = Literal[
    "clicks", "human_clicks", "visitors", "human_visitors", "mean_latency", "last_click_time", "first_click_time"
]
# Length of a step of time; steps begin as the time zone has it, weeks on Monday.
Bucket = Literal["minute", "ten_minutes", "hour", "day", "week", "month"]
Order = Literal["metric_descending", "time_ascending", "time_descending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One table of numbers that is asked for."""

    # What to count, at least one.
    metrics: Sequence[Metric] = ("clicks",)
    # Group by these, at most 4. Default: no grouping.
    dimensions: Sequence[Dimension] = ()
    # Also group by time. Default: one row for the whole interval. Buckets without clicks have zeros when there are no
    # dimensions.
    bucket: Bucket | None = None
    # Most rows, 1 to 10,000. Default: 100 with dimensions, all of them for buckets alone.
    limit: int | None = None
    # Default: by time when there is a bucket, else by the first metric, greatest first.
    order: Order | None = None
    # Conditions of this report alone.
    filters: Filters = ()
    # Rows at the beginning to leave out, 0 to 100,000.
    skip: int = 0

    def message(self) -> messages.Report:
        """Return the report as the contract has it. InvalidArgument: a word is none of the contract's."""
        return messages.Report(
            dimensions=[dimension_value(dimension) for dimension in self.dimensions],
            bucket=_value(messages.Bucket, "BUCKET", self.bucket),
            metrics=[_value(messages.Metric, "METRIC", metric) for metric in self.metrics],
            limit=self.limit or 0,
            order=_value(messages.Order, "ORDER", self.order),
            filters=filter_messages(self.filters),
            skip=self.skip,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table."""

    # Start of the bucket, in UTC; None without bucket.
    time: datetime | None
    # Values by dimension, as filters take them; empty is "none" or "unknown".
    dimensions: Mapping[Dimension, str]
    # Words for people by dimension: the English name of a country or a continent; else the value itself.
    labels: Mapping[Dimension, str]
    # Numbers by metric.
    metrics: Mapping[Metric, int]

    def __getitem__(self, metric: Metric) -> int:
        return self.metrics[metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The answer to a report."""

    report: Report
    rows: tuple[Row, ...]
    # What was counted, with its ends filled in. Both are None when there was no click and no start was given.
    interval: Interval
    # The time zone that buckets follow.
    time_zone: str
    # Times of the first and the last click that pass the query's filters; None without clicks.
    first_click_time: datetime | None
    last_click_time: datetime | None
    # Version of the definition of what counts as click, human and visitor.
    count_definition: str
    # Raw clicks before this time are gone, and visitors are counted from it on only; None: none are gone.
    raw_since_time: datetime | None

    @property
    def total(self) -> Mapping[Metric, int]:
        """The numbers of the only row, of a report without dimensions and bucket; zeros when there is none."""
        return self.rows[0].metrics if self.rows else dict.fromkeys(self.report.metrics, 0)


def tables_of(reports: Iterable[Report], answer: messages.QueryStatsResponse) -> list[Table]:
    """Return the answer to a query as tables, one for each report."""
    return [
        Table(
            report=report,
            rows=tuple(_row(report, row) for row in result.rows),
            interval=interval_of(answer.interval),
            time_zone=answer.time_zone,
            first_click_time=moment(answer, "first_click_time"),
            last_click_time=moment(answer, "last_click_time"),
            count_definition=answer.count_definition,
            raw_since_time=moment(answer, "raw_since_time"),
        )
        for report, result in zip(reports, answer.results, strict=True)
    ]


def _row(report: Report, row: messages.StatsRow) -> Row:
    values = dict(zip(report.dimensions, row.dimensions, strict=True))
    return Row(
        time=moment(row, "bucket_start_time"),
        dimensions=MappingProxyType({name: value.value for name, value in values.items()}),
        labels=MappingProxyType({name: value.label or value.value for name, value in values.items()}),
        metrics=MappingProxyType(dict(zip(report.metrics, row.metrics, strict=True))),
    )


def _value(enum: Any, prefix: str, word: str | None) -> Any:
    return None if word is None else enum_value(enum, prefix, word, prefix.lower())
