"""Filters, applied to clicks one by one: the same ones pass as in the statements of questions."""

from collections.abc import Callable, Sequence
from typing import Any

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import CLICK_FIELDS, ClickFields
from services.analytics.domain.dimensions import TRAITS, Dimension, text_of
from services.analytics.domain.query import Filter

Passes = Callable[[ClickFields], bool]


def passing(filters: Sequence[Filter]) -> Passes:
    """Return the function that says whether a click passes all filters."""
    each = [_passing_one(item) for item in filters]
    return lambda click: all(passes(click) for passes in each)


def _passing_one(item: Filter) -> Passes:
    if item.dimension is Dimension.LINK and item.is_whole:
        # A number, however many zeros it was written with.
        links = frozenset(map(int, item.values))
        return lambda click: (click["link_id"] in links) is not item.negated
    field = TRAITS[item.dimension].field
    text = _text_of_field(CLICK_FIELDS[field].type)
    return lambda click: item.passes(text(click[field]))


def _text_of_field(kind: type) -> Callable[[Any], str]:
    """Return the function from a field's value to the text by which queries name it."""
    if kind is str:
        return str
    return (lambda number: text_of(ClickClass(number))) if kind is ClickClass else text_of
