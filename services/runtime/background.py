"""Work that nobody waits for, work that is done again and again, and work that must not stop half-way."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from services.common import errors
from services.runtime import log, metrics

T = TypeVar("T")

# After failures in a row; a job that is due often is not kept waiting as long as one that is due once a day.
_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 60.0
_LONGEST_PAUSE_OF_FREQUENT_SECONDS: Final = 5.0

_logger = log.get(__name__)


class Background:
    """Keeps hold of work until it ends, and goes on whatever fails.

    Each failure is counted. The first of a row is logged: what a dependency's outage explains as a warning, anything
    else with its stack.
    """

    def __init__(
        self,
        is_outage: Callable[[Exception], object] = lambda _: None,
        *,
        first_pause_seconds: float = _FIRST_PAUSE_SECONDS,
    ) -> None:
        self._is_outage = is_outage
        self._first_pause_seconds = first_pause_seconds
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loops: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Do work once; it may fail without harm."""
        name = getattr(work, "__qualname__", "work")
        self._hold(asyncio.create_task(self._attempt(name, lambda: work)))

    async def settle(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for work that goes on to its end also when the caller does not wait any longer.

        What is committed must be published, even if the client hung up between the two.
        """
        return await asyncio.shield(self._hold(asyncio.create_task(work)))

    def every(
        self, name: str, seconds: float, job: Callable[[], Awaitable[object]], *, first_after_seconds: float = 0.0
    ) -> None:
        """Do a job again and again, so many seconds after it ended; sooner or later after it failed."""
        self._loops.append(asyncio.create_task(self._repeat(name, seconds, job, first_after_seconds), name=name))

    async def stop(self, seconds: float = 2.0) -> None:
        """Break off what is repeated; give what is done once so many seconds to end."""
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

    async def _repeat(
        self, name: str, seconds: float, job: Callable[[], Awaitable[object]], first_after_seconds: float
    ) -> None:
        longest = min(max(seconds, _LONGEST_PAUSE_OF_FREQUENT_SECONDS), _LONGEST_PAUSE_SECONDS)
        pause = 0.0
        await asyncio.sleep(first_after_seconds)
        while True:
            if await self._attempt(name, job, is_news=not pause):
                pause = 0.0
                await asyncio.sleep(seconds)
            else:
                pause = min(pause * 2 or self._first_pause_seconds, longest)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing

    async def _attempt(self, name: str, job: Callable[[], Awaitable[object]], *, is_news: bool = True) -> bool:
        """Do a job; return whether it went well."""
        try:
            await job()
        except Exception as problem:  # noqa: BLE001 - the next time may go well
            metrics.BACKGROUND_FAILURES.labels(name).inc()
            if is_news:
                self._log(name, problem)
            return False
        return True

    def _log(self, name: str, problem: Exception) -> None:
        if isinstance(problem, errors.LinkmeterError | OSError) or self._is_outage(problem):
            _logger.warning("background_job_failed", job=name, error=type(problem).__name__)
        else:
            _logger.failure("background_job_failed", problem, job=name)
