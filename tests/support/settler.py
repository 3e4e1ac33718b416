"""A program that settles without a pause until it is killed: python -m tests.support.settler <url> <folder>."""

import asyncio
import sys
from pathlib import Path

from services.analytics.segments.settling import Settling
from tests.support.engine import running_engine

# Few rows a turn: there are many turns, and many moments to be killed in.
_ROWS = 60


async def main(url: str, folder: str) -> None:
    """Settle, and wait to be killed."""
    async with running_engine(url, Path(folder)) as engine:
        settling = Settling(engine.pool, engine.files, engine.limits, most_rows=_ROWS)
        while True:
            if not (await settling.settle()).rows:
                await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
