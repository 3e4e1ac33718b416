"""What is left of segments when what was erased is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import duckdb

from services.analytics.segments.layout import Kind, select
from services.analytics.segments.registry import Segment
from services.analytics.segments.writing import parquet

# The links that were erased, by the place that a segment has among the old ones.
_GONE: Final = """
CREATE OR REPLACE TABLE gone AS
SELECT unnest($places::INTEGER[]) AS place, unnest($owners::BIGINT[]) AS owner_id, unnest($links::BIGINT[]) AS link_id
"""
# The same of sources.
_GONE_SOURCES: Final = """
CREATE OR REPLACE TABLE gone_sources AS
SELECT unnest($places::INTEGER[]) AS place, unnest($sources::VARCHAR[]) AS source
"""
_ANTI_JOIN: Final = "ANTI JOIN (SELECT owner_id, link_id FROM gone WHERE place = {place}) USING (owner_id, link_id)"
_LOSES: Final = """
SELECT EXISTS (
    SELECT 1 FROM {links} SEMI JOIN (SELECT owner_id, link_id FROM gone WHERE place = {place})
    USING (owner_id, link_id)
)
"""
_ANTI_JOIN_SOURCES: Final = "ANTI JOIN (SELECT source FROM gone_sources WHERE place = {place}) USING (source)"
_LOSES_SOURCES: Final = """
SELECT EXISTS (
    SELECT 1 FROM {clicks} SEMI JOIN (SELECT source FROM gone_sources WHERE place = {place}) USING (source)
)
"""
_SOURCES: Final = "SELECT DISTINCT source FROM {clicks} ORDER BY source"


@dataclass(frozen=True, slots=True)
class Gone:
    """A link that was erased for an owner."""

    id: int
    owner_id: int
    link_id: int


@dataclass(frozen=True, slots=True)
class GoneSource:
    """A source that was erased: it has no clicks of anybody's, and gets none."""

    id: int
    source: str


@dataclass(frozen=True, slots=True)
class _Losing:
    """The places of the old segments that something was erased from: links, or sources."""

    links: frozenset[int]
    sources: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Remains:
    """Old segments of a month, less what was erased. Its methods take long: they belong into a thread."""

    duck: duckdb.DuckDBPyConnection
    old: Sequence[Segment]
    # Erased links; each is gone from those segments that have not applied it yet.
    gone: Sequence[Gone]
    # Erased sources, likewise.
    gone_sources: Sequence[GoneSource]
    # Where the old files are.
    paths: Mapping[str, Path]

    def are_less(self) -> bool:
        """Say whether anything of the old segments was erased."""
        return bool(self._losing.links or self._losing.sources)

    def sources(self) -> list[str]:
        """Return the sources of the raw clicks that are left."""
        return [source for (source,) in self.duck.execute(_SOURCES.format(clicks=self.rows(Kind.CLICKS))).fetchall()]

    @cached_property
    def _losing(self) -> _Losing:
        """Where something was erased from."""
        links = [
            (place, each.owner_id, each.link_id)
            for place, segment in enumerate(self.old)
            for each in self.gone
            if each.id > segment.erasures_applied
        ]
        # No sums without raw clicks hold any of an erased source: it would not have been erased.
        sources = [
            (place, each.source)
            for place, segment in enumerate(self.old)
            for each in self.gone_sources
            if each.id > segment.sources_erased and segment.has_clicks
        ]
        places, owners, ids = map(list, zip(*links, strict=True)) if links else ([], [], [])
        self.duck.execute(_GONE, {"places": places, "owners": owners, "links": ids})
        self.duck.execute(
            _GONE_SOURCES, {"places": [place for place, _ in sources], "sources": [source for _, source in sources]}
        )
        return _Losing(
            frozenset(place for place in {*places} if self._loses(_LOSES, place)),
            frozenset(place for place in {place for place, _ in sources} if self._loses(_LOSES_SOURCES, place)),
        )

    def _loses(self, statement: str, place: int) -> bool:
        segment = [self.old[place]]
        links = self.files(Kind.LINKS, segment)
        clicks = self.files(Kind.CLICKS, segment) if self.old[place].has_clicks else ""
        row = self.duck.execute(statement.format(links=links, clicks=clicks, place=place)).fetchone()
        return row is not None and bool(row[0])

    def rows(self, kind: Kind) -> str:
        """Return the relation of all rows of a kind, less what was erased, of the segments that have it."""
        having = [(place, segment) for place, segment in enumerate(self.old) if kind in segment.files]
        losing = self._losing.links | self._losing.sources
        whole = [segment for place, segment in having if place not in losing]
        parts = [f"SELECT * FROM {self.files(kind, whole)}"] if whole else []
        parts += [self._left(kind, place, segment) for place, segment in having if place in losing]
        return f"({' UNION ALL BY NAME '.join(parts)})"

    def _left(self, kind: Kind, place: int, segment: Segment) -> str:
        """Return the statement of what is left of a kind in a segment that something was erased from."""
        if place not in self._losing.sources:
            return f"SELECT * FROM {self.files(kind, [segment])} {_ANTI_JOIN.format(place=place)}"
        clicks = (
            f"SELECT * FROM {self.files(Kind.CLICKS, [segment])} "
            f"{_ANTI_JOIN.format(place=place)} {_ANTI_JOIN_SOURCES.format(place=place)}"
        )
        # Sums do not tell whose source they are.
        return clicks if kind is Kind.CLICKS else f"SELECT * FROM ({select(kind, f'({clicks})')}) AS anew"

    def files(self, kind: Kind, segments: Iterable[Segment]) -> str:
        """Return the relation of all rows of a kind, erased ones too."""
        return parquet([self.paths[segment.files[kind].name] for segment in segments])
