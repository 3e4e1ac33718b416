"""A program that rewrites the segments of a month and then waits: python -m tests.support.rewriter <url> <folder>."""

import asyncio
import sys
from pathlib import Path

from tests.support.engine import running_engine


async def main(url: str, folder: str) -> None:
    """Rewrite, and wait to be killed."""
    async with running_engine(url, Path(folder)) as engine:
        await engine.rewriting.rewrite(await engine.segments())
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
