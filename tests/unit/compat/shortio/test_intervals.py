"""Intervals of time."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.compat.shortio.intervals import Interval


def day(month: int, day: int) -> datetime:
    return datetime(2020, month, day, tzinfo=UTC)


def test_intervals_meet_in_what_they_have_in_common() -> None:
    """None is no bound; what has nothing in common is empty."""
    assert Interval(day(5, 1)).within(Interval(None, day(5, 3))) == Interval(day(5, 1), day(5, 3))
    assert Interval(day(5, 1)).within(Interval(day(5, 2))).start == day(5, 2)
    assert Interval(day(5, 1)).before(day(5, 1)).is_empty
    assert not Interval().is_empty


def test_a_bound_that_is_not_given_is_not_sent() -> None:
    """Services take what is absent for no bound."""
    message = Interval(None, datetime.fromtimestamp(7, UTC)).to_message()
    assert not message.HasField("start_time")
    assert message.end_time == Timestamp(seconds=7)
