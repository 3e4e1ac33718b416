"""How often a client may do what costs or reveals something. Fails open: without Redis nothing is refused."""

import contextlib
import time
from collections.abc import Callable
from typing import Literal

import limits
from limits.aio.strategies import FixedWindowRateLimiter

from services.common import errors
from services.common.client_network import client_network
from services.runtime import redis_client


class RateLimits:
    """Counts clients' creates and misses in Redis, a minute at a time."""

    def __init__(
        self,
        limiter: FixedWindowRateLimiter | None,
        *,
        creates_per_minute: int,
        misses_per_minute: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limiter = limiter
        self._creates = limits.RateLimitItemPerMinute(creates_per_minute, namespace="create")
        self._misses = limits.RateLimitItemPerMinute(misses_per_minute, namespace="miss")
        self._breaker = redis_client.Breaker()
        self._now = now

    async def spend_create(self, client_ip: str) -> None:
        """Count a link that a client is about to create; refuse it when there were too many."""
        if not await self._ask("hit", self._creates, client_ip):
            raise await self._refusal(self._creates, client_ip, "too many links created")

    async def check_misses(self, client_ip: str) -> None:
        """Refuse a client that has asked for too many links in vain."""
        if not await self._ask("test", self._misses, client_ip):
            raise await self._refusal(self._misses, client_ip, "too many requests for links that are not there")

    async def count_miss(self, client_ip: str) -> None:
        """Count a link that a client asked for in vain."""
        await self._ask("hit", self._misses, client_ip)

    async def _ask(self, verb: Literal["hit", "test"], item: limits.RateLimitItem, client_ip: str) -> bool:
        limiter = self._limiter
        if limiter is None:
            return True
        ask = limiter.hit if verb == "hit" else limiter.test
        try:
            return await self._breaker.run(lambda: ask(item, client_network(client_ip)))
        except redis_client.RedisDown:
            return True

    async def _refusal(self, item: limits.RateLimitItem, client_ip: str, description: str) -> errors.ResourceExhausted:
        seconds = item.get_expiry()
        limiter = self._limiter
        if limiter is not None:
            with contextlib.suppress(redis_client.RedisDown):
                window = await self._breaker.run(lambda: limiter.get_window_stats(item, client_network(client_ip)))
                seconds = int(window.reset_time - self._now()) + 1
        return errors.ResourceExhausted(description, retry_after_seconds=seconds)
