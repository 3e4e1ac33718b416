"""Run statements on a snapshot, while the files that they read are lent."""

import time
from collections.abc import Sequence
from typing import Any, Final

import duckdb

from services.analytics.questions.conditions import Statement
from services.analytics.questions.snapshot import Snapshot
from services.analytics.segments.duck import in_thread
from services.analytics.segments.files import SegmentFiles

_SECONDS: Final = 8.0


class Reader:
    """Runs the statements of one question, which has so many seconds for all of them."""

    def __init__(self, snapshot: Snapshot, files: SegmentFiles, seconds: float = _SECONDS) -> None:
        self._duck = snapshot.duck
        self._files = files
        self._end = time.monotonic() + seconds

    async def fetch(self, sql: str, statement: Statement) -> Sequence[tuple[Any, ...]]:
        """Return a statement's rows.

        Raise DeadlineExceeded when the question's time is over, SegmentDamaged when a file cannot be read.
        """
        async with self._files.lent(statement.files) as paths:
            parameters = statement.parameters(sql, paths)
            work = lambda: self._duck.execute(sql, parameters).fetchall()  # noqa: E731 - shorter than a def
            try:
                return await in_thread(self._duck, work, self._end - time.monotonic())
            except duckdb.OutOfMemoryException:
                raise
            except duckdb.Error:
                # It may be of a file that is not what was written, which nobody has found yet.
                for damage in await self._files.verify(statement.files):
                    raise damage from None
                raise
