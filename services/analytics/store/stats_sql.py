"""Write the SQL of a report: fragments from closed enums, and everything that came from outside as a parameter."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Metric, Order, Report
from services.analytics.store.dimensions import EXPRESSIONS, ROLLED, Expression
from services.analytics.store.plan import Plan, Table
from services.analytics.store.visits_sql import Parameters, Selection, from_visits, of_links, passes, rights

_METRICS: Final = {
    Metric.CLICKS: "count(*)",
    Metric.HUMAN_CLICKS: "count(*) FILTER (WHERE NOT is_bot)",
    Metric.VISITORS: "count(DISTINCT visitor)",
    Metric.HUMAN_VISITORS: "count(DISTINCT visitor) FILTER (WHERE NOT is_bot)",
    Metric.MEAN_LATENCY: "coalesce(round(avg(latency_us)), 0)::bigint",
}


class ReportSql:
    """The statement of one report: a bucket, a value and a detail per dimension, then the metrics."""

    def __init__(self, *, selection: Selection, report: Report, plan: Plan) -> None:
        self._parameters = Parameters()
        self._selection = selection
        self._report = report
        self._plan = plan

    def build(self) -> tuple[str, list[object]]:
        """Return the statement and its parameters."""
        sql = self._over_clicks() if self._plan.table is Table.RAW else self._over_sums()
        return sql + self._order_and_limit(), self._parameters.values

    def _over_clicks(self) -> str:
        expressions = [EXPRESSIONS[dimension] for dimension in self._report.dimensions]
        selected = [*self._groups(expressions), *(_METRICS[metric] for metric in self._report.metrics)]
        return f"SELECT {', '.join(selected)} {from_visits(self._selection, self._parameters)}{self._group_by()}"

    def _over_sums(self) -> str:
        """Add up sums for the interior and raw clicks for the edges."""
        clicks, human_clicks = self._passing_sums()
        metrics = {Metric.CLICKS: f"sum({clicks})", Metric.HUMAN_CLICKS: f"sum({human_clicks})"}
        expressions = [
            EXPRESSIONS[Dimension.LINK] if dimension is Dimension.LINK else Expression("value", "detail")
            for dimension in self._report.dimensions
        ]
        selected = [
            *self._groups(expressions),
            *(f"coalesce({metrics[metric]}, 0)::bigint" for metric in self._report.metrics),
        ]
        own = [item for item in self._selection.filters if item.dimension is self._plan.dimension]
        conditions = [passes("value", item, self._parameters) for item in own]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        parts = self._daily_parts() if self._plan.table is Table.DAILY else self._totals_parts()
        # What is left over of a day's total may be nothing, and a value without clicks is no row.
        having = f" HAVING sum({clicks}) > 0" if self._is_grouped() else ""
        return (
            f"SELECT {', '.join(selected)} FROM ({' UNION ALL '.join(parts)}) AS counted"  # noqa: S608
            f"{where}{self._group_by()}{having}"
        )

    def _rights(self) -> str:
        seen = rights(self._selection.audience, self._parameters)
        return " AND ".join([*seen, *of_links(self._selection.filters, self._parameters)])

    def _totals_parts(self) -> list[str]:
        rights_ = self._rights()
        start = self._parameters.add(self._plan.inner_start, "timestamptz")
        end = self._parameters.add(self._plan.inner_end, "timestamptz")
        totals = (
            "SELECT start AS time, link_id, '' AS value, '' AS detail, clicks, human_clicks FROM totals "  # noqa: S608
            f"WHERE {rights_} AND start >= {start} AND start < {end}"
        )
        return [totals, self._edges(Expression("''"), rights_, start, end)]

    def _daily_parts(self) -> list[str]:
        dimension, rights_ = self._plan.dimension, self._rights()
        assert dimension is not None, "a daily plan has its dimension"  # noqa: S101
        first = self._parameters.add(self._plan.inner_start.astimezone(UTC).date(), "date")
        beyond = self._parameters.add(self._plan.inner_end.astimezone(UTC).date(), "date")
        start = self._parameters.add(self._plan.inner_start, "timestamptz")
        end = self._parameters.add(self._plan.inner_end, "timestamptz")
        implicit = self._parameters.add(ROLLED[dimension].implicit, "text")
        number = self._parameters.add(int(dimension), "smallint")
        rolled = f"FROM daily WHERE {rights_} AND dimension = {number} AND day >= {first} AND day < {beyond}"
        midnight = "day::timestamp AT TIME ZONE 'UTC'"
        totals = (
            f"SELECT start, link_id, {implicit}, '', clicks, human_clicks FROM totals "  # noqa: S608
            f"WHERE {rights_} AND start >= {start} AND start < {end}"
        )
        return [
            f"SELECT {midnight} AS time, link_id, value, detail, clicks, human_clicks {rolled}",
            # The implicit value: the totals, less all other values.
            totals,
            f"SELECT {midnight}, link_id, {implicit}, '', -clicks, -human_clicks {rolled}",
            self._edges(EXPRESSIONS[dimension], rights_, start, end),
        ]

    def _edges(self, expression: Expression, rights_: str, start: str, end: str) -> str:
        first = self._parameters.add(self._plan.start, "timestamptz")
        last = self._parameters.add(self._plan.end, "timestamptz")
        # Two ranges rather than one with a hole, so that both can use the index.
        part = (
            f"SELECT time, link_id, {expression.value}, {expression.detail}, 1, (NOT is_bot)::int FROM clicks "  # noqa: S608
            f"WHERE {rights_} AND time >= "
        )
        return f"{part}{first} AND time < {start} UNION ALL {part}{end} AND time < {last}"

    def _passing_sums(self) -> tuple[str, str]:
        """Return, as SQL, how many of a sum's clicks and human clicks pass the filters on is_bot."""
        if Dimension.IS_BOT in self._report.dimensions:
            return "clicks", "human_clicks"
        conditions = [item for item in self._selection.filters if item.dimension is Dimension.IS_BOT]
        people = all(item.passes("false") for item in conditions)
        bots = all(item.passes("true") for item in conditions)
        if people and bots:
            return "clicks", "human_clicks"
        if people:
            return "human_clicks", "human_clicks"
        return ("clicks - human_clicks", "0") if bots else ("0", "0")

    def _groups(self, expressions: Iterable[Expression]) -> list[str]:
        starts = self._plan.bucket_starts
        # The first bucket is 1 to width_bucket.
        bucket = f"width_bucket(time, {self._parameters.add(starts, 'timestamptz[]')}) - 1" if starts else "0"
        # The same order on every server, whatever its locale.
        values = [
            f'({text}) COLLATE "C"' for expression in expressions for text in (expression.value, expression.detail)
        ]
        return [bucket, *values]

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
        return f" ORDER BY {', '.join(order)} LIMIT {self._parameters.add(self._report.rows, 'bigint')}"


def summed_bounds_sql(selection: Selection, before: datetime) -> tuple[str, list[object]]:
    """Return the statement for the first and last quarter of an hour with clicks of the links before a time."""
    parameters = Parameters()
    conditions = [*rights(selection.audience, parameters), *of_links(selection.filters, parameters)]
    if selection.start is not None:
        conditions.append(f"start >= {parameters.add(selection.start, 'timestamptz')}")
    conditions.append(f"start < {parameters.add(before, 'timestamptz')}")
    return f"SELECT min(start), max(start) FROM totals WHERE {' AND '.join(conditions)}", parameters.values  # noqa: S608


def bound_sql(selection: Selection, *, last: bool) -> tuple[str, list[object]]:
    """Return the statement for the time of the first or last click of a selection."""
    parameters = Parameters()
    order = "time DESC" if last else "time"
    return f"SELECT time {from_visits(selection, parameters)} ORDER BY {order} LIMIT 1", parameters.values
