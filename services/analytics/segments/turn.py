"""Turns of those who rewrite segments or delete their files: one at a time, however many programs run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from services.runtime.postgres import Connection, Pool

_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('linkmeter-analytics-rewriting'))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtext('linkmeter-analytics-rewriting'))"


class TurnTaken(Exception):
    """Somebody else has the turn just now."""


@asynccontextmanager
async def rewriting_turn(pool: Pool) -> AsyncIterator[Connection]:
    """Hold the turn; raise TurnTaken when somebody else does.

    The turn belongs to the connection that is lent: what is committed on it is committed in turn, and whoever lost the
    connection lost the turn and can commit nothing.
    """
    async with pool.acquire() as connection:
        if not await connection.fetchval(_LOCK):
            raise TurnTaken
        try:
            yield connection
        finally:
            # The server lets go for who has lost the connection.
            with suppress(asyncpg.InterfaceError, asyncpg.PostgresConnectionError):
                await connection.execute(_UNLOCK)
