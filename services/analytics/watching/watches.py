"""Streams of clicks as they are stored, each at its watcher's own pace."""

import asyncio
import random
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from services.analytics import metrics
from services.analytics.domain.passing import passing
from services.analytics.domain.position import Position
from services.analytics.query_turns import QueryTurns
from services.analytics.questions.conditions import Selection
from services.analytics.questions.process import QuestionProcess
from services.analytics.store.newest_clicks import NewestClicks, News, Settled
from services.analytics.watching.hub import Hub
from services.analytics.watching.limits import WatchLimits, WatchPlaces
from services.analytics.watching.signal import Signal
from services.analytics.watching.stored_click import StoredClick
from services.analytics.watching.subscription import Overrun, Subscription
from services.common.errors import LinkmeterError

MOST_CLICKS: Final = 500
# Of one message: clients of gRPC take no more than 4 MiB unless they are told to.
_MOST_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Update:
    """What a watcher is sent at once."""

    clicks: Sequence[StoredClick]
    # Behind these clicks.
    position: Position
    # True when nothing more was stored as it was sent.
    is_caught_up: bool
    # True while other replicas' clicks are looked for at intervals.
    is_polling: bool


class Watches:
    """Opens streams, and ends them all when the service stops."""

    def __init__(
        self,
        *,
        newest: NewestClicks,
        questions: QuestionProcess,
        turns: QueryTurns,
        signal: Signal,
        limits: WatchLimits,
    ) -> None:
        self._newest = newest
        self._questions = questions
        self._turns = turns
        self._signal = signal
        self._limits = limits
        self._places = WatchPlaces(limits)
        self._hub = Hub(newest, signal, limits)
        self._is_ending = False

    def start(self) -> None:
        """Follow what is stored, while somebody watches."""
        self._hub.start()
        self._signal.start(self._hub.nudge)

    def end(self) -> None:
        """End all streams, at once and in order: watchers go on elsewhere."""
        self._is_ending = True
        self._hub.nudge()

    async def stop(self) -> None:
        """Follow nothing any more; all streams have ended."""
        await self._signal.stop()
        await self._hub.stop()

    async def watch(self, selection: Selection, position: Position | None) -> AsyncGenerator[Update]:
        """Yield updates from a position on, or from now, until the stream's time is over.

        Raise ResourceExhausted beyond the limits, FailedPrecondition for a position that is too old, and what the
        database and questions raise.
        """
        with self._places.place(selection.audience), _counted():
            async with self._hub.subscribed(selection.audience) as subscription:
                stream = _Stream(self, selection, subscription)
                async with aclosing(stream.updates(position)) as updates:
                    async for update in updates:
                        metrics.WATCHED_CLICKS.inc(len(update.clicks))
                        yield update

    async def read(self, selection: Selection, position: Position) -> News:
        """Return the next clicks of a selection's audience behind a position; some of them may pass no filter."""
        try:
            news = await self._newest.after(position, [selection.audience], MOST_CLICKS)
        except Settled as settled:
            metrics.WATCH_READS.labels("segments").inc()
            async with self._turns.turn(selection.audience):
                later = await self._questions.clicks_after(selection, position, limit=MOST_CLICKS)
            time = position.time if later.is_more else settled.time
            return News(clicks=later.clicks, position=replace(later.position, time=time), is_more=later.is_more)
        metrics.WATCH_READS.labels("landing_again").inc()
        return news

    @property
    def limits(self) -> WatchLimits:
        """The bounds of streams."""
        return self._limits

    @property
    def is_ending(self) -> bool:
        """True when all streams are to end."""
        return self._is_ending

    @property
    def is_polling(self) -> bool:
        """True while clicks that other replicas store are looked for at intervals."""
        return not self._signal.is_heard


class _Stream:
    """One watcher's stream."""

    def __init__(self, watches: Watches, selection: Selection, subscription: Subscription) -> None:
        self._watches = watches
        self._selection = selection
        self._subscription = subscription
        self._passes = passing(selection.filters)
        limits = watches.limits
        seconds = random.uniform(limits.shortest_seconds, limits.longest_seconds)  # noqa: S311 - spreads load
        self._end = _now() + seconds

    async def updates(self, resumed: Position | None) -> AsyncGenerator[Update]:
        """Yield updates: one at once, then what is behind, then what comes."""
        begun = self._subscription.begin_again()
        position = resumed or begun
        position.check(begun.time)
        yield self._update((), position, is_caught_up=position.covers(begun))
        while not self._is_over:
            if not position.covers(begun):
                news = await self._watches.read(self._selection, position)
                clicks = [StoredClick(click) for click in news.clicks if self._passes(click)]
                for update in self._parts(clicks, position, news.position, is_last=news.position.covers(begun)):
                    yield update
                position = news.position
                continue
            try:
                async with aclosing(self._live(position)) as updates:
                    async for update in updates:
                        position = update.position
                        yield update
            except Overrun:
                begun = self._subscription.begin_again()

    async def _live(self, position: Position) -> AsyncGenerator[Update]:
        """Yield what the hub hands out, behind a position; raise Overrun when that was more than may wait."""
        was_polling = self._watches.is_polling
        silent_since = _now()
        while not self._is_over:
            await self._subscription.news(min(self._end, silent_since + self._watches.limits.idle_seconds) - _now())
            taken = self._subscription.take()
            clicks = [each for each in taken.clicks if position.is_before(each.fields) and self._passes(each.fields)]
            newest = position.joined(taken.position)
            is_alive = _now() - silent_since < self._watches.limits.idle_seconds
            if clicks or not is_alive or was_polling != self._watches.is_polling:
                for update in self._parts(clicks, position, newest, is_last=True):
                    yield update
                was_polling = self._watches.is_polling
                silent_since = _now()
            position = newest

    def _parts(
        self, clicks: Sequence[StoredClick], before: Position, after: Position, *, is_last: bool
    ) -> Iterator[Update]:
        """Yield updates of bearable size that lead from one position to another; at least one."""
        rest = list(clicks)
        while (size := _fitting(rest)) < len(rest):
            part, rest = rest[:size], rest[size:]
            before = before.after(each.fields for each in part)
            yield self._update(part, before, is_caught_up=False)
        yield self._update(rest, after, is_caught_up=is_last and not self._subscription.waiting)

    def _update(self, clicks: Sequence[StoredClick], position: Position, *, is_caught_up: bool) -> Update:
        return Update(clicks, position, is_caught_up, self._watches.is_polling)

    @property
    def _is_over(self) -> bool:
        return self._watches.is_ending or _now() >= self._end


def _fitting(clicks: Sequence[StoredClick]) -> int:
    """Return how many clicks fit into one update; at least one, if there is any."""
    total = 0
    for count, click in enumerate(clicks[:MOST_CLICKS]):
        total += click.size
        if total > _MOST_BYTES and count:
            return count
    return min(len(clicks), MOST_CLICKS)


@contextmanager
def _counted() -> Iterator[None]:
    """Count how a stream ends."""
    reason = "left"
    try:
        yield
        reason = "in_time"
    except LinkmeterError as error:
        reason = error.reason.lower()
        raise
    except Exception:
        reason = "failed"
        raise
    finally:
        metrics.WATCH_ENDS.labels(reason).inc()


def _now() -> float:
    return asyncio.get_running_loop().time()
