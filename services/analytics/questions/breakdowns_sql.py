"""Breakdowns by one dimension each, counted together: their sums lie together, and are read once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter, Metric, Order, Report, Row, Value
from services.analytics.questions.conditions import Selection, Statement, passes
from services.analytics.questions.plan import Plan, Source
from services.analytics.questions.snapshot import Snapshot
from services.analytics.questions.sums_sql import SumsSql, passing_sums

# Conditions on these hold on all sums alike.
_COMMON: Final = frozenset({Dimension.LINK, Dimension.IS_BOT})


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A report that can be counted together with others of its selection."""

    report: Report
    plan: Plan
    # Without the conditions on its own dimension, which others do not have.
    selection: Selection
    own: tuple[Filter, ...]

    @classmethod
    def of(cls, report: Report, plan: Plan, selection: Selection) -> "Breakdown | None":
        """Return the breakdown that a report is; None when it has to be counted alone."""
        own = tuple(item for item in selection.filters if item.dimension is plan.dimension)
        others = tuple(item for item in selection.filters if item.dimension is not plan.dimension)
        is_one = (
            plan.source is Source.DAILY
            and report.dimensions == (plan.dimension,)
            and not plan.bucket_starts
            and report.effective_order is Order.METRIC_DESCENDING
            and plan.dimension is not Dimension.IS_BOT
            and _COMMON.issuperset(item.dimension for item in others)
        )
        return cls(report, plan, replace(selection, filters=others), own) if is_one else None

    def sql(self, statement: Statement) -> str:
        """Return the part of a statement that selects its rows, out of the sums of all breakdowns."""
        metric = "human_clicks" if self.report.metrics[0] is Metric.HUMAN_CLICKS else "clicks"
        number = self.report.dimensions[0].value
        conditions = [f"dimension = {number}", *(passes("value", item, statement) for item in self.own)]
        return (
            f"(SELECT * FROM sums WHERE {' AND '.join(conditions)} "
            f"ORDER BY {metric} DESC, value, detail LIMIT {self.report.rows} OFFSET {self.report.skip})"
        )

    def rows(self, records: Sequence[tuple[Any, ...]]) -> tuple[Row, ...]:
        """Read its rows among those of all; they come in any order."""
        own = [self._row(record) for record in records if record[0] == self.report.dimensions[0]]
        return tuple(sorted(own, key=lambda row: (-row.metrics[0], row.values[0].text, row.values[0].detail)))

    def _row(self, record: tuple[Any, ...]) -> Row:
        _, value, detail, clicks, human_clicks = record
        counted = {Metric.CLICKS: clicks, Metric.HUMAN_CLICKS: human_clicks}
        return Row((Value(value, detail),), None, tuple(counted[metric] for metric in self.report.metrics))


def breakdowns_sql(snapshot: Snapshot, breakdowns: Sequence[Breakdown]) -> tuple[str, Statement]:
    """Return the statement of all rows of breakdowns of one selection; of each dimension there may be one."""
    first, statement = breakdowns[0], Statement()
    sums = SumsSql(snapshot, first.selection, statement, first.plan, by_link=False)
    parts = " UNION ALL ".join(sums.parts([each.report.dimensions[0] for each in breakdowns]))
    clicks, human_clicks = passing_sums(first.selection, ())
    sql = (
        "WITH sums AS MATERIALIZED ("
        f"SELECT dimension, value, detail, sum({clicks})::BIGINT AS clicks, "
        f"sum({human_clicks})::BIGINT AS human_clicks "
        f"FROM ({parts}) AS counted GROUP BY ALL HAVING sum({clicks}) > 0) "
        f"{' UNION ALL '.join(each.sql(statement) for each in breakdowns)}"
    )
    return sql, statement
