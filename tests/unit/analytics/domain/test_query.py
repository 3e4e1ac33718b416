"""What queries are made of."""

import duckdb
import pytest

from linkmeter.analytics.v1 import stats_service_pb2 as pb
from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Order, in_lower_case


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [(Dimension, pb.Dimension, "DIMENSION"), (Metric, pb.Metric, "METRIC"), (Bucket, pb.Bucket, "BUCKET"),
     (Order, pb.Order, "ORDER")],
)  # fmt: skip
def test_numbers_are_the_contracts(ours: type, theirs: object, prefix: str) -> None:
    """Enums are converted by number, so these must agree."""
    contract = {name: number for name, number in theirs.items() if number}  # type: ignore[attr-defined]
    assert {f"{prefix}_{member.name}": member.value for member in ours if member.value} == contract  # type: ignore[attr-defined]


def test_nobody_sees_everybodys_clicks() -> None:
    with pytest.raises(ValueError, match="an owner or a link"):
        Audience()


@pytest.mark.parametrize(
    ("value", "searched", "is_found"),
    [
        ("https://news.example/Überraschung", "ÜBERR", True),
        ("https://news.example/Überraschung", "uberr", False),
        ("ΟΔΟΣ", "οδος", False),
        ("ΟΔΟΣ", "οδοσ", True),
        ("İzmir", "izm", True),
        ("100%_", "%", True),
        ("100", "%", False),
        ("anything", "", True),
        ("", "x", False),
    ],
)
def test_a_piece_is_found_in_whichever_case(value: str, searched: str, is_found: bool) -> None:
    """Letter by letter: what a letter becomes does not depend on its place, and accents count."""
    condition = Filter(dimension=Dimension.REFERRER, values=frozenset({searched}), contains=True)
    assert condition.passes(value) is is_found
    turned = Filter(dimension=Dimension.REFERRER, values=frozenset({searched}), contains=True, negated=True)
    assert turned.passes(value) is not is_found


def test_lower_case_is_that_of_the_database() -> None:
    """What is found one by one is found in files: Latin, Greek, Cyrillic and all else that has had case for long."""
    letters = "".join(map(chr, [*range(1, 0x600), *range(0x10A0, 0x1100), *range(0x1E00, 0x2C00)]))
    with duckdb.connect() as duck:
        assert duck.execute("SELECT lower($1)", [letters]).fetchall() == [(in_lower_case(letters),)]
