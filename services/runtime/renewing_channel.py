"""A channel that goes on with a new connection when the own certificates were renewed."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import grpc

from services.runtime.tls import LOOK_SECONDS, Credentials, TlsFiles, Watched

# Calls on the old connection may take so long to end.
_GRACE_SECONDS: Final = 30.0

Open = Callable[[Credentials], grpc.aio.Channel]


class RenewingChannel(grpc.aio.Channel):
    """Stands for whichever channel has the credentials in force; gRPC fixes those of a channel when it is made."""

    def __init__(self, files: TlsFiles, open_channel: Open, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._watched = Watched(files, look_seconds=look_seconds)
        self._open = open_channel
        self._channel = open_channel(self._watched.current)
        self._leaving: set[asyncio.Task[None]] = set()

    def current(self) -> grpc.aio.Channel:
        """Return the channel for the next call."""
        fresh = self._watched.renewed()
        if fresh is not None:
            task = asyncio.get_running_loop().create_task(self._channel.close(_GRACE_SECONDS))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
            self._channel = self._open(fresh)
        return self._channel

    def unary_unary(self, *arguments: Any, **options: Any) -> Any:
        """Make a callable of a method."""
        return self._callable("unary_unary", arguments, options)

    def unary_stream(self, *arguments: Any, **options: Any) -> Any:
        """Make a callable of a method."""
        return self._callable("unary_stream", arguments, options)

    def stream_unary(self, *arguments: Any, **options: Any) -> Any:
        """Make a callable of a method."""
        return self._callable("stream_unary", arguments, options)

    def stream_stream(self, *arguments: Any, **options: Any) -> Any:
        """Make a callable of a method."""
        return self._callable("stream_stream", arguments, options)

    def _callable(self, kind: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Callable[..., Any]:
        channel: grpc.aio.Channel | None = None
        method: Callable[..., Any] = lambda: None  # noqa: E731 - replaced before the first call

        def call(*request: Any, **settings: Any) -> Any:
            nonlocal channel, method
            current = self.current()
            if current is not channel:
                channel, method = current, getattr(current, kind)(*arguments, **options)
            return method(*request, **settings)

        return call

    async def close(self, grace: float | None = None) -> None:
        """Close the channel and those that it had before."""
        await asyncio.gather(self._channel.close(grace), *(_end(task) for task in tuple(self._leaving)))

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """Return the state of the channel in use."""
        return self._channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Wait until the channel in use is in another state."""
        await self._channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Wait until the channel in use is connected."""
        await self.current().channel_ready()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        await self.close()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
