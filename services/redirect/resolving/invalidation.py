"""Invalidation: listen on Redis for changed links."""

from services.common.redis_keys import LINKS_CHANNEL
from services.redirect.resolving.resolver import Resolver
from services.runtime.redis_subscription import RedisSubscription


class Watch:
    """Listens for changed links, and invalidates them in the resolver."""

    def __init__(self, *, url: str, resolver: Resolver) -> None:
        self._subscription = RedisSubscription(
            url,
            LINKS_CHANNEL,
            begin=resolver.begin_watch,
            hear=lambda name: resolver.invalidate(name.decode("utf-8", "replace")),
            end=resolver.end_watch,
        )

    def start(self) -> None:
        """Start to listen in the background."""
        self._subscription.start("watch_links")

    async def stop(self) -> None:
        """Stop listening, and close the connections to Redis."""
        await self._subscription.stop()
