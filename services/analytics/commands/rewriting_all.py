"""What commands that rewrite all clicks share: a few connections, the files, and memory of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.locate import open_files
from services.analytics.settings import SCHEMA, SettleSettings
from services.runtime import log, postgres

# Nobody waits for a command, and what it does may be large.
_STATEMENT_MS: Final = 300_000
_CONNECTIONS: Final = 2

Work = Callable[[postgres.Pool, SegmentFiles, DuckLimits], Awaitable[None]]


def run(name: str, settings: SettleSettings, work: Work) -> None:
    """Do the work of a command with what it needs, and put that away afterwards."""
    log.configure("analytics", settings.server.log_level, settings.server.log_format)
    segments = settings.segments
    segments.cache_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{name}-", dir=segments.cache_folder) as folder:
        asyncio.run(_run(name, settings, work, Path(folder)))


async def _run(name: str, settings: SettleSettings, work: Work, spill: Path) -> None:
    segments = settings.segments
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
