"""Reports with visitors, part by part: sets of bits count fastest, and not all of them fit into memory at once."""

from typing import Final

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Filter, Metric, Order, Report, Row
from services.analytics.questions.account_visitors import AccountVisitors
from services.analytics.questions.asked import Asked
from services.analytics.questions.bucket_numbers import keys_of, runs_of
from services.analytics.questions.conditions import Selection
from services.analytics.questions.memory import Memory
from services.analytics.questions.reading import Reader
from services.analytics.questions.report_sql import MOST_BITS, ReportSql
from services.analytics.questions.rows import filled, row_of
from services.analytics.questions.snapshot import Snapshot

VISITORS: Final = frozenset({Metric.VISITORS, Metric.HUMAN_VISITORS})


class VisitorReport:
    """Counts a report; what cannot be parted is counted by hash tables, which may go to disk."""

    def __init__(self, snapshot: Snapshot, reader: Reader, memory: Memory) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._account = AccountVisitors(snapshot, reader, memory.sets)
        self._numbers = memory.numbers
        # So many sets fit into memory at once.
        self._most = MOST_BITS // max(snapshot.visitors, 1)

    async def rows(self, asked: Asked) -> tuple[Row, ...]:
        """Return the rows of a report, in its order."""
        if self._account.takes(asked):
            return filled([await self._account.row(asked)], asked.report, ())
        if asked.plan.bucket_starts and not asked.report.dimensions:
            return await self._by_time(asked)
        if _is_of_links(asked.selection):
            # Their clicks are few beside the visitors of everybody, whom each set has bits for.
            return await self._at_once(asked)
        if (
            self._most
            and _ranks_by_clicks(asked.report)
            and not asked.report.skip
            and not self._sql(asked).are_sets_small
        ):
            return await self._by_rank(asked)
        return await self._at_once(asked)

    async def _at_once(self, asked: Asked) -> tuple[Row, ...]:
        rows = await self._read(asked)
        return rows if asked.report.dimensions else filled(rows, asked.report, asked.plan.bucket_starts)

    async def _by_rank(self, asked: Asked) -> tuple[Row, ...]:
        """Count the values with most clicks by sets, and the many others, which have few, by hash tables."""
        report = asked.report
        most = min(report.rows, self._most)
        known = await self._read(asked.ranking(most))
        if not known:
            return ()
        top = Filter(dimension=report.dimensions[0], values=frozenset(row.values[0].text for row in known))
        rows = await self._read(asked.on(top))
        if len(known) == most < report.rows:
            others = Filter(dimension=top.dimension, values=top.values, negated=True)
            rows += await self._read(asked.on(others))
        ranked = sorted(rows, key=lambda row: (-row.metrics[0], row.values[0].text, row.values[0].detail))
        return tuple(ranked[: report.rows])

    async def _by_time(self, asked: Asked) -> tuple[Row, ...]:
        """Count the buckets that are not remembered: some of them, then the next."""
        starts = asked.plan.bucket_starts
        keys = await keys_of(asked, self._snapshot, self._reader)
        known = {start: numbers for start, key in keys.items() if (numbers := self._numbers.find(key)) is not None}
        rows = {start: Row((), start, numbers) for start, numbers in known.items()}
        # As many sets as fit into memory; of links, and where not even one fits, hash tables do.
        most = len(starts) if _is_of_links(asked.selection) else self._most or len(starts)
        for some in runs_of([start for start in starts if start not in known], starts, most):
            read = {row.bucket_start: row for row in await self._read(asked.within(some))}
            for start in some:
                row = read.get(start) or Row((), start, (0,) * len(asked.report.metrics))
                rows[start] = row
                if start in keys:
                    self._numbers.keep(keys[start], row.metrics)
        return filled([*rows.values()], asked.report, starts)

    async def _read(self, asked: Asked) -> tuple[Row, ...]:
        records = await self._reader.fetch(*self._sql(asked).build())
        return tuple(row_of(record, asked.report, asked.plan) for record in records)

    def _sql(self, asked: Asked) -> ReportSql:
        return ReportSql(snapshot=self._snapshot, selection=asked.selection, report=asked.report, plan=asked.plan)


def _is_of_links(selection: Selection) -> bool:
    """Say whether a selection is about links that are named."""
    return selection.audience.link_id > 0 or any(
        item.dimension is Dimension.LINK and not item.negated and item.is_whole for item in selection.filters
    )


def _ranks_by_clicks(report: Report) -> bool:
    """Say whether a report shows the values of a dimension with most clicks."""
    return (
        len(report.dimensions) == 1
        and report.bucket is Bucket.NONE
        and report.effective_order is Order.METRIC_DESCENDING
        and report.metrics[0] in {Metric.CLICKS, Metric.HUMAN_CLICKS}
    )
