"""Write the statement of a report: a bucket, a value and a detail for each dimension, then the metrics."""

from collections.abc import Iterator
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Metric, Order, Report
from services.analytics.questions.bucket_sql import bucket_number
from services.analytics.questions.conditions import (
    Selection,
    Statement,
    of_links,
    passes,
    rights,
    within,
)
from services.analytics.questions.plan import Plan, Source
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.expressions import EXPRESSIONS, Expression
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import Segment

# Of a day's or quarter's sum, in microseconds since 1970.
_MOMENTS: Final = {
    Source.DAILY: "(day - DATE '1970-01-01')::BIGINT * 86400000000",
    Source.TOTALS: "epoch_us(start)",
}
_KINDS: Final = {
    Source.DAILY: (Kind.DAILY, Kind.OWNER_DAILY),
    Source.TOTALS: (Kind.TOTALS, Kind.OWNER_TOTALS),
}


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
        clicks, human_clicks = self._passing_sums()
        metrics = {Metric.CLICKS: f"sum({clicks})", Metric.HUMAN_CLICKS: f"sum({human_clicks})"}
        expressions = [
            EXPRESSIONS[Dimension.LINK] if dimension is Dimension.LINK else Expression("value", "detail")
            for dimension in self._report.dimensions
        ]
        selected = [
            *self._groups("moment", expressions),
            *(f"coalesce({metrics[metric]}, 0)::BIGINT" for metric in self._report.metrics),
        ]
        own = [item for item in self._selection.filters if item.dimension is self._plan.dimension]
        conditions = [passes("value", item, self._statement) for item in own]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        # Programs alone, of a sum of people alone, are nothing: a value without clicks is no row.
        having = f" HAVING sum({clicks}) > 0" if self._is_grouped() else ""
        parts = " UNION ALL ".join(self._sums())
        return f"SELECT {', '.join(selected)} FROM ({parts}) AS counted{where}{self._group_by()}{having}"

    def _sums(self) -> Iterator[str]:
        span = self._snapshot.span(self._plan.start, self._plan.end)
        yield from self._sums_of(span.whole, is_cut=False)
        yield from self._sums_of(span.cut, is_cut=True)
        audience = self._selection.audience
        edges = [(self._plan.start, self._plan.inner_start), (self._plan.inner_end, self._plan.end)]
        for start, end in edges:
            if start < end:
                for rows in self._snapshot.clicks_of(span.cut, audience, self._statement):
                    yield self._as_sums(f"{rows} AND {' AND '.join(within(start, end, self._statement))}")
        for rows, _ in self._snapshot.newest(self._selection):
            in_time = within(self._plan.start, self._plan.end, self._statement)
            yield self._as_sums(f"{rows} AND {' AND '.join(in_time)}")

    def _sums_of(self, segments: tuple[Segment, ...], *, is_cut: bool) -> Iterator[str]:
        if not segments:
            return
        plan, statement = self._plan, self._statement
        kind, of_owner = _KINDS[plan.source]
        pieces = self._snapshot.sums_of(
            kind, None if self._is_by_link() else of_owner, segments, self._selection.audience, statement
        )
        value = "value, detail" if plan.source is Source.DAILY else "'' AS value, '' AS detail"
        for rows, has_links in pieces:
            conditions = ["true", *rights(self._selection.audience, statement)]
            conditions += of_links(self._selection.filters, statement) if has_links else []
            if plan.dimension is not None:
                conditions.append(f"dimension = {plan.dimension.value}")
            if is_cut and plan.source is Source.DAILY:
                conditions += within(plan.inner_start.date(), plan.inner_end.date(), statement, "day")
            elif is_cut:
                conditions += within(plan.inner_start, plan.inner_end, statement, "start")
            link = "link_id" if has_links else "0::BIGINT AS link_id"
            yield (
                f"SELECT {_MOMENTS[plan.source]} AS moment, {link}, {value}, clicks, human_clicks "
                f"FROM {rows} WHERE {' AND '.join(conditions)}"
            )

    def _as_sums(self, clicks: str) -> str:
        """Return the statement of single clicks as if they were sums."""
        seen = [*rights(self._selection.audience, self._statement), *of_links(self._selection.filters, self._statement)]
        dimension = self._plan.dimension
        expression = EXPRESSIONS[dimension] if dimension is not None else Expression("''")
        return (
            f"SELECT epoch_us(time) AS moment, link_id, {expression.value} AS value, {expression.detail} AS detail, "
            f"1::BIGINT AS clicks, (NOT is_bot)::BIGINT AS human_clicks FROM ({clicks}) AS edge "
            f"WHERE {' AND '.join(['true', *seen])}"
        )

    def _is_by_link(self) -> bool:
        """Say whether the sums of an owner do not do."""
        return (
            Dimension.LINK in self._report.dimensions
            or self._selection.audience.link_id > 0
            or any(item.dimension is Dimension.LINK for item in self._selection.filters)
        )

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
