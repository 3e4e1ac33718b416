"""Invalidation: listen on Redis for changed links, and notice within two seconds when it falls silent."""

from collections import deque
from typing import Any, Final

import redis.asyncio

from services.common.redis_keys import LINKS_CHANNEL
from services.redirect.resolving.resolver import Resolver
from services.runtime import log
from services.runtime.background import Background
from services.runtime.redis_client import OUTAGES, server_urls

PING_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 0.5

_logger = log.get(__name__)


class Watch:
    """Listens for changed links, and invalidates them in the resolver."""

    def __init__(self, *, url: str, resolver: Resolver) -> None:
        # Not the common client: its short read timeout would end every quiet subscription. In a cluster every server
        # hears what is published at any; when one is lost, the next is as good.
        self._clients = deque(
            redis.asyncio.Redis.from_url(server, socket_connect_timeout=1.0) for server in server_urls(url)
        )
        self._resolver = resolver
        self._background = Background()

    def start(self) -> None:
        """Start to listen in the background."""
        self._background.every("watch_links", RETRY_SECONDS, self._listen_while_heard)

    async def stop(self) -> None:
        """Stop listening, and close the connections to Redis."""
        await self._background.stop()
        for client in self._clients:
            await client.aclose()

    async def _listen_while_heard(self) -> None:
        try:
            await self._listen()
        except OUTAGES as problem:
            _logger.warning("watch_lost", error=type(problem).__name__)
        finally:
            self._resolver.end_watch()
            self._clients.rotate(-1)

    async def _listen(self) -> None:
        async with self._clients[0].pubsub() as subscription:
            await subscription.subscribe(LINKS_CHANNEL)
            unanswered = 0
            while True:
                message = await subscription.get_message(timeout=PING_SECONDS)
                if message is not None:
                    unanswered = 0
                    self._hear(message)
                    continue
                # A dead peer says nothing, just as a quiet one.
                if unanswered:
                    raise TimeoutError
                unanswered += 1
                await subscription.ping()

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._resolver.begin_watch()
        elif message["type"] == "message":
            self._resolver.invalidate(message["data"].decode("utf-8", "replace"))
