"""Hashes passwords beside the event loop: each takes tens of milliseconds of a core."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from services.common.errors import ResourceExhausted
from services.links.domain import passwords
from services.links.domain.passwords import StoredPassword

T = TypeVar("T")

_THREADS: Final = 2
_MOST_WAITING: Final = 64


class PasswordWorker:
    """A few threads and a short queue; who finds it full is asked to come again."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="password")
        self._waiting = 0

    async def protect(self, password: str) -> StoredPassword:
        """Hash a password."""
        return await self._run(lambda: passwords.protect(password))

    async def is_right(self, guess: str, stored: StoredPassword | None) -> bool:
        """Check a guess."""
        return await self._run(lambda: passwords.is_right(guess, stored))

    def stop(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise ResourceExhausted("too many passwords are being checked just now", retry_after_seconds=1)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
