"""Dimensions in the tables: their SQL on raw clicks, and their place in the daily sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import CLICK_FIELDS, Click
from services.analytics.domain.dimensions import TRAITS, Dimension, value_of


@dataclass(frozen=True, slots=True)
class Expression:
    """The SQL expressions of a dimension over the clicks table, both of type text."""

    value: str
    detail: str = "''"


@dataclass(frozen=True, slots=True)
class Rolled:
    """A dimension in the daily sums. The implicit value has no rows there: it is what the others leave over."""

    implicit: str
    value_of: Callable[[Click], str]


_CLASS_LABEL: Final = f"""CASE click_class {
    " ".join(f"WHEN {member.value} THEN '{member.label}'" for member in ClickClass if member.label)
} ELSE '' END"""


def _expression(dimension: Dimension) -> Expression:
    """Return the SQL of what value_of and detail_of compute."""
    trait = TRAITS[dimension]
    kind = CLICK_FIELDS[trait.field].type
    value = trait.field if kind is str else _CLASS_LABEL if kind is ClickClass else f"{trait.field}::text"
    if not trait.detail:
        return Expression(value)
    detail = " || ':' || ".join(trait.detail)
    return Expression(value, f"CASE WHEN {value} = '' THEN '' ELSE {detail} END")


EXPRESSIONS: Final[Mapping[Dimension, Expression]] = {dimension: _expression(dimension) for dimension in Dimension}

# Sums are kept per link, so the link needs no rows of its own.
ROLLED: Final[Mapping[Dimension, Rolled]] = {
    dimension: Rolled(TRAITS[dimension].implicit, value_of(dimension))
    for dimension in Dimension
    if dimension is not Dimension.LINK
}
