"""Commands that an operator runs once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from services.analytics.domain.classes import DEFINITION, class_of
from services.analytics.server import SCHEMA
from services.analytics.store.reclassification import Progress, Reclassification
from services.runtime import log, postgres

_logger = log.get(__name__)

# Nobody waits for a command, and what it does may be large.
_STATEMENT_MS: Final = 300_000
_BATCH_ROWS: Final = 2000
# A line a batch would be thousands.
_LOG_EVERY: Final = 50 * _BATCH_ROWS


def reclassify(url: str) -> None:
    """Classify all stored clicks by the program's definition, from where an interrupted run ended."""

    async def run(pool: postgres.Pool) -> None:
        command = Reclassification(pool, definition=DEFINITION, class_of=class_of, batch_rows=_BATCH_ROWS)
        await command.run(_log_progress)

    asyncio.run(_with_pool(url, run))


async def _with_pool(url: str, run: Callable[[postgres.Pool], Awaitable[None]]) -> None:
    pool = await postgres.open_pool(url, SCHEMA, max_size=1, statement_timeout_ms=_STATEMENT_MS)
    try:
        await run(pool)
    finally:
        await pool.close()


def _log_progress(table: str, progress: Progress) -> None:
    if progress.seen % _LOG_EVERY and not progress.is_finished:
        return
    _logger.info(
        "reclassified" if progress.is_finished else "reclassifying",
        table=table,
        definition=DEFINITION,
        seen=progress.seen,
        changed=progress.changed,
    )
