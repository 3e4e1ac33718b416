"""Raw clicks of one selection, read once for several reports: a table of the numbers of all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.analytics.domain.dimensions import TRAITS
from services.analytics.domain.query import Metric, Report
from services.analytics.questions.bucket_sql import bucket_number
from services.analytics.questions.conditions import Selection, Statement
from services.analytics.questions.plan import Plan, Source
from services.analytics.questions.reading import Reader
from services.analytics.questions.selected import selected
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.expressions import EXPRESSIONS, seconds_of
from services.analytics.segments.writing import moment_of

# The table of a cursor's own.
_TABLE: Final = "scanned"
_METRICS: Final = {
    Metric.CLICKS: "clicks",
    Metric.HUMAN_CLICKS: "human_clicks",
    Metric.MEAN_LATENCY: "latency",
    Metric.LAST_CLICK_TIME: seconds_of("last_time"),
    Metric.FIRST_CLICK_TIME: seconds_of("first_time"),
}
_NUMBERS: Final = (
    "count(*) AS clicks, count(*) FILTER (WHERE NOT is_bot) AS human_clicks, "
    "coalesce(round(avg(latency_us)), 0)::BIGINT AS latency, "
    "epoch_us(min(time)) AS first_time, epoch_us(max(time)) AS last_time"
)
# GROUPING answers a number of 64 bits, one for each key.
_MOST_KEYS: Final = 60


class Scan:
    """Collects reports of one selection, reads its clicks, and gives each report its part of the numbers.

    Sets of visitors are not for it: these are made one report at a time, for the sake of memory.
    """

    def __init__(self, snapshot: Snapshot, selection: Selection) -> None:
        self._snapshot = snapshot
        self._selection = selection
        # Names of keys by what they are over clicks.
        self._keys: dict[str, str] = {}
        self._fields: dict[str, None] = {}
        # The keys that each report groups by; nothing tells all clicks together.
        self._sets: dict[tuple[str, ...], None] = {(): None}

    def takes(self, report: Report, plan: Plan, selection: Selection) -> bool:
        """Say whether a report can be counted here, and if so remember it."""
        is_one = plan.source is Source.CLICKS and selection == self._selection and _METRICS.keys() >= {*report.metrics}
        if not is_one or len({*self._keys, *_keys(report, plan)}) > _MOST_KEYS:
            return False
        for dimension in report.dimensions:
            trait = TRAITS[dimension]
            self._fields |= dict.fromkeys((trait.field, *trait.detail))
        self._sets[self._set(report, plan)] = None
        return True

    async def run(self, reader: Reader) -> None:
        """Read the clicks."""
        statement = Statement()
        columns = ", ".join(dict.fromkeys(["time", "is_bot", "latency_us", *self._fields]))
        rows = selected(columns, self._selection, self._snapshot, statement)
        keys = "".join(f", {text} AS {name}" for text, name in self._keys.items())
        sets = ", ".join(f"({', '.join(each)})" for each in self._sets)
        names = "".join(f", {name}" for name in self._keys.values())
        mask = f"GROUPING({names[2:]})" if names else "0"
        await reader.fetch(
            f"CREATE OR REPLACE TEMP TABLE {_TABLE} AS SELECT {mask} AS absent{names}, {_NUMBERS} "
            f"FROM (SELECT time, is_bot, latency_us{keys} FROM ({rows}) AS visits) AS keyed "
            f"GROUP BY GROUPING SETS ({sets})",
            statement,
        )

    async def bounds(self, reader: Reader) -> tuple[datetime | None, datetime | None]:
        """Return the times of the first and the last click; None when there are none."""
        ((first, last),) = await reader.fetch(
            f"SELECT first_time, last_time FROM {_TABLE} WHERE absent = {self._absent(())}", Statement()
        )
        return (None, None) if first is None else (moment_of(first), moment_of(last))

    def sql(self, report: Report, plan: Plan) -> str:
        """Return the statement of a report's rows, before their order and limit."""
        own = _keys(report, plan)
        groups = (
            [self._keys[text] for text in own] if plan.bucket_starts else ["0", *(self._keys[text] for text in own)]
        )
        columns = ", ".join([*groups, *(_METRICS[metric] for metric in report.metrics)])
        return f"SELECT {columns} FROM {_TABLE} WHERE absent = {self._absent(self._set(report, plan))}"

    def _set(self, report: Report, plan: Plan) -> tuple[str, ...]:
        return tuple(self._keys.setdefault(text, f"key{len(self._keys)}") for text in _keys(report, plan))

    def _absent(self, present: Sequence[str]) -> int:
        """Return the bits of the keys that a set does not have; the last key's is the lowest."""
        return sum(1 << place for place, name in enumerate(reversed(self._keys.values())) if name not in present)


def _keys(report: Report, plan: Plan) -> list[str]:
    """Return what a report groups by, as expressions over clicks: a bucket, then values and details."""
    expressions = [EXPRESSIONS[dimension] for dimension in report.dimensions]
    keys = [bucket_number("epoch_us(time)", plan.bucket_starts)] if plan.bucket_starts else []
    return keys + [text for expression in expressions for text in (expression.value, expression.detail)]
