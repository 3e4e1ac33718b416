"""Rows of reports, from what a statement returned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.query import Order, Report, Row, Value
from services.analytics.questions.plan import Plan


def no_rows(report: Report) -> tuple[Row, ...]:
    """Return the rows of a report on nothing: of an interval that is empty, or before the first click."""
    if report.dimensions or report.bucket is not Bucket.NONE or report.skip:
        return ()
    return (_zeros(report, None),)


def row_of(record: Sequence[Any], report: Report, plan: Plan) -> Row:
    """Read a bucket, a value and a detail per dimension, and the metrics."""
    beyond = 1 + 2 * len(report.dimensions)
    pairs = zip(record[1:beyond:2], record[2:beyond:2], strict=True)
    return Row(
        values=tuple(Value(text, detail) for text, detail in pairs),
        bucket_start=plan.bucket_starts[record[0]] if plan.bucket_starts else None,
        metrics=tuple(record[beyond:]),
    )


def filled(rows: Sequence[Row], report: Report, starts: tuple[datetime, ...]) -> tuple[Row, ...]:
    """Add a row of zeros for each bucket without clicks, then order and cut."""
    by_start = {row.bucket_start: row for row in rows}
    filled = [by_start.get(start) or _zeros(report, start) for start in starts or (None,)]
    order = report.effective_order
    if order is Order.TIME_DESCENDING:
        filled.reverse()
    elif order is Order.METRIC_DESCENDING:
        # A stable sort: buckets with equal numbers stay in their order.
        filled.sort(key=lambda row: -row.metrics[0])
    return tuple(filled[report.window])


def _zeros(report: Report, bucket_start: datetime | None) -> Row:
    return Row((), bucket_start, (0,) * len(report.metrics))
