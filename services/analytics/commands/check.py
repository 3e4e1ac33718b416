"""The command check: compare the files that the database names with those that are there."""

import asyncio
import os

from services.analytics.commands.segment_files import one_connection, opened
from services.analytics.segments import checking
from services.analytics.settings import CheckSettings, read_check_settings
from services.common import errors
from services.runtime import log
from services.runtime.commands import refuse

_logger = log.get(__name__)


def run(arguments: list[str]) -> None:
    """Compare them; end the program with a line about those that differ."""
    refuse(arguments)
    settings = read_check_settings(os.environ)
    log.configure("analytics")
    asyncio.run(_check(settings))


async def _check(settings: CheckSettings) -> None:
    async with opened(settings.segments) as files, one_connection(settings.postgres_url) as pool:
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
