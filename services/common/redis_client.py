"""Connections to Redis or Valkey, and how to live while it is down."""

import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.common import log

T = TypeVar("T")

_logger = log.get(__name__)

TIMEOUT_SECONDS: Final = 0.1
PAUSE_SECONDS: Final = 1.0
# What a dead, hung or refusing Redis raises.
OUTAGES: Final = (RedisError, OSError, TimeoutError)


class RedisDown(Exception):
    """Redis did not answer, or did not a moment ago."""


def open_redis(url: str) -> redis.asyncio.Redis:
    """Open a client that gives up early, because Redis is never needed to go on."""
    return redis.asyncio.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=0,
    )


class Breaker:
    """Spares callers the wait for a dead Redis: after a failure it is not asked for a second."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._paused_until = 0.0

    @property
    def is_open(self) -> bool:
        """Say whether Redis is left alone at present."""
        return self._monotonic() < self._paused_until

    async def run(self, operation: Callable[[], Awaitable[T]]) -> T:
        """Run an operation on Redis; raise RedisDown when it fails or is not tried."""
        if self.is_open:
            raise RedisDown
        try:
            return await operation()
        except OUTAGES as problem:
            self._paused_until = self._monotonic() + PAUSE_SECONDS
            _logger.warning("redis_down", error=type(problem).__name__)
            raise RedisDown from problem
