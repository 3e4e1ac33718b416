"""How often clients may call. Fails open: without Redis nothing is refused."""

import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Final

import limits
from limits.aio.strategies import FixedWindowRateLimiter
from prometheus_client import Counter

from gateway.compat.shared import http_metadata
from gateway.compat.shared.quotas import Quota
from services.common import errors
from services.common.ip_addresses import client_network
from services.runtime import redis_client

_REFUSED: Final = Counter(
    "linkmeter_compat_quota_refusals_total",
    "Calls beyond a quota, by quota; with shadow=yes they were served all the same.",
    ["quota", "shadow"],
)

_Ask = Callable[..., Awaitable[bool]]


class Limits:
    """Counts calls in Redis. In shadow mode it counts and reports, but refuses nothing."""

    def __init__(
        self, limiter: FixedWindowRateLimiter | None, *, shadow: bool, now: Callable[[], float] = time.time
    ) -> None:
        self._limiter = limiter
        self._shadow = shadow
        self._now = now
        self._breaker = redis_client.Breaker()

    async def spend(self, quota: Quota, who: str) -> None:
        """Count a call of somebody (a key, an address) and put what is left into the response's headers.

        Raises ResourceExhausted for one too many.
        """
        limiter = self._limiter
        if limiter is None:
            return
        try:
            allowed = [await self._ask(limiter.hit, rate, quota.name, who) for rate in quota.rates]
            # The headers tell of what was broken, else of the first.
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
                raise self._exhausted("too many calls", window.reset_time)

    async def count(self, rate: limits.RateLimitItem, who: str, refusal: str) -> None:
        """Count something without headers; raise ResourceExhausted for one too many."""
        limiter = self._limiter
        if limiter is not None and not await self._is_allowed(limiter.hit, rate, who):
            raise await self._refused(limiter, rate, who, refusal)

    async def check(self, rate: limits.RateLimitItem, who: str, refusal: str) -> None:
        """Raise ResourceExhausted where one more would be too many; count nothing."""
        limiter = self._limiter
        if limiter is not None and not await self._is_allowed(limiter.test, rate, who):
            raise await self._refused(limiter, rate, who, refusal)

    async def note(self, rate: limits.RateLimitItem, who: str) -> None:
        """Count something that is not refused itself; what comes after it may be."""
        limiter = self._limiter
        if limiter is not None:
            await self._is_allowed(limiter.hit, rate, who)

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

    async def _is_allowed(self, ask: _Ask, rate: limits.RateLimitItem, who: str) -> bool:
        try:
            return await self._ask(ask, rate, who)
        except redis_client.RedisDown:
            return True

    async def _ask(self, ask: _Ask, rate: limits.RateLimitItem, *names: str) -> bool:
        return await self._breaker.run(lambda: ask(rate, *names))

    async def _refused(
        self, limiter: FixedWindowRateLimiter, rate: limits.RateLimitItem, who: str, refusal: str
    ) -> errors.ResourceExhausted:
        reset_time = self._now() + rate.get_expiry()
        with contextlib.suppress(redis_client.RedisDown):
            window = await self._breaker.run(lambda: limiter.get_window_stats(rate, who))
            reset_time = window.reset_time
        return self._exhausted(refusal, reset_time)

    def _exhausted(self, refusal: str, reset_time: float) -> errors.ResourceExhausted:
        seconds = max(1, int(reset_time - self._now()) + 1)
        return errors.ResourceExhausted(refusal, retry_after_seconds=seconds)


class ClientLimits:
    """How often one client may do what costs or reveals something, over all dialects."""

    def __init__(self, limits_: Limits, *, creates_per_minute: int, misses_per_minute: int) -> None:
        self._limits = limits_
        self._creates = limits.RateLimitItemPerMinute(creates_per_minute, namespace="create")
        self._misses = limits.RateLimitItemPerMinute(misses_per_minute, namespace="miss")

    async def spend_create(self, client_ip: str) -> None:
        """Count a link that a client is about to create; raise ResourceExhausted when there were too many."""
        await self._limits.count(self._creates, client_network(client_ip), "too many links created")

    async def check_misses(self, client_ip: str) -> None:
        """Raise ResourceExhausted for a client that has asked for too many links in vain."""
        refusal = "too many requests for links that are not there"
        await self._limits.check(self._misses, client_network(client_ip), refusal)

    async def count_miss(self, client_ip: str) -> None:
        """Count a link that a client asked for in vain."""
        await self._limits.note(self._misses, client_network(client_ip))
