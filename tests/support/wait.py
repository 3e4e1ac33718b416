"""Waiting for a condition instead of for a time."""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar, overload

T = TypeVar("T")

# What is waited for comes, however busy the machine is: only what never comes is to end a wait.
GENEROUS_SECONDS: Final = 60.0
# Set by `make chaos`, which has the machine to itself.
_IS_MEASURED: Final = os.environ.get("MEASURE_PROMISES") == "on"


def promised(seconds: float) -> float:
    """Return a bound that is a promise where promises are measured, else enough time for what must be true."""
    return seconds if _IS_MEASURED else GENEROUS_SECONDS


@overload
def eventually(
    condition: Callable[[], Awaitable[T]], timeout: float = ..., every: float = ..., what: str = ...
) -> Coroutine[Any, Any, T]: ...
@overload
def eventually(
    condition: Callable[[], T], timeout: float = ..., every: float = ..., what: str = ...
) -> Coroutine[Any, Any, T]: ...
async def eventually(
    condition: Callable[[], Any],
    timeout: float = GENEROUS_SECONDS,  # noqa: ASYNC109 - On expiry the last result matters, which a cancelled task would hide.
    every: float = 0.02,
    what: str = "",
) -> Any:
    """Return the condition's first true result; after the timeout fail with its last result or assertion.

    A timeout is for what will never be. What must be quick says so by promised().

    The condition may be async, and may assert instead of answering false.
    """
    deadline = time.monotonic() + timeout
    while True:
        failure: AssertionError | None = None
        result = None
        try:
            outcome = condition()
            result = await outcome if inspect.isawaitable(outcome) else outcome
        except AssertionError as error:
            failure = error
        if result and failure is None:
            return result
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"not within {timeout} s: {what or condition}; last result {result!r}")
        await asyncio.sleep(every)
