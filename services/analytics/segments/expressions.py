"""Dimensions as expressions of DuckDB over clicks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import CLICK_FIELDS
from services.analytics.domain.dimensions import TRAITS, Dimension

QUARTER_US: Final = 900_000_000
_DAY_US: Final = 86_400_000_000

# In UTC, by arithmetic: calendars of zones cost a hundred times as much, and are not asked here.
DAY: Final = f"(DATE '1970-01-01' + (epoch_us(time) // {_DAY_US})::INTEGER)"
QUARTER: Final = f"make_timestamptz(epoch_us(time) // {QUARTER_US} * {QUARTER_US})"


@dataclass(frozen=True, slots=True)
class Expression:
    """The expressions of a dimension's value and detail over clicks, both text."""

    value: str
    detail: str = "''"


_CLASS_LABEL: Final = f"""CASE click_class {
    " ".join(f"WHEN {member.value} THEN '{member.label}'" for member in ClickClass if member.label)
} ELSE '' END"""


def _expression(dimension: Dimension) -> Expression:
    """Return the SQL of what value_of and detail_of compute."""
    trait = TRAITS[dimension]
    kind = CLICK_FIELDS[trait.field].type
    value = trait.field if kind is str else _CLASS_LABEL if kind is ClickClass else f"{trait.field}::VARCHAR"
    if not trait.detail:
        return Expression(value)
    detail = " || ':' || ".join(f"{name}::VARCHAR" for name in trait.detail)
    return Expression(value, f"CASE WHEN {value} = '' THEN '' ELSE {detail} END")


EXPRESSIONS: Final[Mapping[Dimension, Expression]] = {dimension: _expression(dimension) for dimension in Dimension}


def seconds_of(microseconds: str) -> str:
    """Return the expression of whole seconds since 1970, of one of microseconds; 0 where that is NULL."""
    return f"coalesce({microseconds} // 1000000, 0)::BIGINT"
