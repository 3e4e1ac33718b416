"""Gather what is asked for in the same moment, so that one round trip serves many."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

# Of one batch. A call of links resolves as many.
MOST_ITEMS: Final = 100
# What waits behind a slow batch does not wait longer than this.
PATIENCE_SECONDS: Final = 0.01


class Batches(Generic[T]):
    """Takes items one by one, and hands them on in batches of at most MOST_ITEMS, each in a task of its own.

    What comes in one turn of the event loop goes together; what comes while a batch is under way goes with the next,
    once that one is back or PATIENCE_SECONDS have passed. So batches grow with the load, and nobody waits for a batch
    that hangs.

    A batch belongs to the request id and the trace of whoever began it.
    """

    def __init__(self, send: Callable[[list[T]], Coroutine[Any, Any, None]]) -> None:
        """Take what sends a batch; it must not raise."""
        self._send = send
        self._waiting: list[T] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_due = False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, item: T) -> None:
        """Let an item go with the next batch."""
        self._waiting.append(item)
        if not self._tasks or len(self._waiting) == MOST_ITEMS:
            self._send_soon()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._send_waiting)

    def _send_soon(self) -> None:
        """Send at the end of this turn of the loop: what comes until then goes along."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._send_waiting)

    def _send_waiting(self) -> None:
        self._is_due = False
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_ITEMS], self._waiting[MOST_ITEMS:]
            task = asyncio.create_task(self._send(batch))
            self._tasks.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if self._waiting:
            self._send_soon()
