"""Somebody who watches clicks over gRPC, and comes back where they were."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import grpc

from linkmeter.analytics.v1 import click_service_pb2 as api
from services.common.errors import LinkmeterError
from services.runtime import rpc_errors
from tests.support.analytics import AS_OWNER, Analytics, Metadata


@dataclass(slots=True)
class Watcher:
    """A client; what it received, and the token of the last message."""

    analytics: Analytics
    metadata: Metadata | tuple[tuple[str, str], ...] = AS_OWNER
    request: api.WatchClicksRequest = field(default_factory=api.WatchClicksRequest)
    token: str = ""
    click_ids: list[str] = field(default_factory=list)
    messages: list[api.WatchClicksResponse] = field(default_factory=list)
    # Ends of streams that were none of ours.
    ends: int = 0

    async def watch(self, until: Callable[[], bool]) -> None:
        """Open a stream behind what was received, and leave it once a condition holds; raise the error it ends with."""
        request = api.WatchClicksRequest()
        request.CopyFrom(self.request)
        request.resume_token = self.token
        call = self.analytics.clicks.WatchClicks(request, metadata=self.metadata, timeout=60, wait_for_ready=True)
        await self.take(call, until)

    async def take(self, call: Any, until: Callable[[], bool] = lambda: False) -> None:
        """Read a stream that is open, as watch does."""
        try:
            while (message := await call.read()) is not grpc.aio.EOF:
                self._note(message)
                if until():
                    return
            self.ends += 1
        except grpc.aio.AioRpcError as error:
            raise rpc_errors.error_of(error) from error
        finally:
            call.cancel()

    async def take_one(self, call: Any) -> None:
        """Read one message of a stream that is open, and leave it open."""
        self._note(await call.read())

    def _note(self, message: api.WatchClicksResponse) -> None:
        self.messages.append(message)
        self.click_ids += [click.click_id for click in message.clicks]
        self.token = message.resume_token

    async def begin(self) -> None:
        """Take a position: what is stored from now on will be received."""
        await self.watch(lambda: True)

    async def receive(self, count: int) -> list[str]:
        """Watch until there are so many clicks in all and no more wait; come again when a stream has ended."""
        while len(self.click_ids) < count or not self.messages[-1].caught_up:
            await self.watch(lambda: len(self.click_ids) >= count and self.messages[-1].caught_up)
        return self.click_ids

    async def refused(self) -> LinkmeterError:
        """Watch, and return the error that this ends with."""
        try:
            await self.watch(lambda: False)
        except LinkmeterError as error:
            return error
        raise AssertionError("the stream ended in order")


def ids(source: UUID, *sequences: int) -> list[str]:
    """Return the ids of clicks of a source."""
    return [f"{source}/{sequence}" for sequence in sequences]


def watching(watcher: Watcher, count: int) -> "asyncio.Task[list[str]]":
    """Receive so many clicks in the background."""
    return asyncio.create_task(watcher.receive(count))
