"""Start redirect: `python -m services.redirect`."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Final

import uvloop

from services.redirect import supervisor
from services.redirect.server import RedirectServer
from services.redirect.settings import WORKER_VARIABLE, read_settings
from services.runtime import program
from services.runtime.settings import SettingsError, stop

# Longer than an orderly end takes.
_ORPHAN_SECONDS: Final = 30.0


def main() -> None:
    """Run one worker here, or several below."""
    try:
        settings = read_settings(os.environ)
        settings.outbox_dir.mkdir(parents=True, exist_ok=True)
    except SettingsError as problem:
        stop("redirect", problem)
    except OSError as problem:
        stop("redirect", SettingsError(f"LINKMETER_OUTBOX_DIR cannot be used: {problem.strerror}"))
    worker = os.environ.get(WORKER_VARIABLE)
    if worker is None and settings.workers > 1:
        program.set_up("redirect", settings.server)
        uvloop.run(supervisor.run(settings.workers))
        return
    ours = settings.for_worker(int(worker or 0))
    watch = _watch_parent if worker is not None else None
    program.run("redirect", ours.server, lambda: RedirectServer(ours), watch)


def _watch_parent(stop_worker: Callable[[], None]) -> None:
    """End the worker when the supervisor is gone: then its end of our standard input closes."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        # It stays readable, and would call us again and again.
        loop.remove_reader(sys.stdin.fileno())
        stop_worker()
        # Nobody is left who would end us by force. What was answered is durable, so nothing is lost by that.
        loop.call_later(_ORPHAN_SECONDS, os._exit, 1)

    loop.add_reader(sys.stdin.fileno(), end)


if __name__ == "__main__":
    main()
