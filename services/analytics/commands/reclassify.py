"""The command reclassify: classify all stored clicks by the program's definition."""

import os
from dataclasses import replace
from typing import Final

from services.analytics.commands import rewriting_all
from services.analytics.domain.classes import DEFINITION, class_of
from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.rewriting import Rewriting
from services.analytics.settings import read_settle_settings
from services.analytics.store.reclassification import ORPHANS, Progress, Reclassification
from services.runtime import log
from services.runtime.commands import refuse
from services.runtime.postgres import Pool

_logger = log.get(__name__)

_BATCH_ROWS: Final = 2000
# A line a batch of orphans would be thousands; a segment has many clicks.
_LOG_EVERY: Final = 50 * _BATCH_ROWS


def run(arguments: list[str]) -> None:
    """Classify them, from where an interrupted run ended."""
    refuse(arguments)
    rewriting_all.run("reclassify", read_settle_settings(os.environ), _reclassify)


async def _reclassify(pool: Pool, files: SegmentFiles, limits: DuckLimits) -> None:
    # Where this runs beside settle, it has the half of the memory that settle rewrites in: they take turns at that.
    rewriting = Rewriting(pool, files, replace(limits, memory_mib=limits.memory_mib // 2))
    command = Reclassification(pool, rewriting, definition=DEFINITION, class_of=class_of, batch_rows=_BATCH_ROWS)
    await command.run(_log_progress)


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
