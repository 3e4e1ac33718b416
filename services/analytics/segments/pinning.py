"""Keep the files of retired segments from being deleted while somebody reads them for longer than a question takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from services.runtime.postgres import Connection

# Whoever dies keeps files for so long at most.
LASTS: Final = timedelta(minutes=30)
_RENEWED_SECONDS: Final = 300.0
_FORGET: Final = "DELETE FROM analytics.pins WHERE ends < now()"
_PIN: Final = "INSERT INTO analytics.pins (reason, ends) VALUES ($1, now() + $2::interval) RETURNING id"
_RENEW: Final = "UPDATE analytics.pins SET ends = now() + $2::interval WHERE id = $1"
_UNPIN: Final = "DELETE FROM analytics.pins WHERE id = $1"
_UNPIN_ALL: Final = "DELETE FROM analytics.pins WHERE reason = $1"


@asynccontextmanager
async def pinned(connection: Connection, reason: str) -> AsyncIterator[None]:
    """Pin all segments that are live from now on, until the block ends; the connection must be used for nothing else.

    reason is for people who wonder why nothing is deleted.
    """
    await connection.execute(_FORGET)
    pin = await connection.fetchval(_PIN, reason, LASTS)
    renewal = asyncio.create_task(_renew(connection, pin))
    try:
        yield
    finally:
        renewal.cancel()
        with suppress(asyncio.CancelledError):
            await renewal
        await connection.execute(_UNPIN, pin)


async def unpin(connection: Connection, reason: str) -> None:
    """Forget the pins of a reason, which somebody else made who could not wait for the end."""
    await connection.execute(_UNPIN_ALL, reason)


async def _renew(connection: Connection, pin: int) -> None:
    while True:
        await asyncio.sleep(_RENEWED_SECONDS)
        await connection.execute(_RENEW, pin, LASTS)
