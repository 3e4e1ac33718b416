"""The sums that a plan counts, as rows: of segments, of the edges of their time, and of what is in no segment."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.questions.conditions import Selection, Statement, of_links, passes_filter, rights, within
from services.analytics.questions.plan import Plan, Source
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
_TIMELESS: Final = {
    Source.DAILY: (Kind.VALUES, Kind.OWNER_VALUES),
    Source.TOTALS: (Kind.LINKS, Kind.OWNER_TOTALS),
}
# Of rows that are of no dimension, as a number.
_NONE: Final = 0
# When the first and the last click of a row were, if asked for: of a link's sum, of a quarter's, and of a click.
_LINK_TIMES: Final = ", epoch_us(first_time) AS first_moment, epoch_us(last_time) AS last_moment"
_QUARTER_TIMES: Final = ", epoch_us(start) AS first_moment, epoch_us(start) AS last_moment"
_CLICK_TIMES: Final = ", epoch_us(time) AS first_moment, epoch_us(time) AS last_moment"


class SumsSql:
    """Statements that select dimension, moment, link_id, value, detail, clicks and human_clicks.

    Filters on links are applied, and no others. Unless by_link is set, link_id may be 0. Of several dimensions there is
    no moment and no link_id. If the plan has times, first_moment and last_moment come behind these.
    """

    def __init__(
        self, snapshot: Snapshot, selection: Selection, statement: Statement, plan: Plan, *, by_link: bool
    ) -> None:
        self._snapshot = snapshot
        self._selection = selection
        self._statement = statement
        self._plan = plan
        self._by_link = (
            by_link
            or selection.audience.link_id > 0
            or any(item.dimension is Dimension.LINK for item in selection.filters)
            # Sums of an owner do not know them.
            or plan.has_times
        )

    def parts(self, dimensions: Sequence[Dimension]) -> Iterator[str]:
        """Yield the statements of the sums of dimensions; of none: those of all clicks."""
        span = self._snapshot.span(self._plan.start, self._plan.end)
        of_segments = [
            *self._of_segments(span.whole, dimensions, is_cut=False),
            *self._of_segments(span.cut, dimensions, is_cut=True),
        ]
        yield from of_segments
        yield from self._as_sums(self._edges(span.cut), dimensions)
        if not (of_segments and self._snapshot.is_all_settled):
            yield from self._as_sums(self._newest(), dimensions)

    def _of_segments(
        self, segments: tuple[Segment, ...], dimensions: Sequence[Dimension], *, is_cut: bool
    ) -> Iterator[str]:
        if not segments:
            return
        kind, of_owner, moment = self._kinds(is_cut=is_cut)
        some = segments
        if kind is Kind.DAILY:
            # Days by link are told by raw clicks, where there are some, unless the owner's sums do.
            told = [each for each in segments if each.has_clicks and self._needs_links(each)]
        elif is_cut and self._plan.has_times:
            # Of a part of a link's clicks only they themselves know when the first and the last one were.
            told = [each for each in segments if each.has_clicks]
        else:
            told = []
        if told:
            some = tuple(each for each in segments if each not in told)
            yield from self._as_sums(self._interior(told, is_cut=is_cut), dimensions)
        chosen = None if self._by_link else of_owner
        columns = "dimension, value, detail" if dimensions else f"{_NONE} AS dimension, '' AS value, '' AS detail"
        times = self._times(_LINK_TIMES if kind is Kind.LINKS else _QUARTER_TIMES)
        for rows, has_links in self._snapshot.sums_of(kind, chosen, some, self._selection.audience, self._statement):
            link = "link_id" if has_links else "0::BIGINT AS link_id"
            yield (
                f"SELECT {columns}, {moment} AS moment, {link}, clicks, human_clicks{times} "
                f"FROM {rows} WHERE {' AND '.join(self._conditions(dimensions, has_links=has_links, is_cut=is_cut))}"
            )

    def _kinds(self, *, is_cut: bool) -> tuple[Kind, Kind, str]:
        """Return which sums are read, those of links and of owners, and their moment."""
        source = self._plan.source
        if not is_cut and not self._plan.bucket_starts:
            # When it was does not matter: there is one row of each link, or of each value.
            return *_TIMELESS[source], "0::BIGINT"
        return *_KINDS[source], _MOMENTS[source]

    def _conditions(self, dimensions: Sequence[Dimension], *, has_links: bool, is_cut: bool) -> list[str]:
        plan, statement = self._plan, self._statement
        conditions = ["true", *rights(self._selection.audience, statement)]
        conditions += of_links(self._selection.filters, statement) if has_links else []
        if dimensions:
            conditions.append(f"dimension IN ({', '.join(str(each.value) for each in dimensions)})")
        if is_cut and plan.source is Source.DAILY:
            conditions += within(plan.inner_start.date(), plan.inner_end.date(), statement, "day")
        elif is_cut:
            conditions += within(plan.inner_start, plan.inner_end, statement, "start")
        return conditions

    def _needs_links(self, segment: Segment) -> bool:
        return self._by_link or self._snapshot.has_erased(segment, self._selection.audience)

    def _interior(self, segments: Sequence[Segment], *, is_cut: bool) -> Iterator[str]:
        plan = self._plan
        in_time = within(plan.inner_start, plan.inner_end, self._statement) if is_cut else []
        for rows in self._snapshot.clicks_of(segments, self._selection.audience, self._statement):
            yield " AND ".join([rows, *in_time])

    def _edges(self, segments: Sequence[Segment]) -> Iterator[str]:
        plan, audience = self._plan, self._selection.audience
        for start, end in ((plan.start, plan.inner_start), (plan.inner_end, plan.end)):
            if start is not None and start < end:
                for rows in self._snapshot.clicks_of(segments, audience, self._statement):
                    yield " AND ".join([rows, *within(start, end, self._statement)])

    def _newest(self) -> Iterator[str]:
        meant = [passes_filter(item, self._statement) for item in self._selection.of_newest]
        for rows, _ in self._snapshot.newest(self._selection):
            yield " AND ".join([rows, *meant, *within(self._plan.start, self._plan.end, self._statement)])

    def _as_sums(self, clicks: Iterable[str], dimensions: Sequence[Dimension]) -> Iterator[str]:
        """Yield the statements of single clicks as if they were sums."""
        seen = [*rights(self._selection.audience, self._statement), *of_links(self._selection.filters, self._statement)]
        for rows in clicks:
            meant = " AND ".join([rows, *seen])
            if len(dimensions) > 1:
                yield _by_each(dimensions, meant)
                continue
            dimension = dimensions[0] if dimensions else None
            expression = EXPRESSIONS[dimension] if dimension is not None else Expression("''")
            yield (
                f"SELECT {dimension or _NONE:d} AS dimension, {expression.value} AS value, "
                f"{expression.detail} AS detail, epoch_us(time) AS moment, link_id, 1::BIGINT AS clicks, "
                f"(NOT is_bot)::BIGINT AS human_clicks{self._times(_CLICK_TIMES)} {meant}"
            )

    def _times(self, columns: str) -> str:
        return columns if self._plan.has_times else ""


def _by_each(dimensions: Sequence[Dimension], meant: str) -> str:
    """Return the statement of the sums of clicks by each dimension: they are read once, and have no moment."""
    number, value, detail, keys, sets = ([] for _ in range(5))
    for dimension in dimensions:
        own = f"value{dimension:d}", f"detail{dimension:d}"
        when = f"WHEN GROUPING({own[0]}) = 0 THEN"
        number.append(f"{when} {dimension:d}")
        value.append(f"{when} {own[0]}")
        detail.append(f"{when} {own[1]}")
        keys.append(f"{EXPRESSIONS[dimension].value} AS {own[0]}, {EXPRESSIONS[dimension].detail} AS {own[1]}")
        sets.append(f"({', '.join(own)})")
    return (
        f"SELECT CASE {' '.join(number)} END AS dimension, CASE {' '.join(value)} END AS value, "
        f"CASE {' '.join(detail)} END AS detail, 0::BIGINT AS moment, 0::BIGINT AS link_id, "
        "count(*)::BIGINT AS clicks, (count(*) FILTER (NOT is_bot))::BIGINT AS human_clicks "
        f"FROM (SELECT is_bot, {', '.join(keys)} {meant}) AS visits GROUP BY GROUPING SETS ({', '.join(sets)})"
    )


def passing_sums(selection: Selection, dimensions: Sequence[Dimension]) -> tuple[str, str]:
    """Return, as SQL, how many of a sum's clicks and human clicks pass a selection's filters on is_bot.

    A report that asks for IS_BOT itself has filters on values instead.
    """
    if Dimension.IS_BOT in dimensions:
        return "clicks", "human_clicks"
    conditions = [item for item in selection.filters if item.dimension is Dimension.IS_BOT]
    people = all(item.passes("false") for item in conditions)
    bots = all(item.passes("true") for item in conditions)
    if people and bots:
        return "clicks", "human_clicks"
    if people:
        return "human_clicks", "human_clicks"
    return ("clicks - human_clicks", "0") if bots else ("0", "0")
