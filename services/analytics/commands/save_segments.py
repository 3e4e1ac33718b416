"""The command save-segments: finish the newest dump by copying the files that it names beside it."""

import asyncio
import os
from datetime import timedelta

from services.analytics.commands.segment_files import one_connection, opened
from services.analytics.segments import saving
from services.analytics.segments.files import SegmentDamaged
from services.analytics.segments.pinning import unpin
from services.analytics.settings import SaveSettings, read_save_settings
from services.common.clock import SystemClock
from services.runtime import log
from services.runtime.commands import refuse

_logger = log.get(__name__)


def run(arguments: list[str]) -> None:
    """Copy them."""
    refuse(arguments)
    settings = read_save_settings(os.environ)
    log.configure("analytics")
    asyncio.run(_save(settings))


async def _save(settings: SaveSettings) -> None:
    keep = timedelta(days=settings.keep_days)
    async with opened(settings.segments) as files, one_connection(settings.postgres_url) as pool:
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
