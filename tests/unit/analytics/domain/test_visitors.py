"""Visitors are recognised, and no more of an address is kept than allowed."""

from datetime import UTC, datetime

import pytest

from services.analytics.domain.visitors import IpStorage, KeyRotation, kept_address, visitor_hasher
from services.common.ip_addresses import plain_address


def test_visitors_are_the_same_by_address_and_agent_for_ever() -> None:
    visitor = visitor_hasher(b"k" * 32, KeyRotation.NEVER)
    day, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    assert visitor("192.0.2.1", "a", day) == visitor("192.0.2.1", "a", later)
    assert visitor("192.0.2.1", "a", day) != visitor("192.0.2.2", "a", day)
    assert visitor("192.0.2.1", "a", day) != visitor("192.0.2.1", "b", day)
    assert visitor("192.0.2.1", "a", day) != visitor_hasher(b"x" * 32, KeyRotation.NEVER)("192.0.2.1", "a", day)


def test_with_daily_rotation_a_visitor_is_new_every_utc_day() -> None:
    visitor = visitor_hasher(b"k" * 32, KeyRotation.DAILY)
    morning, evening = datetime(2026, 1, 1, 0, 1, tzinfo=UTC), datetime(2026, 1, 1, 23, 59, tzinfo=UTC)
    assert visitor("192.0.2.1", "a", morning) == visitor("192.0.2.1", "a", evening)
    assert visitor("192.0.2.1", "a", evening) != visitor("192.0.2.1", "a", datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("ip", "storage", "kept"),
    [
        ("192.0.2.77", IpStorage.FULL, "192.0.2.77"),
        ("192.0.2.77", IpStorage.TRUNCATED, "192.0.2.0"),
        ("192.0.2.77", IpStorage.NONE, ""),
        ("2001:db8:1:2:3::4", IpStorage.TRUNCATED, "2001:db8:1::"),
        ("::ffff:192.0.2.77", IpStorage.TRUNCATED, "192.0.2.0"),
        ("fe80::1%eth0", IpStorage.FULL, "fe80::1"),
        ("nonsense", IpStorage.FULL, ""),
        ("", IpStorage.TRUNCATED, ""),
    ],
)
def test_no_more_of_an_address_is_kept_than_allowed(ip: str, storage: IpStorage, kept: str) -> None:
    assert kept_address(plain_address(ip), storage) == kept
