"""Several workers on one machine: a process each, started again when one dies."""

import asyncio
import os
import sys
from typing import Final

from services.redirect.settings import WORKER_VARIABLE
from services.runtime import log
from services.runtime.program import stop_event

RESTART_SECONDS: Final = 1.0

_logger = log.get(__name__)


async def run(workers: int) -> None:
    """Keep the workers running until SIGTERM or SIGINT, then end them gracefully."""
    stopping = stop_event()
    await asyncio.gather(*(_keep_running(index, stopping) for index in range(workers)))


async def _keep_running(index: int, stopping: asyncio.Event) -> None:
    stopped = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.redirect",
            env={**os.environ, WORKER_VARIABLE: str(index)},
            # The other end of this pipe closes when we die in whatever way, and then the worker ends too.
            stdin=asyncio.subprocess.PIPE,
            # Ctrl-C in a terminal reaches us alone, and the workers through us.
            start_new_session=True,
        )
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            if process.returncode is None:
                process.terminate()
            await ended
            return
        _logger.error("worker_died", worker=index, status=ended.result())
        await asyncio.wait({stopped}, timeout=RESTART_SECONDS)
