"""Limits of password guesses (promise S6), counted in Redis; nobody may guess while they cannot be counted."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias, TypeVar

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter

from services.common import keyed_hash
from services.common.errors import ResourceExhausted
from services.common.ip_addresses import client_network
from services.runtime.redis_client import Breaker, Client, RedisDown
from services.runtime.redis_limits import open_storage

T = TypeVar("T")

# Limits with the names of what they count.
_Counters: TypeAlias = "Sequence[tuple[RateLimitItem, tuple[str, ...]]]"

PER_CLIENT: Final[Sequence[RateLimitItem]] = (RateLimitItemPerMinute(5), RateLimitItemPerHour(20))
PER_LINK: Final[RateLimitItem] = RateLimitItemPerHour(100)
PER_OWNER: Final[RateLimitItem] = RateLimitItemPerHour(100)
# One client that tries one password with many accounts.
PER_CLIENT_AT_OWNERS: Final[RateLimitItem] = RateLimitItemPerHour(100)
_RETRY_WHEN_DOWN: Final = 5


class GuessLimits:
    """Counts guesses by link and client, and by link."""

    def __init__(self, redis_client: Client, redis_url: str, breaker: Breaker, secret: str) -> None:
        self._limiter = FixedWindowRateLimiter(open_storage(redis_url, "lm:guesses", redis_client))
        self._breaker = breaker
        self._key = keyed_hash.derive(secret, "guess-limits")

    async def take(self, link_name: str, client_ip: str) -> None:
        """Count a guess before it is checked; ResourceExhausted when there were too many, or Redis is down."""
        await self._hit(self._link_counters(link_name, client_ip))

    async def give_back(self, link_name: str, client_ip: str) -> None:
        """Take back the count of a guess that was right: visitors who know the password are not limited."""
        await self._unhit(self._link_counters(link_name, client_ip))

    async def take_owner(self, login: str, client_ip: str) -> None:
        """Count a guess of an account's password, in the same way."""
        await self._hit(self._owner_counters(login, client_ip))

    async def give_back_owner(self, login: str, client_ip: str) -> None:
        """Take back the count of a guess of an account's password that was right."""
        await self._unhit(self._owner_counters(login, client_ip))

    async def _hit(self, counters: _Counters) -> None:
        for item, names in counters:
            if not await self._ask(partial(self._limiter.hit, item, *names)):
                stats = await self._ask(partial(self._limiter.get_window_stats, item, *names))
                seconds = math.ceil(stats.reset_time - time.time())
                raise ResourceExhausted("too many password guesses", retry_after_seconds=max(1, seconds))

    async def _unhit(self, counters: _Counters) -> None:
        for item, names in counters:
            await self._ask(partial(self._limiter.hit, item, *names, cost=-1))

    # In this order: a client that is over its own limit does not use up that of the link or account.

    def _link_counters(self, link_name: str, client_ip: str) -> _Counters:
        of_client = ("client", link_name, self._client(client_ip))
        return [*((item, of_client) for item in PER_CLIENT), (PER_LINK, ("link", link_name))]

    def _owner_counters(self, login: str, client_ip: str) -> _Counters:
        client = self._client(client_ip)
        # Hashed, because people type passwords into the wrong field.
        name = self._hash(login)
        of_client = ("owner-client", name, client)
        return [
            *((item, of_client) for item in PER_CLIENT),
            (PER_CLIENT_AT_OWNERS, ("owners-client", client)),
            (PER_OWNER, ("owner", name)),
        ]

    def _client(self, client_ip: str) -> str:
        # Hashed, so that Redis holds no addresses.
        return self._hash(client_network(client_ip))

    def _hash(self, text: str) -> str:
        return keyed_hash.sign(self._key, text).hex()[:32]

    async def _ask(self, operation: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._breaker.run(operation)
        except RedisDown as problem:
            raise ResourceExhausted(
                "password guesses cannot be counted just now", retry_after_seconds=_RETRY_WHEN_DOWN
            ) from problem
