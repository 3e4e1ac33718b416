"""The process that answers questions, seen from outside."""

import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from tests.support.wait import eventually

_IS_AWAITED = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'settled'::regclass)"


def question_processes(parent: int | None = None) -> list[int]:
    """Return the processes that a process, this one by default, has started to answer its questions."""
    found = []
    for children in Path(f"/proc/{parent or os.getpid()}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [child for child in map(int, children.read_text().split()) if _answers(child)]
    return found


def is_running(process: int) -> bool:
    """Return whether a process has not ended, whoever has yet to hear of its end."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def _answers(process: int) -> bool:
    with contextlib.suppress(OSError):
        return b"services.analytics.questions" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


class HeldQuestions:
    """Questions and erasures stand still, and ingest does not; the turn of settling is taken."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def are_asked(self) -> None:
        """Wait until one stands still."""
        await eventually(lambda: self._connection.fetchval(_IS_AWAITED), what="a question waits")

    async def are_given_up(self, seconds: float) -> None:
        """Wait until none stands still any more, though nobody lets them go on."""
        await eventually(self._is_free, timeout=seconds, what="nobody waits")

    async def _is_free(self) -> bool:
        return not await self._connection.fetchval(_IS_AWAITED)


@asynccontextmanager
async def held_questions(url: str) -> AsyncIterator[HeldQuestions]:
    """Hold a table that questions read and ingest does not."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "analytics"})
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE settled IN ACCESS EXCLUSIVE MODE")
            yield HeldQuestions(connection)
    finally:
        await connection.close()
