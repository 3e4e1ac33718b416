"""One state of all clicks: which segments count, what is erased from them, and the newest rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from services.analytics.domain.query import Audience
from services.analytics.questions.catalog import Erased, ErasedSource, State
from services.analytics.questions.conditions import Selection, Statement
from services.analytics.segments.layout import Kind, select
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
    erased_sources: Sequence[ErasedSource] = ()
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
        for gone, some in self._by_erased([segment for segment in segments if segment.has_clicks], audience):
            yield _clicks_without(gone, some, statement)

    def newest(self, selection: Selection) -> Iterator[tuple[str, bool]]:
        """Yield clicks of no segment like clicks_of, and whether whose they are is still to be asked."""
        yield f"FROM {NEWEST} WHERE true", True
        if selection.has_orphans and self.has_orphans:
            yield f"FROM {ORPHANS} WHERE true", False

    def sums_of(
        self, kind: Kind, of_owner: Kind | None, segments: Sequence[Segment], audience: Audience, statement: Statement
    ) -> Iterator[tuple[str, bool]]:
        """Yield relations of sums, less what was erased, and whether they are kept by link.

        Where nothing was erased that matters, sums of an owner do, if they are named. Where a source was erased, of
        which sums do not tell what was its, they are made anew from the clicks that are left.
        """
        for gone, some in self._by_erased(segments, audience):
            chosen = kind if of_owner is None or gone else of_owner
            if gone.sources:
                rows = f"({select(kind, f'(SELECT * {_clicks_without(gone, some, statement)})')})"
            else:
                rows = statement.rows_of([segment.files[chosen] for segment in some])
            if gone.links and not gone.sources:
                rows = f"(SELECT * FROM {rows} WHERE {_without(gone.links, statement)})"
            yield rows, chosen is kind

    def has_erased(self, segment: Segment, audience: Audience) -> bool:
        """Say whether something was erased from a segment that matters to an audience."""
        return any(gone for gone, _ in self._by_erased([segment], audience))

    def _by_erased(self, segments: Sequence[Segment], audience: Audience) -> Iterator[tuple["_Gone", list[Segment]]]:
        """Group segments by what is erased from them and matters to an audience."""
        matter = [
            erased
            for erased in self.erased
            if (not audience.owner_id or erased.owner_id == audience.owner_id)
            and (not audience.link_id or erased.link_id == audience.link_id)
        ]
        # The link of an audience may have clicks of any source.
        sources = [each for each in self.erased_sources if not audience.owner_id or each.owner_id == audience.owner_id]
        groups: dict[_Gone, list[Segment]] = {}
        for segment in segments:
            links = sorted({(each.owner_id, each.link_id) for each in matter if each.id > segment.erasures_applied})
            gone = _Gone(tuple(links), tuple(each.source for each in sources if each.matters_to(segment)))
            groups.setdefault(gone, []).append(segment)
        yield from groups.items()


@dataclass(frozen=True, slots=True)
class _Gone:
    """Links, with their owners, and sources whose clicks are to be left out."""

    links: tuple[tuple[int, int], ...]
    sources: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.links or self.sources)


def _clicks_without(gone: _Gone, segments: Sequence[Segment], statement: Statement) -> str:
    rows = statement.rows_of([segment.files[Kind.CLICKS] for segment in segments])
    conditions = [_without(gone.links, statement)]
    if gone.sources:
        conditions.append(f"source NOT IN (SELECT unnest({statement.add(list(gone.sources))}::VARCHAR[]))")
    return f"FROM {rows} WHERE {' AND '.join(conditions)}"


def _without(links: Sequence[tuple[int, int]], statement: Statement) -> str:
    if not links:
        return "true"
    owners, ids = statement.add([owner for owner, _ in links]), statement.add([link for _, link in links])
    return f"(owner_id, link_id) NOT IN (SELECT (unnest({owners}::BIGINT[]), unnest({ids}::BIGINT[])))"
