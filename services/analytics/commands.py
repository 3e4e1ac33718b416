"""Commands that an operator runs once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from services.analytics.domain.classes import DEFINITION, class_of
from services.analytics.segments.conversion import Conversion
from services.analytics.segments.conversion import Progress as ConversionProgress
from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.locate import open_files
from services.analytics.segments.rewriting import Rewriting
from services.analytics.server import SCHEMA
from services.analytics.settings import SettleSettings
from services.analytics.store.reclassification import ORPHANS, Progress, Reclassification
from services.runtime import log, postgres

_logger = log.get(__name__)

# Nobody waits for a command, and what it does may be large.
_STATEMENT_MS: Final = 300_000
_CONNECTIONS: Final = 2
_BATCH_ROWS: Final = 2000
# A line a batch of orphans would be thousands; a segment has many clicks.
_LOG_EVERY: Final = 50 * _BATCH_ROWS


def reclassify(settings: SettleSettings) -> None:
    """Classify all stored clicks by the program's definition, from where an interrupted run ended."""

    async def run(pool: postgres.Pool, files: SegmentFiles, limits: DuckLimits) -> None:
        # Where this runs beside settle, it has the half of the memory that settle rewrites in: they take turns at that.
        rewriting = Rewriting(pool, files, replace(limits, memory_mib=limits.memory_mib // 2))
        command = Reclassification(pool, rewriting, definition=DEFINITION, class_of=class_of, batch_rows=_BATCH_ROWS)
        await command.run(_log_progress)

    _run("reclassify", settings, run)


def convert(settings: SettleSettings) -> None:
    """Convert the clicks that an older version stored, from where an interrupted run ended."""
    _run("convert", settings, lambda pool, files, limits: Conversion(pool, files, limits).run(log_conversion))


def log_conversion(progress: ConversionProgress) -> None:
    """Write a line about how far it has come."""
    _logger.info(
        "clicks_converted" if progress.is_finished else "converting_clicks",
        part=progress.part,
        clicks=progress.clicks,
        parts_done=progress.parts_done,
        parts=progress.parts,
    )


def _run(
    name: str, settings: SettleSettings, work: Callable[[postgres.Pool, SegmentFiles, DuckLimits], Awaitable[None]]
) -> None:
    """Do the work of a command with what it needs, and put that away afterwards."""
    segments = settings.segments
    segments.cache_folder.mkdir(parents=True, exist_ok=True)

    async def run(spill: Path) -> None:
        async with AsyncExitStack() as stack:
            files = open_files(
                segments.location, cache_folder=segments.cache_folder / name, cache_bytes=segments.cache_mib << 20
            )
            stack.push_async_callback(files.close)
            pool = await postgres.open_pool(
                settings.postgres_url, SCHEMA, max_size=_CONNECTIONS, statement_timeout_ms=_STATEMENT_MS
            )
            stack.push_async_callback(pool.close)
            await work(pool, files, DuckLimits(memory_mib=settings.memory_mib, threads=2, spill=spill))

    with TemporaryDirectory(prefix=f"{name}-", dir=segments.cache_folder) as folder:
        asyncio.run(run(Path(folder)))


def _log_progress(table: str, progress: Progress) -> None:
    if table == ORPHANS and progress.seen % _LOG_EVERY and not progress.is_finished:
        return
    _logger.info(
        "reclassified" if progress.is_finished else "reclassifying",
        table=table,
        definition=DEFINITION,
        seen=progress.seen,
        changed=progress.changed,
    )
