"""What queries are made of."""

import pytest

from linkmeter.analytics.v1 import stats_service_pb2 as pb
from services.analytics.domain.buckets import Bucket
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Metric, Order


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
