"""The SQL of a selection of clicks: fragments from closed enums, all else as parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Span
from services.analytics.store import click_rows
from services.analytics.store.dimensions import EXPRESSIONS

# The installation's own domains belong to nobody else.
_INSTALLATION: Final = 0


class Parameters:
    """Collects the values of a statement."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def add(self, value: object, type_name: str) -> str:
        """Add a value, and return its placeholder."""
        self.values.append(value)
        return f"${len(self.values)}::{type_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which clicks are meant, of an audience's; an absent end is open."""

    audience: Audience
    filters: tuple[Filter, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    excluded: tuple[Span, ...] = ()
    with_orphans: bool = False

    @property
    def has_orphans(self) -> bool:
        """True when orphan visits are asked for, and a domain is named that they would be on."""
        named = any(item.dimension is Dimension.DOMAIN and not item.negated for item in self.filters)
        return self.with_orphans and named and self.audience.owner_id > 0


def from_visits(selection: Selection, parameters: Parameters) -> str:
    """Return FROM and WHERE of a statement over the raw clicks, and orphan visits if they are asked for."""
    conditions = [_passes_filter(item, parameters) for item in selection.filters]
    if selection.start is not None:
        conditions.append(f"time >= {parameters.add(selection.start, 'timestamptz')}")
    if selection.end is not None:
        conditions.append(f"time < {parameters.add(selection.end, 'timestamptz')}")
    conditions += [_is_outside(span, parameters) for span in selection.excluded]
    seen = rights(selection.audience, parameters)
    if not selection.has_orphans:
        return f"FROM clicks WHERE {' AND '.join([*seen, *conditions])}"
    owners = [selection.audience.owner_id, *([_INSTALLATION] if selection.audience.sees_installation else [])]
    names = ", ".join(click_rows.COLUMNS)
    return (
        f"FROM (SELECT {names} FROM clicks WHERE {' AND '.join(seen)} UNION ALL "  # noqa: S608
        f"SELECT {names} FROM orphans WHERE owner_id = ANY({parameters.add(owners, 'bigint[]')})) AS visits "
        f"WHERE {' AND '.join(conditions)}"
    )


def rights(audience: Audience, parameters: Parameters) -> list[str]:
    """Return the conditions on whose clicks may be seen; they hold on clicks and on rollups."""
    conditions = []
    if audience.owner_id:
        conditions.append(f"owner_id = {parameters.add(audience.owner_id, 'bigint')}")
    if audience.link_id:
        conditions.append(f"link_id = {parameters.add(audience.link_id, 'bigint')}")
    return conditions


def of_links(filters: Iterable[Filter], parameters: Parameters) -> list[str]:
    """Return the conditions on links; they hold on clicks and on rollups."""
    return [_passes_filter(item, parameters) for item in filters if item.dimension is Dimension.LINK]


def passes(column: str, item: Filter, parameters: Parameters) -> str:
    """Return the condition that a filter makes on a text column."""
    return _compared(column, item, parameters, sorted(item.values), "text")


def _passes_filter(item: Filter, parameters: Parameters) -> str:
    if item.dimension is Dimension.LINK and not item.prefix:
        # As numbers, so that the index on links can be used.
        return _compared("link_id", item, parameters, sorted(map(int, item.values)), "bigint")
    return passes(EXPRESSIONS[item.dimension].value, item, parameters)


def _compared(column: str, item: Filter, parameters: Parameters, values: list[str] | list[int], type_name: str) -> str:
    if item.prefix:
        passing = f"{column} ^@ ANY({parameters.add(values, 'text[]')})"
    elif len(values) == 1:
        passing = f"{column} = {parameters.add(values[0], type_name)}"
    else:
        passing = f"{column} = ANY({parameters.add(values, type_name + '[]')})"
    return f"NOT ({passing})" if item.negated else passing


def _is_outside(span: Span, parameters: Parameters) -> str:
    inside = []
    if span.start is not None:
        inside.append(f"time >= {parameters.add(span.start, 'timestamptz')}")
    if span.end is not None:
        inside.append(f"time < {parameters.add(span.end, 'timestamptz')}")
    return f"NOT ({' AND '.join(inside) or 'true'})"
