"""R12, the pure half: in every zone every instant is in exactly one bucket, and buckets begin where people expect."""

import random
import zoneinfo
from bisect import bisect_right
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.domain.buckets import MOST_BUCKETS, Bucket, TooManyBuckets, bucket_starts
from services.common.time_zones import zone_named

ZONES = sorted(zoneinfo.available_timezones())
START = datetime(2025, 9, 17, 13, 7, 3, 5, tzinfo=UTC)
END = START + timedelta(days=400)
CALENDAR = [Bucket.DAY, Bucket.WEEK, Bucket.MONTH]
CLOCK = [Bucket.MINUTE, Bucket.TEN_MINUTES, Bucket.HOUR]
STEPS = {Bucket.MINUTE: 60, Bucket.TEN_MINUTES: 600, Bucket.HOUR: 3600}


def moments(seed: int, count: int, start: datetime = START, end: datetime = END) -> list[datetime]:
    generator = random.Random(seed)
    return [start + (end - start) * generator.random() for _ in range(count)]


def is_partition(found: tuple[datetime, ...], start: datetime, end: datetime) -> bool:
    rising = all(earlier < later for earlier, later in pairwise(found))
    return rising and found[0] <= start and found[-1] < end and all(border > start for border in found[1:])


def label(moment: datetime, bucket: Bucket, zone: tzinfo) -> str:
    """Name the calendar day, week or month that a moment is in, straight from its local time."""
    local = moment.astimezone(zone)
    return {
        Bucket.DAY: f"{local:%Y-%m-%d}",
        Bucket.WEEK: f"{local:%G-%V}",
        Bucket.MONTH: f"{local:%Y-%m}",
    }[bucket]


@pytest.mark.parametrize("bucket", CALENDAR, ids=lambda bucket: bucket.name)
def test_r12_calendar_buckets_of_400_days_in_every_zone(bucket: Bucket) -> None:
    """Every moment is in the bucket of its local day, week or month."""
    for name in ZONES:
        zone = ZoneInfo(name)
        found = bucket_starts(bucket, START, END, zone)
        assert is_partition(found, START, END), name
        for moment in moments(1, 40):
            begin = found[bisect_right(found, moment) - 1]
            assert label(begin, bucket, zone) == label(moment, bucket, zone), (name, moment)
        for begin in found:
            assert label(begin - timedelta(microseconds=1), bucket, zone) != label(begin, bucket, zone), (name, begin)


@pytest.mark.parametrize("bucket", CLOCK, ids=lambda bucket: bucket.name)
def test_r12_clock_buckets_in_every_zone(bucket: Bucket) -> None:
    """Minutes and hours begin on the local clock's minutes and hours, and none lasts longer than its name."""
    length = timedelta(seconds=STEPS[bucket])
    for number, name in enumerate(ZONES):
        zone = ZoneInfo(name)
        start = moments(number, 1)[0]
        end = start + 60 * length
        found = bucket_starts(bucket, start, end, zone)
        assert is_partition(found, start, end), name
        for begin, following in zip(found, (*found[1:], end), strict=True):
            local = begin.astimezone(zone)
            assert following - begin <= length, name
            assert (local.minute * 60 + local.second) % STEPS[bucket] == 0, (name, begin)


@pytest.mark.parametrize(
    "name",
    ["Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
     "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Africa/Casablanca", "Pacific/Chatham", "Pacific/Apia"],
)  # fmt: skip
def test_r12_hours_over_400_days_and_every_change_of_offset(name: str) -> None:
    """A change of offset never makes an hour longer, and never loses or doubles one."""
    zone = ZoneInfo(name)
    found = bucket_starts(Bucket.HOUR, START, END, zone)
    assert is_partition(found, START, END)
    lengths = {later - earlier for earlier, later in pairwise(found)}
    # The Chatham Islands change at a quarter to three.
    assert lengths <= {timedelta(minutes=minutes) for minutes in (15, 30, 45, 60)}


@pytest.mark.parametrize(
    ("name", "day", "begins", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", 25),
        # The clock jumped over midnight.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", 23),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00Z", 23),
        # Midnight came twice: the first one counts.
        ("America/Havana", "2025-11-02", "2025-11-02T04:00Z", 25),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00Z", 25),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z", 24.5),
        # 30 December was left out: the 29th is followed by the 31st.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", 24),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", 24),
    ],
)
def test_odd_days_begin_and_last_as_they_did(name: str, day: str, begins: str, hours: float) -> None:
    zone, begin = ZoneInfo(name), datetime.fromisoformat(begins)
    found = bucket_starts(Bucket.DAY, begin, begin + timedelta(days=2), zone)
    assert found[0] == begin
    assert f"{begin.astimezone(zone):%Y-%m-%d}" == day
    assert found[1] - found[0] == timedelta(hours=hours)


def test_weeks_begin_on_monday() -> None:
    found = bucket_starts(Bucket.WEEK, START, END, ZoneInfo("Asia/Tokyo"))
    assert {border.astimezone(ZoneInfo("Asia/Tokyo")).weekday() for border in found} == {0}


def test_half_an_hour_that_comes_twice_is_two_steps() -> None:
    """Lord Howe Island turns 02:00 back to 01:30: the hour of one o'clock lasts an hour and then half of one more."""
    start = datetime(2026, 4, 4, 14, 0, tzinfo=UTC)
    found = bucket_starts(Bucket.HOUR, start, start + timedelta(hours=3), ZoneInfo("Australia/Lord_Howe"))
    assert [border.strftime("%H:%M") for border in found] == ["14:00", "15:00", "15:30", "16:30"]


@settings(max_examples=200, deadline=None)
@given(
    zone=st.one_of(
        st.sampled_from(ZONES).map(ZoneInfo),
        st.integers(-1080, 1080).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    ),
    bucket=st.sampled_from([*CALENDAR, *CLOCK]),
    start=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    steps=st.floats(0.01, 60),
)
def test_r12_any_interval_is_parted(zone: tzinfo, bucket: Bucket, start: datetime, steps: float) -> None:
    """Also where the history of a zone is wild."""
    unit = STEPS.get(bucket, 86_400)
    end = start + timedelta(seconds=unit * steps)
    assert is_partition(bucket_starts(bucket, start, end, zone), start, end)


def test_more_buckets_than_allowed_are_refused() -> None:
    most = timedelta(minutes=MOST_BUCKETS)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(bucket_starts(Bucket.MINUTE, start, start + most, UTC)) == MOST_BUCKETS
    with pytest.raises(TooManyBuckets):
        bucket_starts(Bucket.MINUTE, start, start + most + timedelta(seconds=1), UTC)


def test_an_empty_interval_has_no_buckets() -> None:
    assert bucket_starts(Bucket.DAY, START, START, UTC) == ()


@pytest.mark.parametrize(
    ("name", "offset_minutes"),
    [("", 0), ("UTC", 0), ("+05:30", 330), ("-03:00", -180), ("+18:00", 1080), ("Asia/Kolkata", 330)],
)
def test_zones_are_named_by_iana_or_offset(name: str, offset_minutes: int) -> None:
    zone = zone_named(name)
    assert zone is not None
    assert START.astimezone(zone).utcoffset() == timedelta(minutes=offset_minutes)


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "+5:30", "+05:60", "+19:00", "../etc/passwd", "/etc/localtime", "europe/berlin ", "Z\0"]
)
def test_other_names_are_no_zones(name: str) -> None:
    assert zone_named(name) is None
