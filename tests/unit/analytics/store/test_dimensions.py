"""Dimensions in the tables."""

from services.analytics.domain.dimensions import Dimension
from services.analytics.store.dimensions import EXPRESSIONS, ROLLED


def test_every_dimension_has_its_column_and_all_but_the_link_a_rollup() -> None:
    assert EXPRESSIONS.keys() == set(Dimension)
    assert ROLLED.keys() == set(Dimension) - {Dimension.LINK}
