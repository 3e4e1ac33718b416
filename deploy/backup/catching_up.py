"""Waiting until outboxes that lie elsewhere have brought what was answered before now."""

from pathlib import Path
from typing import Final

import asyncpg

# The component backups runs the same.
_CATCH_UP: Final = Path(__file__).with_name("catch_up.sql")
_ROOM_SECONDS: Final = 10.0


async def caught_up(connection: "asyncpg.Connection[asyncpg.Record]", seconds: float) -> bool:
    """Wait until every outbox that is alive has brought all that it held by now; answer False when time is up."""
    # A limit on statements, which the role may have, is not meant for waiting.
    await connection.execute("SET statement_timeout = 0")
    await connection.execute("SELECT set_config('linkmeter.catch_up_seconds', $1, false)", str(seconds))
    await connection.execute(_CATCH_UP.read_text(), timeout=seconds + _ROOM_SECONDS)
    return bool(await connection.fetchval("SHOW linkmeter.is_caught_up") == "on")
