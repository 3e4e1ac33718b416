"""Commands about the files of settled clicks: whether they are all there, and copying them beside a dump."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from services.analytics.segments import checking, saving
from services.analytics.segments.files import SegmentDamaged, SegmentFiles
from services.analytics.segments.locate import open_files
from services.analytics.segments.pinning import unpin
from services.analytics.server import SCHEMA
from services.analytics.settings import CheckSettings, SaveSettings, SegmentSettings
from services.common import errors
from services.common.clock import SystemClock
from services.runtime import log, postgres

_logger = log.get(__name__)

_STATEMENT_MS: Final = 300_000


def check(settings: CheckSettings) -> None:
    """Compare the files that the database names with those that are there; end the program if they differ."""
    asyncio.run(_check(settings))


def save(settings: SaveSettings) -> None:
    """Finish the newest dump: copy the files that it names beside it."""
    asyncio.run(_save(settings))


async def _check(settings: CheckSettings) -> None:
    async with _opened(settings.segments) as files, _pool(settings.postgres_url) as pool:
        async with pool.acquire() as connection:
            named = await checking.live_files(connection)
        try:
            problems = await checking.misfits(files, named)
        except errors.Unavailable as problem:
            raise SystemExit(f"analytics: {problem}") from problem
    if problems:
        raise SystemExit(
            f"analytics: of {len(named)} files of settled clicks, {len(problems)} are not as they should be: "
            f"{checking.told(problems)}. Questions that need them are refused; docs/backup.md says how to put them back"
        )
    _logger.info("segments_checked", files=len(named))


async def _save(settings: SaveSettings) -> None:
    keep = timedelta(days=settings.keep_days)
    async with _opened(settings.segments) as files, _pool(settings.postgres_url) as pool:
        try:
            saved = await saving.save(files, settings.folder, keep=keep, now=SystemClock().now())
        except (saving.NothingToSave, SegmentDamaged) as problem:
            raise SystemExit(f"analytics: {problem}") from problem
        async with pool.acquire() as connection:
            await unpin(connection, saved.dump.name)
    _logger.info(
        "backup_written",
        file=str(saved.dump),
        bytes=saved.dump.stat().st_size,
        caught_up="on" if saved.is_caught_up else "off",
        files=saved.files,
        files_copied=saved.copied.files,
        files_deleted=saved.deleted,
    )


@asynccontextmanager
async def _opened(settings: SegmentSettings) -> AsyncIterator[SegmentFiles]:
    settings.cache_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.cache_folder) as cache:
        files = open_files(settings.location, cache_folder=Path(cache), cache_bytes=settings.cache_mib << 20)
        try:
            yield files
        finally:
            await files.close()


@asynccontextmanager
async def _pool(url: str) -> AsyncIterator[postgres.Pool]:
    pool = await postgres.open_pool(url, SCHEMA, max_size=1, statement_timeout_ms=_STATEMENT_MS)
    try:
        yield pool
    finally:
        await pool.close()
