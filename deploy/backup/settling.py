"""Waiting until outboxes that lie elsewhere have brought what was answered before now."""

import asyncio
import time
from typing import Final

import asyncpg

# Quiet outboxes report every five seconds; one silent for longer has no process and may never speak again.
_ALIVE: Final = """
SELECT source::text, last_report_time FROM analytics.sources
WHERE last_report_time > now() - interval '1 minute'
"""
_STATE: Final = """
SELECT source::text, last_report_time, mark, last_sequence FROM analytics.sources WHERE source = ANY($1::uuid[])
"""
_POLL_SECONDS: Final = 0.05


async def settled(connection: "asyncpg.Connection[asyncpg.Record]", seconds: float) -> bool:
    """Wait until every outbox that is alive has brought all that it held when this was called; False when time is up.

    The second report that arrives from now on was written after the first one had been answered, so certainly after
    now; all up to the last sequence that it names has to come in.
    """
    deadline = time.monotonic() + seconds
    seen = {source: (reported, 0) for source, reported in await connection.fetch(_ALIVE)}
    due: dict[str, int] = {}
    while seen:
        for source, reported, mark, last_sequence in await connection.fetch(_STATE, list(seen)):
            before, reports = seen[source]
            if reported != before:
                seen[source] = (reported, reports + 1)
                if reports + 1 == 2:  # noqa: PLR2004 - as said above
                    due[source] = last_sequence
            if source in due and mark >= due[source]:
                del seen[source]
        if not seen:
            break
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True
