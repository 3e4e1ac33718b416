"""The size and SHA-256 of files, off the event loop."""

import asyncio
import hashlib
from pathlib import Path

from services.analytics.segments.files import SegmentFile


async def describe(name: str, path: Path) -> SegmentFile:
    """Return a local file as it is to be registered under a name."""
    size, sha256 = await asyncio.to_thread(_measure, path)
    return SegmentFile(name, size, sha256)


async def fault(file: SegmentFile, path: Path) -> str:
    """Return what is wrong about a file's size or content, reading all of it; empty when nothing is."""
    try:
        size, sha256 = await asyncio.to_thread(_measure, path)
    except FileNotFoundError:
        return "is missing"
    return file.misfit(size) or ("" if sha256 == file.sha256 else "has another content than was registered")


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as opened:
        # Lets go of the interpreter's lock while it reads and hashes.
        digest = hashlib.file_digest(opened, "sha256")
        return opened.tell(), digest.hexdigest()
