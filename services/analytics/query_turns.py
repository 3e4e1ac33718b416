"""Turns for queries: some at once, fewer of one owner, so that nobody's queries keep others waiting."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from services.analytics.domain.query import Audience
from services.common.errors import ResourceExhausted

_RETRY_SECONDS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLimits:
    """How many queries run at once, and how many may wait."""

    at_once: int = 4
    of_one_owner: int = 3
    # Of one owner, besides those that are being answered.
    waiting: int = 16
    longest_wait_seconds: float = 2.0


class QueryTurns:
    """Gives turns; who has fewest queries running comes first."""

    def __init__(self, limits: TurnLimits | None = None) -> None:
        self._limits = limits or TurnLimits()
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, audience: Audience) -> AsyncIterator[None]:
        """Wait for a turn and keep it; raise ResourceExhausted when too many wait, or none comes in time."""
        owner = f"link {audience.link_id}" if audience.link_id else f"owner {audience.owner_id}"
        await self._take(owner)
        try:
            yield
        finally:
            self._give_back(owner)

    async def _take(self, owner: str) -> None:
        queue = self._waiting.setdefault(owner, deque())
        if len(queue) >= self._limits.waiting:
            raise _too_many()
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._hand_out()
        try:
            async with asyncio.timeout(self._limits.longest_wait_seconds):
                await turn
        except (TimeoutError, asyncio.CancelledError) as end:
            # It may have been handed out in the same moment.
            if not turn.cancelled():
                self._give_back(owner)
            raise (_too_many() if isinstance(end, TimeoutError) else end) from None
        finally:
            self._forget(owner, turn)

    def _forget(self, owner: str, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(owner)
        if queue is not None and turn in queue:
            queue.remove(turn)
        if queue is not None and not queue:
            del self._waiting[owner]

    def _give_back(self, owner: str) -> None:
        self._running[owner] -= 1
        if not self._running[owner]:
            del self._running[owner]
        self._hand_out()

    def _hand_out(self) -> None:
        while self._running.total() < self._limits.at_once and (owner := self._next()) is not None:
            turn = self._waiting[owner].popleft()
            if not turn.done():
                self._running[owner] += 1
                turn.set_result(None)

    def _next(self) -> str | None:
        limit = self._limits.of_one_owner
        entitled = [owner for owner, queue in self._waiting.items() if queue and self._running[owner] < limit]
        return min(entitled, key=lambda owner: self._running[owner], default=None)


def _too_many() -> ResourceExhausted:
    return ResourceExhausted("too many questions at once", retry_after_seconds=_RETRY_SECONDS)
