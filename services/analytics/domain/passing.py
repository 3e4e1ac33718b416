"""Filters, applied to clicks one by one: the same ones pass as in the statements of questions."""

from collections.abc import Callable, Sequence

from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension, value_of
from services.analytics.domain.query import Filter

Passes = Callable[[Click], bool]


def passing(filters: Sequence[Filter]) -> Passes:
    """Return the function that says whether a click passes all filters."""
    each = [_passing_one(item) for item in filters]
    return lambda click: all(passes(click) for passes in each)


def _passing_one(item: Filter) -> Passes:
    if item.dimension is Dimension.LINK and not item.prefix:
        # A number, however many zeros it was written with.
        links = frozenset(map(int, item.values))
        return lambda click: (click.link_id in links) is not item.negated
    value = value_of(item.dimension)
    return lambda click: item.passes(value(click))
