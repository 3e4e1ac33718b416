"""Streams that go on from the position at which they broke off."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from linkmeter.errors import Aborted, DeadlineExceeded, Internal, LinkmeterError, RateLimited, Unavailable
from linkmeter.rpc import Call, Stream

T = TypeVar("T")

# What passes by itself. What the caller did wrong does not.
_PASSING: Final = (Aborted, DeadlineExceeded, Internal, RateLimited, Unavailable)
_SHORTEST_WAIT_SECONDS: Final = 0.1
_LONGEST_WAIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What one message of a stream brought; without items it says that the stream is alive."""

    items: tuple[T, ...]
    # The position behind these items, from which another stream goes on, also in another process later.
    resume_token: str
    # True when these were the newest as they were sent; False while older ones are being made up for.
    caught_up: bool


class _Open(Protocol):
    def __call__(self, call: Call[Any], /) -> Iterator[Any]:
        """Open a stream."""


class _AsyncOpen(Protocol):
    def __call__(self, call: Call[Any], /) -> AsyncIterator[Any]:
        """Open a stream."""


class Watch(Generic[T]):
    """The items of a stream as they come, without end.

    A stream that breaks is taken up again behind its last message: no item is lost, and none comes twice.
    """

    def __init__(self, open_stream: _Open, stream: Stream[T]) -> None:
        self._open = open_stream
        self._stream = stream

    def __iter__(self) -> Iterator[T]:
        for batch in self.batches():
            yield from batch.items

    def batches(self) -> Iterator[Batch[T]]:
        """Yield message by message, for who keeps the position to go on from."""
        course = _Course(self._stream)
        while True:
            try:
                for answer in self._open(course.call):
                    yield course.received(answer)
                course.ended()
            except LinkmeterError as error:
                time.sleep(course.wait_after(error))


class AsyncWatch(Generic[T]):
    """The items of a stream as they come, for `async for`, without end; as Watch."""

    def __init__(self, open_stream: _AsyncOpen, stream: Stream[T]) -> None:
        self._open = open_stream
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[T]:
        async for batch in self.batches():
            for item in batch.items:
                yield item

    async def batches(self) -> AsyncIterator[Batch[T]]:
        """Yield message by message, for who keeps the position to go on from."""
        course = _Course(self._stream)
        while True:
            try:
                async for answer in self._open(course.call):
                    yield course.received(answer)
                course.ended()
            except LinkmeterError as error:
                await asyncio.sleep(course.wait_after(error))


class _Course:
    """Where a watch stands: the call that goes on from there, and how often it failed since it was last heard of."""

    def __init__(self, stream: Stream[Any]) -> None:
        self.call = stream.call
        self._stream = stream
        self._begun = False
        self._heard = False
        self._failures = 0
        self._broken_since = 0.0

    def received(self, answer: Any) -> Batch[Any]:
        """Note that a message came, and return it."""
        self._begun = self._heard = True
        self._failures = 0
        self.call = self.call.with_fields(resume_token=answer.resume_token)
        return Batch(tuple(getattr(answer, self._stream.items)), answer.resume_token, answer.caught_up)

    def ended(self) -> None:
        """Note that the stream ended in order, as each does in time. Unavailable: nothing had come."""
        heard, self._heard = self._heard, False
        if not heard:
            raise Unavailable("the stream ended before its first message")

    def wait_after(self, error: LinkmeterError) -> float:
        """Return how many seconds to wait before going on. The error: there is no sense in it, or no patience left."""
        self._heard = False
        now = time.monotonic()
        if not self._failures:
            self._broken_since = now
        # Who never was connected has a wrong address more likely than bad luck.
        if not self._begun or not isinstance(error, _PASSING) or now - self._broken_since > self._stream.patience:
            raise error
        self._failures += 1
        # Many who were cut off at the same moment do not all come back at the same moment.
        spread = random.uniform(0.5, 1)  # noqa: S311 - No secret.
        # The exponent has a bound, lest the power becomes too large for a float after days.
        step = min(_LONGEST_WAIT_SECONDS, _SHORTEST_WAIT_SECONDS * float(2 ** min(self._failures, 10)))
        return max(step * spread, error.retry_after or 0)
