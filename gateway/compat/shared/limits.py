"""How often a caller may call, with the headers that say what is left. Fails open: without Redis nothing is refused."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import limits
from limits.aio.strategies import FixedWindowRateLimiter
from prometheus_client import Counter

from gateway.compat.shared import http_metadata
from services.common import errors
from services.runtime import redis_client

_REFUSED: Final = Counter(
    "linkmeter_compat_quota_refusals_total",
    "Calls beyond a quota, by quota; with shadow=yes they were answered all the same.",
    ["quota", "shadow"],
)


@dataclass(frozen=True, slots=True)
class Quota:
    """A group of calls, and how often they may be made: every rate counts."""

    name: str
    rates: tuple[limits.RateLimitItem, ...]

    @classmethod
    def parse(cls, name: str, text: str) -> Self:
        """Read rates such as "50/second;300/minute"; raise ValueError when they are none."""
        return cls(name, tuple(limits.parse_many(text)))


class Quotas:
    """Counts calls in Redis. In shadow mode it counts and tells, but refuses nothing."""

    def __init__(
        self, limiter: FixedWindowRateLimiter | None, *, shadow: bool, now: Callable[[], float] = time.time
    ) -> None:
        self._limiter = limiter
        self._shadow = shadow
        self._now = now
        self._breaker = redis_client.Breaker()

    async def spend(self, quota: Quota, who: str) -> None:
        """Count a call of somebody (a key, an address), put what is left into the answer, and refuse one too many."""
        limiter = self._limiter
        if limiter is None:
            return
        try:
            allowed = [await self._hit(limiter, rate, quota.name, who) for rate in quota.rates]
            # What was broken is told, else the first.
            told = quota.rates[0] if all(allowed) else quota.rates[allowed.index(False)]
            window = await self._breaker.run(lambda: limiter.get_window_stats(told, quota.name, who))
        except redis_client.RedisDown:
            return
        http_metadata.add_header("x-ratelimit-limit", str(told.amount))
        http_metadata.add_header("x-ratelimit-remaining", str(max(0, window.remaining)))
        http_metadata.add_header("x-ratelimit-reset", str(int(window.reset_time)))
        if not all(allowed):
            _REFUSED.labels(quota.name, "yes" if self._shadow else "no").inc()
            if not self._shadow:
                seconds = max(1, int(window.reset_time - self._now()) + 1)
                raise errors.ResourceExhausted("too many calls", retry_after_seconds=seconds)

    async def state(self) -> str:
        """Return whether calls can be counted: ok, error, or not_configured where there are no limits."""
        limiter = self._limiter
        if limiter is None:
            return "not_configured"
        try:
            is_up = await self._breaker.run(limiter.storage.check)
        except redis_client.RedisDown:
            return "error"
        return "ok" if is_up else "error"

    async def _hit(self, limiter: FixedWindowRateLimiter, rate: limits.RateLimitItem, *identifiers: str) -> bool:
        return await self._breaker.run(lambda: limiter.hit(rate, *identifiers))
