"""Listen to a channel of Redis, and notice within two seconds when it falls silent."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

import redis.asyncio

from services.runtime import log
from services.runtime.background import Background
from services.runtime.redis_client import OUTAGES, server_urls

PING_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 0.5

_logger = log.get(__name__)


class RedisSubscription:
    """Listens, and begins again whenever it was lost; what is published meanwhile is not heard."""

    def __init__(
        self,
        url: str,
        channel: str,
        *,
        begin: Callable[[], None],
        hear: Callable[[bytes], None],
        end: Callable[[], None],
    ) -> None:
        """Take what to call: when messages are heard from now on, with each message, and when they are not any more."""
        # Not the common client: its short read timeout would end every quiet subscription. In a cluster every server
        # hears what is published at any; when one is lost, the next is as good.
        self._clients = deque(
            redis.asyncio.Redis.from_url(server, socket_connect_timeout=1.0) for server in server_urls(url)
        )
        self._channel = channel
        self._begin = begin
        self._hear = hear
        self._end = end
        self._background = Background()

    def start(self, name: str) -> None:
        """Start to listen in the background; the name is the job's, in logs and metrics."""
        self._background.every(name, RETRY_SECONDS, self._listen_while_heard)

    async def stop(self) -> None:
        """Stop listening, and close the connections to Redis."""
        await self._background.stop()
        for client in self._clients:
            await client.aclose()

    async def _listen_while_heard(self) -> None:
        try:
            await self._listen()
        except OUTAGES as problem:
            _logger.warning("watch_lost", channel=self._channel, error=type(problem).__name__)
        finally:
            self._end()
            self._clients.rotate(-1)

    async def _listen(self) -> None:
        async with self._clients[0].pubsub() as subscription:
            await subscription.subscribe(self._channel)
            unanswered = 0
            while True:
                message = await subscription.get_message(timeout=PING_SECONDS)
                if message is not None:
                    unanswered = 0
                    self._pass_on(message)
                    continue
                # A dead peer says nothing, just as a quiet one.
                if unanswered:
                    raise TimeoutError
                unanswered += 1
                await subscription.ping()

    def _pass_on(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._begin()
        elif message["type"] == "message":
            self._hear(message["data"])
