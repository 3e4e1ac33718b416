"""What commands about the files of settled clicks share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.locate import open_files
from services.analytics.settings import SCHEMA, SegmentSettings
from services.runtime import postgres

_STATEMENT_MS: Final = 300_000


@asynccontextmanager
async def opened(settings: SegmentSettings) -> AsyncIterator[SegmentFiles]:
    """Open the files, with a cache for as long as they are open."""
    settings.cache_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.cache_folder) as cache:
        files = open_files(settings.location, cache_folder=Path(cache), cache_bytes=settings.cache_mib << 20)
        try:
            yield files
        finally:
            await files.close()


@asynccontextmanager
async def one_connection(url: str) -> AsyncIterator[postgres.Pool]:
    """Open the database."""
    pool = await postgres.open_pool(url, SCHEMA, max_size=1, statement_timeout_ms=_STATEMENT_MS)
    try:
        yield pool
    finally:
        await pool.close()
