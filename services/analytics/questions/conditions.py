"""Which clicks a question means, as SQL: fragments from closed enums, all else as parameters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Span, in_lower_case
from services.analytics.segments.expressions import EXPRESSIONS
from services.analytics.segments.files import SegmentFile

_PLACEHOLDER: Final = re.compile(r"\$p(\d+)")
# Longer lists become a table that is joined: fragments have a bound.
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which clicks are meant, of an audience's; an absent end is open."""

    audience: Audience
    filters: tuple[Filter, ...] = ()
    # More filters, which all clicks of segments pass.
    of_newest: tuple[Filter, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    excluded: tuple[Span, ...] = ()
    with_orphans: bool = False

    @property
    def has_orphans(self) -> bool:
        """True when orphan visits are asked for, and a domain is named that they would be on."""
        filters = (*self.filters, *self.of_newest)
        named = any(item.dimension is Dimension.DOMAIN and not item.negated for item in filters)
        return self.with_orphans and named and self.audience.owner_id > 0

    @property
    def orphans_of(self) -> list[int]:
        """The owners of the domains whose orphan visits may be seen; 0 is the installation."""
        return [self.audience.owner_id, *([0] if self.audience.sees_installation else [])]


@dataclass(slots=True)
class Statement:
    """A statement in the making: its parameters, and the files that it reads."""

    _values: list[object] = field(default_factory=list)

    def add(self, value: object) -> str:
        """Add a value, and return its placeholder."""
        self._values.append(value)
        return f"$p{len(self._values)}"

    def rows_of(self, files: Sequence[SegmentFile]) -> str:
        """Return the relation of the rows of files."""
        return f"read_parquet({self.add(_Files(tuple(files)))})"

    @property
    def files(self) -> list[SegmentFile]:
        """The files that have to be lent while it runs."""
        return [file for value in self._values if isinstance(value, _Files) for file in value.files]

    def parameters(self, sql: str, paths: Mapping[str, Path]) -> dict[str, object]:
        """Return the values that a statement names, by name, given where files are."""
        named = {int(number) for number in _PLACEHOLDER.findall(sql)}
        return {
            f"p{number}": [str(paths[file.name]) for file in value.files] if isinstance(value, _Files) else value
            for number, value in enumerate(self._values, 1)
            if number in named
        }


@dataclass(frozen=True, slots=True)
class _Files:
    files: tuple[SegmentFile, ...]


def of_clicks(selection: Selection, statement: Statement) -> list[str]:
    """Return the conditions that a selection makes on clicks, but those on whose they are and on their time."""
    conditions = [passes_filter(item, statement) for item in selection.filters]
    return conditions + [_is_outside(span, statement) for span in selection.excluded]


def within(start: date | None, end: date | None, statement: Statement, column: str = "time") -> list[str]:
    """Return the conditions that a moment or a day is from start on and before end; either may be open."""
    conditions = []
    if start is not None:
        conditions.append(f"{column} >= {statement.add(start)}")
    if end is not None:
        conditions.append(f"{column} < {statement.add(end)}")
    return conditions


def rights(audience: Audience, statement: Statement) -> list[str]:
    """Return the conditions on whose clicks may be seen; they hold on clicks and on sums by link."""
    conditions = []
    if audience.owner_id:
        conditions.append(f"owner_id = {statement.add(audience.owner_id)}")
    if audience.link_id:
        conditions.append(f"link_id = {statement.add(audience.link_id)}")
    return conditions


def of_links(filters: Iterable[Filter], statement: Statement) -> list[str]:
    """Return the conditions on links; they hold on clicks and on sums by link."""
    return [passes_filter(item, statement) for item in filters if item.dimension is Dimension.LINK]


def passes(column: str, item: Filter, statement: Statement) -> str:
    """Return the condition that a filter makes on a column of text."""
    values = sorted(item.values)
    if item.is_whole:
        return _is_one_of(column, values, "VARCHAR", statement, negated=item.negated)
    if item.contains:
        function, column, values = "contains", f"lower({column})", [in_lower_case(value) for value in values]
    else:
        function = "starts_with"
    if len(values) <= _MOST_NAMED:
        passing = " OR ".join(f"{function}({column}, {statement.add(value)})" for value in values)
    else:
        parts = f"{statement.add(values)}::VARCHAR[]"
        passing = f"list_bool_or(list_transform({parts}, lambda part: {function}({column}, part)))"
    return f"NOT ({passing})" if item.negated else f"({passing})"


def passes_filter(item: Filter, statement: Statement) -> str:
    """Return the condition that a filter makes on clicks."""
    if item.dimension is Dimension.LINK and item.is_whole:
        # As numbers, so that files are only read where a link is.
        return _is_one_of("link_id", sorted(map(int, item.values)), "BIGINT", statement, negated=item.negated)
    return passes(EXPRESSIONS[item.dimension].value, item, statement)


def _is_one_of(column: str, values: Sequence[object], type_: str, statement: Statement, *, negated: bool) -> str:
    if len(values) == 1:
        return f"{column} {'<>' if negated else '='} {statement.add(values[0])}"
    if len(values) <= _MOST_NAMED:
        some = ", ".join(statement.add(value) for value in values)
    else:
        some = f"SELECT unnest({statement.add(values)}::{type_}[])"
    return f"{column} {'NOT IN' if negated else 'IN'} ({some})"


def _is_outside(span: Span, statement: Statement) -> str:
    inside = within(span.start, span.end, statement)
    return f"NOT ({' AND '.join(inside) or 'true'})"
