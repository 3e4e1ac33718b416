"""Which clicks are too old to be kept."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.analytics.domain.retention import Retention

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("months", "since"),
    [(1, (2026, 2)), (2, (2026, 1)), (3, (2025, 12)), (14, (2025, 1)), (15, (2024, 12)), (1200, (1926, 3))],
)
def test_whole_months_go_when_all_of_them_is_older(months: int, since: tuple[int, int]) -> None:
    assert Retention(click_months=months).raw_since(NOW) == datetime(*since, 1, tzinfo=UTC)


def test_months_are_those_of_utc() -> None:
    """It is still February in New York, and March in UTC."""
    moment = datetime(2026, 2, 28, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert Retention(click_months=1).raw_since(moment) == datetime(2026, 2, 1, tzinfo=UTC)


def test_zero_keeps_for_ever() -> None:
    retention = Retention()
    assert (retention.raw_since(NOW), retention.set_aside_since(NOW), retention.is_for_ever) == (None, None, True)
    assert Retention(set_aside_days=7).set_aside_since(NOW) == NOW - timedelta(days=7)
