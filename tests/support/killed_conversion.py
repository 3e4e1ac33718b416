"""A program that converts and stops at a step, to be killed there.

Arguments: URL, folder, and after how many "files" or "pieces".
"""

import asyncio
import os
import sys
from pathlib import Path

from services.analytics.segments.conversion import Conversion, Progress
from services.analytics.segments.folder import FolderFiles
from tests.support.engine import running_engine


class _StoppingFiles(FolderFiles):
    """Stops before one of its files is where it belongs; those before are, and no row names them."""

    def __init__(self, root: Path, files: int) -> None:
        super().__init__(root)
        self._left = files

    async def put(self, name: str, source: Path) -> None:
        self._left -= 1
        if self._left < 0:
            stop()
        await super().put(name, source)


def stop() -> None:
    """Say so, and do nothing more."""
    sys.stdout.write("stopped\n")
    sys.stdout.flush()
    # Until it is killed, or whoever would have done so is gone.
    sys.stdin.read()
    os._exit(1)


async def _convert(url: str, folder: Path, count: int, step: str) -> None:
    left = count

    def on_progress(_: Progress) -> None:
        nonlocal left
        left -= 1
        if not left:
            stop()

    async with running_engine(url, folder) as opened:
        files = _StoppingFiles(folder / "segments", count) if step == "files" else opened.files
        conversion = Conversion(opened.pool, files, opened.limits, pages_of_a_piece=3)
        await conversion.run(on_progress if step == "pieces" else lambda _: None)


if __name__ == "__main__":
    asyncio.run(_convert(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
