"""The counters of limits in Redis, which holds no address and no name of a key: only their keyed hashes."""

from typing import Any, Final

import limits
from limits.aio.strategies import FixedWindowRateLimiter
from limits.util import WindowStats

from services.common import keyed_hash
from services.runtime import redis_limits

_KEY_PREFIX: Final = "lm:limit"


class PrivateRateLimiter(FixedWindowRateLimiter):
    """Counts under hashes of what it is given, whose key never is in Redis."""

    def __init__(self, storage: Any, secret: str) -> None:
        super().__init__(storage)
        self._key = keyed_hash.derive(secret, "rate-limits")

    async def hit(self, item: limits.RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count a call; return False for one too many."""
        return await super().hit(item, self._hash(identifiers), cost=cost)

    async def test(self, item: limits.RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Return whether another call would be allowed."""
        return await super().test(item, self._hash(identifiers), cost=cost)

    async def get_window_stats(self, item: limits.RateLimitItem, *identifiers: str) -> WindowStats:
        """Return what is left of the present window, and when it ends."""
        return await super().get_window_stats(item, self._hash(identifiers))

    def _hash(self, identifiers: tuple[str, ...]) -> str:
        return keyed_hash.sign(self._key, *identifiers).hex()[:32]


def open_limiter(redis_url: str, secret: str) -> PrivateRateLimiter:
    """Return a limiter over Redis, which need not be up yet."""
    return PrivateRateLimiter(redis_limits.open_storage(redis_url, _KEY_PREFIX), secret)
