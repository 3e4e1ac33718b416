"""Limits without Redis: their rates."""

import pytest

from gateway.compat.shared.limits import Limits
from gateway.compat.shared.quotas import Quota


def test_rates_are_read_as_people_write_them() -> None:
    """Several rates of one quota are separated by semicolons."""
    quota = Quota.parse("group", "50/second;300 per 1 minute")
    assert [(rate.amount, rate.get_expiry()) for rate in quota.rates] == [(50, 1), (300, 60)]


def test_what_is_no_rate_is_refused() -> None:
    """A wrong setting stops the start."""
    with pytest.raises(ValueError, match="parse"):
        Quota.parse("group", "often")


async def test_without_limits_nothing_is_counted() -> None:
    """Where rate limits are off, every call passes."""
    limits = Limits(None, shadow=False)
    for _ in range(3):
        await limits.spend(Quota.parse("group", "1/minute"), "somebody")
