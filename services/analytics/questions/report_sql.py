"""Write the statement of a report: a bucket, a value and a detail for each dimension, then the metrics."""

from typing import Final

from services.analytics.domain.dimensions import TRAITS, Dimension
from services.analytics.domain.query import Metric, Order, Report
from services.analytics.questions.bucket_sql import bucket_number
from services.analytics.questions.conditions import (
    Selection,
    Statement,
    passes,
)
from services.analytics.questions.plan import TIMES, Plan
from services.analytics.questions.scan import Scan
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.sums_sql import SumsSql, passing_sums
from services.analytics.segments.expressions import EXPRESSIONS, Expression, seconds_of

_VISITORS: Final = frozenset({Metric.VISITORS, Metric.HUMAN_VISITORS})
_PEOPLE: Final = "FILTER (WHERE NOT is_bot)"
# Of clicks.
_METRICS: Final = {
    Metric.CLICKS: "count(*)",
    Metric.HUMAN_CLICKS: f"count(*) {_PEOPLE}",
    Metric.VISITORS: "count(DISTINCT visitor)",
    Metric.HUMAN_VISITORS: f"count(DISTINCT visitor) {_PEOPLE}",
    Metric.MEAN_LATENCY: "coalesce(round(avg(latency_us)), 0)::BIGINT",
    Metric.LAST_CLICK_TIME: seconds_of("epoch_us(max(time))"),
    Metric.FIRST_CLICK_TIME: seconds_of("epoch_us(min(time))"),
}
# Of people's and programs' clicks, latencies and sets of visitors.
_OF_SETS: Final = {
    Metric.CLICKS: "coalesce(sum(clicks), 0)::BIGINT",
    Metric.HUMAN_CLICKS: f"coalesce(sum(clicks) {_PEOPLE}, 0)::BIGINT",
    Metric.VISITORS: "coalesce(bit_count(bit_or(visitors)), 0)",
    Metric.HUMAN_VISITORS: f"coalesce(bit_count(bit_or(visitors) {_PEOPLE}), 0)",
    Metric.MEAN_LATENCY: "coalesce(round(sum(latency) / sum(clicks)), 0)::BIGINT",
    Metric.LAST_CLICK_TIME: seconds_of("max(last_moment)"),
    Metric.FIRST_CLICK_TIME: seconds_of("min(first_moment)"),
}
# When the clicks of a set were, in microseconds since 1970.
_MOMENTS: Final = "epoch_us(min(time)) AS first_moment, epoch_us(max(time)) AS last_moment, "
# About how many values there are, of dimensions that never have many.
_FEW: Final = {
    Dimension.IS_BOT: 2,
    Dimension.SCHEME: 2,
    Dimension.METHOD: 3,
    Dimension.HTTP_STATUS: 5,
    Dimension.CLICK_CLASS: 6,
    Dimension.DEVICE_TYPE: 6,
    Dimension.CONTINENT: 8,
    Dimension.OS: 30,
    Dimension.BROWSER_FAMILY: 50,
    Dimension.BROWSER: 50,
}
_MANY: Final = 1_000_000
# Two threads with sets of their own, and copies on the way, take about eight times as much memory.
MOST_BITS: Final = 8 * 16 * 2**20


class ReportSql:
    """The statement of one report on a snapshot."""

    def __init__(self, *, snapshot: Snapshot, selection: Selection, report: Report, plan: Plan) -> None:
        self._snapshot = snapshot
        self._selection = selection
        self._report = report
        self._plan = plan
        self._statement = Statement()

    def build(self, scan: Scan | None = None) -> tuple[str, Statement]:
        """Return the statement and what it reads; scan: what the report was counted by already."""
        if scan:
            sql = scan.sql(self._report, self._plan)
        else:
            sql = self._over_sums() if self._plan.is_summed else self._over_clicks()
        return sql + self._order_and_limit(), self._statement

    def _over_clicks(self) -> str:
        """Count clicks: first people and programs apart, because a set of visitors is made once for both."""
        expressions = [EXPRESSIONS[dimension] for dimension in self._report.dimensions]
        rows = selected(self._columns(), self._selection, self._snapshot, self._statement)
        groups = self._groups("epoch_us(time)", expressions)
        if not _VISITORS.intersection(self._report.metrics) or not self.are_sets_small:
            columns = [*groups, *(_METRICS[metric] for metric in self._report.metrics)]
            return f"SELECT {', '.join(columns)} FROM ({rows}) AS visits{self._group_by()}"
        return self._over_sets(groups, rows)

    def _over_sets(self, groups: list[str], rows: str) -> str:
        """Count visitors by strings of bits: of all clicks, or of people and programs if people are asked for."""
        keys = [f"key{number}" for number in range(len(groups))]
        named = ", ".join(f"{text} AS {key}" for text, key in zip(groups, keys, strict=True))
        columns = [*(keys if self._is_grouped() else ["0"]), *(_OF_SETS[metric] for metric in self._report.metrics)]
        are_apart = Metric.HUMAN_CLICKS in self._report.metrics or Metric.HUMAN_VISITORS in self._report.metrics
        times = _MOMENTS if TIMES.intersection(self._report.metrics) else ""
        return (
            f"SELECT {', '.join(columns)} FROM (SELECT {named}, {'is_bot, ' if are_apart else ''}count(*) AS clicks, "
            f"sum(latency_us) AS latency, {times}"
            f"bitstring_agg(visitor, 0, {max(self._snapshot.visitors, 1)}) AS visitors "
            f"FROM ({rows}) AS visits GROUP BY ALL) AS apart{self._group_by()}"
        )

    def _columns(self) -> str:
        """Return the names of the columns of clicks that are needed."""
        traits = [TRAITS[dimension] for dimension in self._report.dimensions]
        of_dimensions = [name for trait in traits for name in (trait.field, *trait.detail)]
        return ", ".join(dict.fromkeys(["time", "is_bot", "latency_us", "visitor", *of_dimensions]))

    @property
    def are_sets_small(self) -> bool:
        """Say whether sets of visitors as strings of bits, one of each group, fit into a share of the memory."""
        groups: int = max(len(self._plan.bucket_starts), 1)
        for dimension in self._report.dimensions:
            named = [
                len(item.values)
                for item in self._selection.filters
                if item.dimension is dimension and not item.negated and item.is_whole
            ]
            groups *= min([_FEW.get(dimension, _MANY), *named])
        return groups * self._snapshot.visitors <= MOST_BITS

    def _over_sums(self) -> str:
        """Add up sums for the interior, and clicks for the edges and what is newest."""
        clicks, human_clicks = passing_sums(self._selection, self._report.dimensions)
        metrics = {
            Metric.CLICKS: f"coalesce(sum({clicks}), 0)::BIGINT",
            Metric.HUMAN_CLICKS: f"coalesce(sum({human_clicks}), 0)::BIGINT",
            Metric.LAST_CLICK_TIME: seconds_of("max(last_moment)"),
            Metric.FIRST_CLICK_TIME: seconds_of("min(first_moment)"),
        }
        expressions = [
            EXPRESSIONS[Dimension.LINK] if dimension is Dimension.LINK else Expression("value", "detail")
            for dimension in self._report.dimensions
        ]
        selected = [
            *self._groups("moment", expressions),
            *(metrics[metric] for metric in self._report.metrics),
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
        limit, skip = (self._statement.add(number) for number in (self._report.rows, self._report.skip))
        return f" ORDER BY {', '.join(order)} LIMIT {limit} OFFSET {skip}"
