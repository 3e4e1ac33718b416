"""Turns of those who import, so that nobody's import takes the database from others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

# Of the process, which has many times as many connections.
_AT_ONCE: Final = 3


class ImportTurns:
    """Gives turns: one at a time to an account, and few at a time in all. Who waits holds no connection."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._accounts: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, owner_id: int) -> AsyncIterator[None]:
        """Wait for a turn, and keep it."""
        account = self._accounts.setdefault(owner_id, asyncio.Lock())
        async with account, self._places:
            yield
