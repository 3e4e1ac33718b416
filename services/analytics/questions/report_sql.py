"""Write the statement of a report: a bucket, a value and a detail for each dimension, then the metrics."""

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Metric, Order, Report
from services.analytics.questions.bucket_sql import bucket_number
from services.analytics.questions.conditions import (
    Selection,
    Statement,
    passes,
)
from services.analytics.questions.plan import Plan
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.sums_sql import SumsSql, passing_sums
from services.analytics.segments.expressions import EXPRESSIONS, Expression


class ReportSql:
    """The statement of one report on a snapshot."""

    def __init__(self, *, snapshot: Snapshot, selection: Selection, report: Report, plan: Plan) -> None:
        self._snapshot = snapshot
        self._selection = selection
        self._report = report
        self._plan = plan
        self._statement = Statement()

    def build(self) -> tuple[str, Statement]:
        """Return the statement and what it reads."""
        sql = self._over_sums() if self._plan.is_summed else self._over_clicks()
        return sql + self._order_and_limit(), self._statement

    def _over_clicks(self) -> str:
        expressions = [EXPRESSIONS[dimension] for dimension in self._report.dimensions]
        metrics = (_metric(metric, self._snapshot.visitors, self._is_grouped()) for metric in self._report.metrics)
        columns = [*self._groups("epoch_us(time)", expressions), *metrics]
        rows = " UNION ALL ".join(selected(self._selection, self._snapshot, self._statement))
        return f"SELECT {', '.join(columns)} FROM ({rows}) AS visits{self._group_by()}"

    def _over_sums(self) -> str:
        """Add up sums for the interior, and clicks for the edges and what is newest."""
        clicks, human_clicks = passing_sums(self._selection, self._report.dimensions)
        metrics = {Metric.CLICKS: f"sum({clicks})", Metric.HUMAN_CLICKS: f"sum({human_clicks})"}
        expressions = [
            EXPRESSIONS[Dimension.LINK] if dimension is Dimension.LINK else Expression("value", "detail")
            for dimension in self._report.dimensions
        ]
        selected = [
            *self._groups("moment", expressions),
            *(f"coalesce({metrics[metric]}, 0)::BIGINT" for metric in self._report.metrics),
        ]
        dimension = self._plan.dimension
        own = [item for item in self._selection.filters if item.dimension is dimension]
        conditions = [passes("value", item, self._statement) for item in own]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        # Programs alone, of a sum of people alone, are nothing: a value without clicks is no row.
        having = f" HAVING sum({clicks}) > 0" if self._is_grouped() else ""
        by_link = Dimension.LINK in self._report.dimensions
        sums = SumsSql(self._snapshot, self._selection, self._statement, self._plan, by_link=by_link)
        parts = " UNION ALL ".join(sums.parts([] if dimension is None else [dimension]))
        return f"SELECT {', '.join(selected)} FROM ({parts}) AS counted{where}{self._group_by()}{having}"

    def _groups(self, moment: str, expressions: list[Expression]) -> list[str]:
        bucket = bucket_number(moment, self._plan.bucket_starts)
        return [bucket, *(text for expression in expressions for text in (expression.value, expression.detail))]

    def _is_grouped(self) -> bool:
        return bool(self._plan.bucket_starts or self._report.dimensions)

    def _group_by(self) -> str:
        positions = range(1, 2 + 2 * len(self._report.dimensions))
        return f" GROUP BY {', '.join(map(str, positions))}" if self._is_grouped() else ""

    def _order_and_limit(self) -> str:
        if not self._report.dimensions:
            # Buckets without clicks are filled in, and only then is there an order and a limit.
            return ""
        metric = 2 + 2 * len(self._report.dimensions)
        values = [str(position) for position in range(2, metric)]
        order = {
            Order.METRIC_DESCENDING: [f"{metric} DESC", "1", *values],
            Order.TIME_ASCENDING: ["1", *values],
            Order.TIME_DESCENDING: ["1 DESC", *values],
        }[self._report.effective_order]
        return f" ORDER BY {', '.join(order)} LIMIT {self._statement.add(self._report.rows)}"


def _metric(metric: Metric, visitors: int, is_grouped: bool) -> str:
    people = " FILTER (WHERE NOT is_bot)"
    if metric in {Metric.VISITORS, Metric.HUMAN_VISITORS}:
        some = people if metric is Metric.HUMAN_VISITORS else ""
        if is_grouped:
            return f"count(DISTINCT visitor){some}"
        # Dense numbers make a set of all visitors a string of bits.
        return f"coalesce(bit_count(bitstring_agg(visitor, 0, {max(visitors, 1)}){some}), 0)"
    return {
        Metric.CLICKS: "count(*)",
        Metric.HUMAN_CLICKS: f"count(*){people}",
        Metric.MEAN_LATENCY: "coalesce(round(avg(latency_us)), 0)::BIGINT",
    }[metric]
