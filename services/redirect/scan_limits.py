"""Slowing down who scans for codes: many unknown ones from one address."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from limits import RateLimitItemPerSecond
from limits.aio.strategies import MovingWindowRateLimiter

from services.common import keyed_hash
from services.common.ip_addresses import client_network
from services.redirect import metrics
from services.runtime.redis_client import Breaker, Client, RedisDown
from services.runtime.redis_limits import open_storage

# A page full of dead links stays below this ...
UNKNOWN: Final = 30
UNKNOWN_SECONDS: Final = 10
# ... and above this an address gets only what is in memory: nothing more is looked up for it.
SCANNING: Final = 300
SCANNING_SECONDS: Final = 60
RETRY_AFTER_SECONDS: Final = UNKNOWN_SECONDS
CLIENTS: Final = 10_000


class Windows:
    """When clients last asked for unknown codes. Bounded in clients and moments, unlike the library's own memory."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, client: str) -> None:
        """Add the present moment to a client's."""
        moments = self._moments.setdefault(client, deque(maxlen=SCANNING))
        moments.append(self._monotonic())
        self._moments.move_to_end(client)
        if len(self._moments) > CLIENTS:
            self._moments.popitem(last=False)

    def holds(self, client: str, count: int, seconds: float) -> bool:
        """Return whether a client asked at least count times in the last seconds."""
        moments = self._moments.get(client)
        return moments is not None and len(moments) >= count and moments[-count] > self._monotonic() - seconds


class ScanLimits:
    """Counts unknown codes by client, in this process and, while Redis answers, over all of them. Fails open."""

    def __init__(
        self,
        *,
        enabled: bool,
        secret: str,
        redis_url: str = "",
        redis_client: Client | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._enabled = enabled
        self._key = keyed_hash.derive(secret, "scan-limits")
        self._windows = Windows(monotonic)
        self._shared: MovingWindowRateLimiter | None = None
        if redis_client is not None:
            self._shared = MovingWindowRateLimiter(open_storage(redis_url, "lm:unknown", redis_client))
        self._breaker = Breaker()

    def is_scanning(self, client_ip: str) -> bool:
        """Return whether a client asked for so many unknown codes that no more are looked up for it."""
        return self._enabled and self._windows.holds(client_network(client_ip), SCANNING, SCANNING_SECONDS)

    async def note_unknown(self, client_ip: str) -> bool:
        """Count an unknown code, and return whether the client has asked for too many."""
        if not self._enabled:
            return False
        client = client_network(client_ip)
        is_over = self._windows.holds(client, UNKNOWN, UNKNOWN_SECONDS)
        self._windows.note(client)
        if is_over or not await self._fits_shared(client):
            metrics.LIMITED.inc()
            return True
        return False

    async def _fits_shared(self, client: str) -> bool:
        shared = self._shared
        if shared is None:
            return True
        # Hashed, so that Redis holds no addresses.
        name = keyed_hash.sign(self._key, client).hex()[:32]
        try:
            return await self._breaker.run(lambda: shared.hit(_SHARED_LIMIT, name))
        except RedisDown:
            return True


_SHARED_LIMIT: Final = RateLimitItemPerSecond(UNKNOWN, UNKNOWN_SECONDS)
