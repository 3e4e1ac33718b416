"""The signal that clicks were stored: among replicas through Redis. It says that, and no more; it may be lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from services.analytics import metrics
from services.common.redis_keys import CLICKS_CHANNEL
from services.runtime.redis_client import Breaker, RedisDown, open_redis
from services.runtime.redis_subscription import RedisSubscription

# Ingest is told of nothing: so many batches as may come in this time are one message.
_PAUSE_SECONDS: Final = 0.05


class Signal:
    """Tells and hears that clicks were stored; without Redis, or while it is away, in this process alone."""

    def __init__(self, redis_url: str) -> None:
        # Set when clicks were stored, here or elsewhere.
        self.news = asyncio.Event()
        self._redis_url = redis_url
        self._untold = asyncio.Event()
        self._is_heard = False

    @property
    def is_heard(self) -> bool:
        """True while what other replicas tell would arrive."""
        return self._is_heard

    def start(self, on_change: Callable[[], None]) -> None:
        """Begin to tell and to listen; on_change is called when is_heard has changed."""
        self._on_change = on_change
        if self._redis_url:
            self._client = open_redis(self._redis_url)
            self._telling = asyncio.create_task(self._tell_again_and_again(), name="tell_clicks")
            self._subscription = RedisSubscription(
                self._redis_url, CLICKS_CHANNEL, begin=self._begin, hear=lambda _: self.news.set(), end=self._end
            )
            self._subscription.start("hear_clicks")

    async def stop(self) -> None:
        """End."""
        if self._redis_url:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
            await self._subscription.stop()
            await self._client.aclose()

    def tell(self) -> None:
        """Say that clicks were stored. Nobody waits for this, and it never fails."""
        self.news.set()
        self._untold.set()

    async def wait(self, seconds: float) -> None:
        """Wait until clicks were stored, at most so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.news.wait()

    async def _tell_again_and_again(self) -> None:
        breaker = Breaker()
        while True:
            await self._untold.wait()
            self._untold.clear()
            with suppress(RedisDown):
                await breaker.run(lambda: self._client.publish(CLICKS_CHANNEL, b""))
            await asyncio.sleep(_PAUSE_SECONDS)

    def _begin(self) -> None:
        # What was told before was not heard.
        self.news.set()
        self._change(is_heard=True)

    def _end(self) -> None:
        self._change(is_heard=False)

    def _change(self, *, is_heard: bool) -> None:
        metrics.WATCH_SIGNAL.set(is_heard)
        if is_heard != self._is_heard:
            self._is_heard = is_heard
            self._on_change()
