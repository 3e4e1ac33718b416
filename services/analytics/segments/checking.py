"""Compare the registry with the files that are there: a database without its files, or with another's, is seen so."""

from collections.abc import Iterable, Sequence
from typing import Final

from services.analytics.segments.files import SegmentDamaged, SegmentFile, SegmentFiles
from services.analytics.segments.registry import live_segments
from services.runtime.postgres import Connection

_NAMED: Final = 3


async def live_files(connection: Connection) -> list[SegmentFile]:
    """Return the files of all segments that count, in the transaction's snapshot."""
    return [file for segment in await live_segments(connection) for file in segment.files.values()]


async def misfits(files: SegmentFiles, wanted: Iterable[SegmentFile]) -> list[SegmentDamaged]:
    """Return what is missing, or has another size than was registered; contents are not read."""
    there = {stored.name: stored.bytes for stored in await files.list()}
    found = []
    for file in wanted:
        what = file.misfit(there[file.name]) if file.name in there else "is missing"
        if what:
            found.append(SegmentDamaged(file.name, what))
    return found


def told(problems: Sequence[SegmentDamaged]) -> str:
    """Say in one line what is wrong about files, the first of them by name."""
    first = "; ".join(f"{problem.name} {problem.what}" for problem in problems[:_NAMED])
    more = len(problems) - _NAMED
    return f"{first}; and {more} more" if more > 0 else first
