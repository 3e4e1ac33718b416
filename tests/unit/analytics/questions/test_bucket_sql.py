"""The number of a moment's bucket is where bisecting the borders finds it, in every zone, over every change."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.domain.buckets import MOST_BUCKETS, Bucket, bucket_starts
from services.analytics.questions.bucket_sql import bucket_number
from services.common.time_zones import zone_named

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OFFSETS = ["+05:37", "-03:30", "+14:00", "-12:00"]
# By clocks that step by half an hour or by a whole day, in the south, and where a year has four steps.
NOTED = ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca"]
ZONES = [*OFFSETS, *sorted(name for name in available_timezones() if zone_named(name) is not None)]
LENGTHS = {
    Bucket.MINUTE: timedelta(minutes=1),
    Bucket.TEN_MINUTES: timedelta(minutes=10),
    Bucket.HOUR: timedelta(hours=1),
    Bucket.DAY: timedelta(days=1),
    Bucket.WEEK: timedelta(days=7),
    Bucket.MONTH: timedelta(days=30),
}


def numbers_of(moments: list[datetime], starts: tuple[datetime, ...]) -> list[int]:
    """Return the numbers that DuckDB finds."""
    sql = f"SELECT {bucket_number('moment', starts)}::BIGINT FROM (SELECT unnest($1::BIGINT[]) AS moment)"  # noqa: S608
    with duckdb.connect() as duck:
        return [row[0] for row in duck.execute(sql, [[(each - EPOCH) // MICROSECOND for each in moments]]).fetchall()]


def assert_as_bisected(starts: tuple[datetime, ...], more: list[datetime]) -> None:
    """Compare at, just before and just after every border, and wherever else."""
    moments = [start + step for start in starts for step in (-MICROSECOND, timedelta(), MICROSECOND)] + more
    assert numbers_of(moments, starts) == [max(0, bisect_right(starts, moment) - 1) for moment in moments]


@settings(max_examples=80, deadline=None)
@given(
    data=st.data(), zone=st.one_of(st.sampled_from(NOTED), st.sampled_from(ZONES)), bucket=st.sampled_from([*LENGTHS])
)
def test_it_is_where_bisecting_finds_it(data: st.DataObject, zone: str, bucket: Bucket) -> None:
    found = zone_named(zone)
    assert found is not None
    start = data.draw(st.datetimes(datetime(1905, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    count = data.draw(st.integers(1, 400))
    end = start + count * LENGTHS[bucket]
    starts = bucket_starts(bucket, start, end, found)
    within = st.datetimes(
        (start - LENGTHS[bucket]).replace(tzinfo=None), (end + LENGTHS[bucket]).replace(tzinfo=None),
        timezones=st.just(UTC),
    )  # fmt: skip
    assert_as_bisected(starts, data.draw(st.lists(within, max_size=20)))


@pytest.mark.parametrize("zone", [*NOTED, *OFFSETS])
@pytest.mark.parametrize("bucket", [Bucket.HOUR, Bucket.DAY, Bucket.WEEK, Bucket.MONTH])
def test_over_every_change_of_a_year(zone: str, bucket: Bucket) -> None:
    """In Apia, 2011 has no 30th of December."""
    found = zone_named(zone)
    assert found is not None
    start = datetime(2011, 1, 20, 5, 17, 3, tzinfo=UTC)
    assert_as_bisected(bucket_starts(bucket, start, start + timedelta(days=400), found), [])


def test_as_many_buckets_as_there_may_be() -> None:
    """The expression stays one that DuckDB takes, also over the months of three centuries, of which few are alike."""
    start = datetime(1900, 1, 1, tzinfo=UTC)
    berlin = zone_named("Europe/Berlin")
    assert berlin is not None
    days = bucket_starts(Bucket.DAY, start, start + timedelta(days=MOST_BUCKETS - 10), berlin)
    assert len(days) > MOST_BUCKETS - 20
    assert_as_bisected(days, [])
    months = bucket_starts(Bucket.MONTH, start, start.replace(year=2199), berlin)
    assert_as_bisected(months, [])


def test_without_borders_there_is_one_bucket() -> None:
    assert numbers_of([EPOCH], ()) == numbers_of([EPOCH], (EPOCH + timedelta(days=1),)) == [0]
