"""Copy segment files from one place to another, as a backup does and its restore: no place is shared by two."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.analytics.segments.files import SegmentDamaged, SegmentFile, SegmentFiles

_AT_ONCE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: files, and their bytes; all others were there already."""

    files: int
    bytes: int


async def copy(source: SegmentFiles, target: SegmentFiles, files: Sequence[SegmentFile]) -> Copied:
    """Bring files to where they are not yet; what the target has is read, and is copied anew when it is not right.

    Raise SegmentDamaged when the source has not got one, or not as it was registered.
    """
    there = {stored.name: stored.bytes for stored in await target.list()}
    kept = [file for file in files if there.get(file.name) == file.bytes]
    damaged = {problem.name for problem in await target.verify(kept)}
    missing = sorted(
        set(files) - {file for file in kept if file.name not in damaged},
        key=lambda file: file.name,
    )
    for file in missing:
        async with source.lent([file]) as paths:
            with target.scratch() as scratch:
                copied = scratch / "copy.parquet"
                if await asyncio.to_thread(_copy, paths[file.name], copied) != file.sha256:
                    raise SegmentDamaged(file.name, "has another content than was registered")
                await target.put(file.name, copied)
    return Copied(len(missing), sum(file.bytes for file in missing))


def _copy(source: Path, target: Path) -> str:
    """Copy a file and return the digest of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("xb") as written:
        # Who may read it may read clicks.
        target.chmod(0o600)
        while piece := read.read(_AT_ONCE):
            digest.update(piece)
            written.write(piece)
    return digest.hexdigest()
