"""A worker whose supervisor is gone ends, whatever keeps it."""

import subprocess
import sys
from typing import Final

# Never ends of itself, as one whose start or end waits for something.
_STUCK: Final = """
import asyncio
from services.redirect import __main__ as redirect

redirect._ORPHAN_SECONDS = 0.2
told = []

async def run():
    redirect._watch_parent(lambda: told.append(print("told", flush=True)))
    await asyncio.Event().wait()

asyncio.run(run())
"""


def test_it_is_told_once_and_ends_by_force_when_it_does_not_end_by_itself() -> None:
    """Its standard input ends with the supervisor."""
    worker = subprocess.run([sys.executable, "-c", _STUCK], input="", capture_output=True, text=True, check=False)
    assert (worker.returncode, worker.stdout, worker.stderr) == (1, "told\n", "")
