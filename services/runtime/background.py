"""Work that nobody waits for, and work that must not stop half-way."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from services.runtime import log

T = TypeVar("T")

_logger = log.get(__name__)


class Background:
    """Keeps hold of tasks until they end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loops: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Run work that may fail without harm."""
        self._hold(asyncio.create_task(work)).add_done_callback(_report)

    async def settle(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that goes on to its end also when the caller does not wait any longer.

        What is committed must be published, even if the client hung up between the two.
        """
        return await asyncio.shield(self._hold(asyncio.create_task(work)))

    def repeat(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Run work that may fail without harm again and again."""
        self._loops.append(asyncio.create_task(_repeat(seconds, work)))

    async def stop(self, seconds: float = 2.0) -> None:
        """Give what is under way a moment, then end it."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _hold(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _repeat(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as problem:  # noqa: BLE001 - the next time may go well
            _logger.warning("background_work_failed", error=type(problem).__name__)


def _report(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _logger.warning("background_work_failed", error=type(error).__name__)
