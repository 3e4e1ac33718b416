"""Publishes to redirect, through Redis, what a link has become."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.common import redis_keys
from services.links import metrics
from services.links.batched_script import Argument, BatchedScript
from services.runtime import log
from services.runtime.redis_client import Breaker, Client, RedisDown

CACHE_SECONDS: Final = 60
# Longer than any writer could be late with an old revision.
_REVISION_SECONDS: Final = 600
_MOST_PENDING: Final = 100_000
_SHORTEST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0

# Two writers may arrive in the wrong order: the greater revision stays. The revision has a key of its own, which
# outlives the value and shares its cluster slot.
_SCRIPT: Final = """
local known = tonumber(redis.call('GET', KEYS[2]))
local is_news = not known or known <= tonumber(ARGV[1])
if is_news then
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[4])
end
if ARGV[5] ~= '' then
    redis.call('PUBLISH', ARGV[5], ARGV[6])
end
return is_news and 1 or 0
"""

_logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """A revision of a link as redirect reads it."""

    host: str
    code: str
    revision: int
    value: bytes

    @property
    def name(self) -> str:
        """What names the link on the channel and in keys."""
        return f"{self.host}/{self.code}"


class Publisher:
    """Publishes changes at once, and until they arrive when Redis is down."""

    def __init__(self, redis_client: Client, breaker: Breaker) -> None:
        self._script = BatchedScript(redis_client, breaker, _SCRIPT)
        self._pending: dict[str, Publication] = {}
        self._has_pending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to repeat what failed."""
        self._task = asyncio.create_task(self._repeat())

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def publish(self, publication: Publication) -> None:
        """Write a changed link and announce it; a failure is made good later."""
        if not await self._send(publication, redis_keys.LINKS_CHANNEL):
            self._keep(publication)

    async def fill(self, publications: Sequence[Publication]) -> None:
        """Write links that were just read; they are no news, and no harm if it fails."""
        await asyncio.gather(*(self._send(publication, "") for publication in publications))

    async def _send(self, publication: Publication, channel: str) -> bool:
        name = publication.name
        keys = [redis_keys.resolution_key(name), redis_keys.revision_key(name)]
        values: list[Argument] = [
            publication.revision,
            publication.value,
            CACHE_SECONDS,
            _REVISION_SECONDS,
            channel,
            name,
        ]
        try:
            await self._script.run(keys, values)
        except RedisDown:
            metrics.PUBLICATIONS.labels("failed").inc()
            return False
        metrics.PUBLICATIONS.labels("sent").inc()
        return True

    def _keep(self, publication: Publication) -> None:
        known = self._pending.pop(publication.name, None)
        newest = known if known and known.revision > publication.revision else publication
        self._pending[publication.name] = newest
        if len(self._pending) > _MOST_PENDING:
            # By now the oldest one's cached value has ended by itself.
            del self._pending[next(iter(self._pending))]
            _logger.warning("publication_given_up")
        self._note_pending()

    def _note_pending(self) -> None:
        metrics.PUBLICATIONS_PENDING.set(len(self._pending))
        if self._pending:
            self._has_pending.set()
        else:
            self._has_pending.clear()

    async def _repeat(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            await self._has_pending.wait()
            publication = next(iter(self._pending.values()))
            if await self._send(publication, redis_keys.LINKS_CHANNEL):
                pause = _SHORTEST_PAUSE
                if self._pending.get(publication.name) is publication:
                    del self._pending[publication.name]
                self._note_pending()
            else:
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing
                pause = min(pause * 2, _LONGEST_PAUSE)
