"""Filters, applied to one click after another."""

from datetime import UTC, datetime, timedelta

import pytest

from services.analytics.domain.click import Click, ClickFields
from services.analytics.domain.dimensions import Dimension, value_of
from services.analytics.domain.passing import passing
from services.analytics.domain.query import Filter
from services.analytics.store.click_rows import COLUMNS, record_of
from tests.support.clicks import click, random_clicks

START = datetime(2025, 1, 20, tzinfo=UTC)
CLICKS = random_clicks(3, 200, START, timedelta(days=9))


def fields(item: Click) -> ClickFields:
    """Return a click as a row has it."""
    return dict(zip(COLUMNS, record_of(item), strict=True))


@pytest.mark.parametrize("dimension", Dimension)
@pytest.mark.parametrize("negated", [False, True])
def test_a_click_passes_by_its_value(dimension: Dimension, negated: bool) -> None:
    wanted = value_of(dimension)(CLICKS[0])
    passes = passing([Filter(dimension=dimension, values=frozenset({wanted}), negated=negated)])
    assert [passes(fields(each)) for each in CLICKS] == [
        (value_of(dimension)(each) == wanted) is not negated for each in CLICKS
    ]


def test_all_filters_have_to_pass() -> None:
    """None passes everything; a beginning counts, and a link is a number, however it is written."""
    assert passing([])(fields(CLICKS[0]))
    link = Filter(dimension=Dimension.LINK, values=frozenset({"00101"}))
    code = Filter(dimension=Dimension.CODE, values=frozenset({"ab", "x"}), prefix=True)
    passes = passing([link, code])
    changes: list[dict[str, object]] = [{}, {"code": "xyz"}, {"code": "ba"}, {"link_id": 102}]
    assert [passes(fields(click(START, **each))) for each in changes] == [True, True, False, False]
    piece = Filter(dimension=Dimension.CODE, values=frozenset({"BA"}), contains=True)
    assert [passing([piece])(fields(click(START, code=code))) for code in ("abab", "ab")] == [True, False]
    prefix = Filter(dimension=Dimension.LINK, values=frozenset({"10"}), prefix=True, negated=True)
    assert [passing([prefix])(fields(click(START, link_id=number))) for number in (101, 10, 110)] == [
        False,
        False,
        True,
    ]
