"""The hub: reads what was stored once for all watchers of this process, and hands each what is theirs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.analytics import metrics
from services.analytics.domain.position import Position
from services.analytics.domain.query import Audience
from services.analytics.store.newest_clicks import NewestClicks, Settled
from services.analytics.watching.limits import WatchLimits
from services.analytics.watching.signal import Signal
from services.analytics.watching.stored_click import StoredClick
from services.analytics.watching.subscription import Subscription
from services.common.errors import LinkmeterError
from services.runtime import log, postgres

# A signal may be lost, so we look all the same.
_LOOK_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 1.0
# Between one look and the next, so that many small batches cost no more than this.
_PAUSE_SECONDS: Final = 0.1
_PAGE: Final = 1000

_logger = log.get(__name__)


class Hub:
    """Follows landing while somebody watches."""

    def __init__(self, newest: NewestClicks, signal: Signal, limits: WatchLimits) -> None:
        self._newest = newest
        self._limits = limits
        self._signal = signal
        self._subscriptions: set[Subscription] = set()
        # Of the last look; None while nobody watches.
        self._position: Position | None = None
        self._has_watchers = asyncio.Event()
        # Who comes while we look would be given the position behind clicks that were not asked for on its behalf.
        self._looking = asyncio.Lock()

    def start(self) -> None:
        """Be ready for watchers."""
        self._task = asyncio.create_task(self._follow(), name="watch")

    async def stop(self) -> None:
        """End; no watcher may be left."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def nudge(self) -> None:
        """Have all watchers look: the state of the signal has changed, or they are to end."""
        for subscription in self._subscriptions:
            subscription.nudge()

    @asynccontextmanager
    async def subscribed(self, audience: Audience) -> AsyncIterator[Subscription]:
        """Let the clicks of an audience wait for a watcher, from now on; raise what PostgreSQL raises."""
        async with self._looking:
            if self._position is None:
                self._position = await self._newest.position()
            subscription = Subscription(audience, self._position, most=self._limits.most_waiting)
            self._subscriptions.add(subscription)
            self._has_watchers.set()
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
            if not self._subscriptions:
                self._position = None
                self._has_watchers.clear()

    async def _follow(self) -> None:
        while True:
            await self._has_watchers.wait()
            self._signal.news.clear()
            if await self._look():
                continue
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._signal.wait(_LOOK_SECONDS if self._signal.is_heard else _POLL_SECONDS)

    async def _look(self) -> bool:
        """Hand out what was stored since the last look; return whether there is more."""
        async with self._looking:
            try:
                return await self._hand_out()
            except Exception as problem:  # noqa: BLE001 - whoever watches is told, and others may come
                if not isinstance(problem, LinkmeterError) and not postgres.outage_of(problem):
                    _logger.failure("watch_failed", problem)
                for subscription in self._subscriptions:
                    subscription.fail(problem)
                return False

    async def _hand_out(self) -> bool:
        if self._position is None:
            return False
        metrics.WATCH_READS.labels("landing").inc()
        audiences = {subscription.audience for subscription in self._subscriptions}
        try:
            news = await self._newest.after(self._position, audiences, _PAGE)
        except Settled:
            # We were kept from looking for so long that others have to read from segments.
            self._skip_to(await self._newest.position())
            return False
        clicks = [StoredClick(click) for click in news.clicks]
        for subscription in self._subscriptions:
            room = self._limits.most_waiting_in_all - sum(each.waiting for each in self._subscriptions)
            subscription.add([click for click in clicks if subscription.is_meant(click)], news.position, room)
        self._position = news.position if self._subscriptions else None
        return news.is_more

    def _skip_to(self, position: Position) -> None:
        for subscription in self._subscriptions:
            subscription.overrun(position)
        self._position = position if self._subscriptions else None
