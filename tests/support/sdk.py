"""The asynchronous client of the SDK as the synchronous one is, so that one test holds for both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from linkmeter import AsyncClient, AsyncPager, AsyncWatch, Client
from linkmeter.resource import Resource
from linkmeter.transport import AsyncTransport
from tests.support.loop_thread import LoopThread


def blocking(client: AsyncClient, loop: LoopThread) -> Client:
    """Return a client whose calls wait for what the asynchronous one awaits in a loop."""
    return cast("Client", _Blocking(client, loop))


class _Blocking:
    """Stands for the client, for one of its resources, or for a pager of it."""

    def __init__(self, inner: Any, loop: LoopThread) -> None:
        self._inner = inner
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if isinstance(value, Resource | AsyncTransport):
            return _Blocking(value, self._loop)
        return (lambda *given, **named: self._wait(value(*given, **named))) if callable(value) else value

    def __iter__(self) -> Iterator[Any]:
        return self._iterate(aiter(self._inner))

    def _wait(self, outcome: Any) -> Any:
        if asyncio.iscoroutine(outcome):
            return self._loop.run(outcome)
        if isinstance(outcome, AsyncPager | AsyncWatch):
            return _Blocking(outcome, self._loop)
        return self._iterate(outcome) if isinstance(outcome, AsyncIterator) else outcome

    def _iterate(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        async def following() -> list[Any]:
            # As a list of one or none: a coroutine may not end by StopAsyncIteration.
            return [item async for item in _first(items)]

        while found := self._loop.run(following()):
            yield from found


async def _first(items: AsyncIterator[Any]) -> AsyncIterator[Any]:
    try:
        yield await anext(items)
    except StopAsyncIteration:
        return
