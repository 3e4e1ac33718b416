"""Commands that an operator runs once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from services.analytics.domain.classes import DEFINITION, class_of
from services.analytics.segments.conversion import Conversion
from services.analytics.segments.conversion import Progress as ConversionProgress
from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.locate import open_files
from services.analytics.server import SCHEMA
from services.analytics.settings import SettleSettings
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


def convert(settings: SettleSettings) -> None:
    """Convert the clicks that an older version stored, from where an interrupted run ended."""
    segments = settings.segments
    segments.cache_folder.mkdir(parents=True, exist_ok=True)

    async def run(pool: postgres.Pool, spill: Path) -> None:
        files = open_files(
            segments.location, cache_folder=segments.cache_folder / "convert", cache_bytes=segments.cache_mib << 20
        )
        limits = DuckLimits(memory_mib=settings.memory_mib, threads=2, spill=spill)
        try:
            await Conversion(pool, files, limits).run(log_conversion)
        finally:
            await files.close()

    with TemporaryDirectory(prefix="convert-", dir=segments.cache_folder) as spill:
        asyncio.run(_with_pool(settings.postgres_url, lambda pool: run(pool, Path(spill))))


def log_conversion(progress: ConversionProgress) -> None:
    """Write a line about how far it has come."""
    _logger.info(
        "clicks_converted" if progress.is_finished else "converting_clicks",
        part=progress.part,
        clicks=progress.clicks,
        parts_done=progress.parts_done,
        parts=progress.parts,
    )


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
