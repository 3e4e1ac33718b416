"""One state of all clicks: which segments count, what is erased from them, and the newest rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from services.analytics.domain.query import Audience
from services.analytics.questions.catalog import Erased, State
from services.analytics.questions.conditions import Selection, Statement
from services.analytics.segments.layout import Kind
from services.analytics.segments.registry import Segment

# The table of the newest rows, in a cursor's own state of it.
NEWEST: Final = "newest"
ORPHANS: Final = "orphan_visits"


@dataclass(frozen=True, slots=True)
class Span:
    """Segments and what of their time is asked for."""

    # All of their clicks lie within the interval.
    whole: tuple[Segment, ...]
    # Some of their clicks may lie outside.
    cut: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A state of the data that does not change while it is read."""

    duck: duckdb.DuckDBPyConnection
    state: State
    segments: Sequence[Segment]
    erased: Sequence[Erased]
    # All numbers of visitors are smaller.
    visitors: int
    has_orphans: bool = False
    # True when there are no clicks but those of segments: statements without them are planned sooner.
    is_all_settled: bool = False

    def span(self, start: datetime | None, end: datetime | None) -> Span:
        """Return the segments that may have clicks from start on and before end; either may be open."""
        whole: list[Segment] = []
        cut: list[Segment] = []
        for segment in self.segments:
            if (end is not None and segment.first_time >= end) or (start is not None and segment.last_time < start):
                continue
            inside = (start is None or segment.first_time >= start) and (end is None or segment.last_time < end)
            (whole if inside else cut).append(segment)
        return Span(tuple(whole), tuple(cut))

    def clicks_of(self, segments: Sequence[Segment], audience: Audience, statement: Statement) -> Iterator[str]:
        """Yield the raw clicks of segments, less what was erased, as FROM and WHERE; more conditions may follow."""
        for links, some in self._by_erased([segment for segment in segments if segment.has_clicks], audience):
            rows = statement.rows_of([segment.files[Kind.CLICKS] for segment in some])
            yield f"FROM {rows} WHERE {_without(links, statement)}"

    def newest(self, selection: Selection) -> Iterator[tuple[str, bool]]:
        """Yield clicks of no segment like clicks_of, and whether whose they are is still to be asked."""
        yield f"FROM {NEWEST} WHERE true", True
        if selection.has_orphans and self.has_orphans:
            yield f"FROM {ORPHANS} WHERE true", False

    def sums_of(
        self, kind: Kind, of_owner: Kind | None, segments: Sequence[Segment], audience: Audience, statement: Statement
    ) -> Iterator[tuple[str, bool]]:
        """Yield relations of sums, less what was erased, and whether they are kept by link.

        Where nothing was erased that matters, sums of an owner do, if they are named.
        """
        for links, some in self._by_erased(segments, audience):
            chosen = kind if of_owner is None or links else of_owner
            rows = statement.rows_of([segment.files[chosen] for segment in some])
            if links:
                rows = f"(SELECT * FROM {rows} WHERE {_without(links, statement)})"
            yield rows, chosen is kind

    def has_erased(self, segment: Segment, audience: Audience) -> bool:
        """Say whether something was erased from a segment that matters to an audience."""
        return any(links for links, _ in self._by_erased([segment], audience))

    def _by_erased(
        self, segments: Sequence[Segment], audience: Audience
    ) -> Iterator[tuple[tuple[tuple[int, int], ...], list[Segment]]]:
        """Group segments by the links that are erased from them and matter to an audience."""
        matter = [
            erased
            for erased in self.erased
            if (not audience.owner_id or erased.owner_id == audience.owner_id)
            and (not audience.link_id or erased.link_id == audience.link_id)
        ]
        groups: dict[tuple[tuple[int, int], ...], list[Segment]] = {}
        for segment in segments:
            links = sorted({(each.owner_id, each.link_id) for each in matter if each.id > segment.erasures_applied})
            groups.setdefault(tuple(links), []).append(segment)
        yield from groups.items()


def _without(links: Sequence[tuple[int, int]], statement: Statement) -> str:
    if not links:
        return "true"
    owners, ids = statement.add([owner for owner, _ in links]), statement.add([link for _, link in links])
    return f"(owner_id, link_id) NOT IN (SELECT (unnest({owners}::BIGINT[]), unnest({ids}::BIGINT[])))"
