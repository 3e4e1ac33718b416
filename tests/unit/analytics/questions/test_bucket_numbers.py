"""Numbers of buckets that are remembered, and which of the others are read together."""

from datetime import UTC, datetime, timedelta

import pytest

from services.analytics.domain.query import Audience, Metric
from services.analytics.questions.bucket_numbers import BucketKey, BucketNumbers, runs_of
from services.analytics.questions.conditions import Selection
from services.analytics.segments.files import SegmentFile

DAYS = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=number) for number in range(30)]


def key(day: int) -> BucketKey:
    return BucketKey(
        SegmentFile(f"{1:032x}/clicks.parquet", 1, "0" * 64),
        Selection(audience=Audience(owner_id=5)),
        (Metric.VISITORS,),
        DAYS[day],
        DAYS[day + 1],
    )


def test_the_numbers_not_asked_for_longest_go() -> None:
    numbers = BucketNumbers(most=2)
    numbers.keep(key(0), (10,))
    numbers.keep(key(1), (11,))
    assert numbers.find(key(0)) == (10,)
    numbers.keep(key(2), (12,))
    assert [numbers.find(key(day)) for day in range(3)] == [(10,), None, (12,)]


@pytest.mark.parametrize(
    ("wanted", "most", "runs"),
    [
        ([], 5, []),
        ([3], 5, [[3]]),
        ([3, 4, 5, 9, 10], 5, [[3, 4, 5], [9, 10]]),
        ([3, 4, 5, 9], 2, [[3, 4], [5], [9]]),
        # Too many: what lies between is read again.
        ([*range(0, 20, 2)], 10, [[*range(10)], [*range(10, 19)]]),
    ],
)
def test_buckets_that_follow_each_other_are_read_together(wanted: list[int], most: int, runs: list[list[int]]) -> None:
    found = runs_of([DAYS[number] for number in wanted], DAYS, most)
    assert [[DAYS.index(start) for start in run] for run in found] == runs
