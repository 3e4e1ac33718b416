"""Beside dumps of the database: the files of settled clicks that they name, all in one folder, each of them once."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from services.analytics.segments.copying import Copied, copy
from services.analytics.segments.dumped import files_in
from services.analytics.segments.files import SegmentFile, SegmentFiles
from services.analytics.segments.folder import FolderFiles

# Not "segments": a data directory may be given as the folder of backups.
FOLDER: Final = "saved-segments"
_DUMPS: Final = "linkmeter-*.dump"
_UNFINISHED: Final = ".unfinished"
# What pg_restore makes of a dump's table segments, behind a line that says whether no outbox was late.
_LIST: Final = ".segments"
_CAUGHT_UP: Final = b"-- caught_up: on\n"


class NothingToSave(Exception):
    """There is no dump that waits for its files."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A dump that is whole now."""

    dump: Path
    # How many files belong to it, and which of them were not there yet.
    files: int
    copied: Copied
    # Files that no dump names any more.
    deleted: int
    # Whether the outboxes had brought all that had been answered when the dump began.
    is_caught_up: bool


async def save(source: SegmentFiles, folder: Path, *, keep: timedelta, now: datetime) -> Saved:
    """Finish the newest dump in a folder, and forget those that are older than they are kept.

    The dump is NAME.unfinished, and its list of segments NAME.segments. It loses the ending when all of its files are
    there. Raise NothingToSave when there is none, SegmentDamaged when a file is not what was registered.
    """
    unfinished = await asyncio.to_thread(_newest_unfinished, folder)
    dump = unfinished.with_suffix("")
    wanted, is_caught_up = await asyncio.to_thread(lambda: (_named_by(dump), _is_caught_up(dump)))
    copied = await copy(source, FolderFiles(folder / FOLDER), wanted)
    await asyncio.to_thread(unfinished.rename, dump)
    deleted = await asyncio.to_thread(_forget, folder, now - keep)
    return Saved(dump, len(wanted), copied, deleted, is_caught_up)


def prune(folder: Path, named: Collection[SegmentFile]) -> int:
    """Delete all files beside dumps but those that are named; return how many those were."""
    names = {file.name for file in named}
    unused = [path for path in (folder / FOLDER).glob("[!.]*/*") if f"{path.parent.name}/{path.name}" not in names]
    for path in unused:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    return len(unused)


def _named_by(dump: Path) -> list[SegmentFile]:
    listed = dump.with_name(f"{dump.name}{_LIST}")
    # Dumps of earlier versions have no list, and name no files.
    if not listed.exists():
        return []
    with listed.open("rb") as script:
        return files_in(script)


def _is_caught_up(dump: Path) -> bool:
    with dump.with_name(f"{dump.name}{_LIST}").open("rb") as listed:
        return listed.readline() == _CAUGHT_UP


def _newest_unfinished(folder: Path) -> Path:
    waiting = sorted(folder.glob(f"{_DUMPS}{_UNFINISHED}"))
    if not waiting:
        raise NothingToSave(f"no dump in {folder} waits for its files")
    return waiting[-1]


def _forget(folder: Path, before: datetime) -> int:
    """Delete dumps from before, what jobs left that failed, and the files that are named no more."""
    old = [path for path in folder.glob(_DUMPS) if path.stat().st_mtime < before.timestamp()]
    for path in [*old, *folder.glob(f"{_DUMPS}{_UNFINISHED}")]:
        path.unlink()
    lists = [path for path in folder.glob(f"{_DUMPS}{_LIST}") if not path.with_suffix("").exists()]
    for path in lists:
        path.unlink()
    # Backups of the other kind say themselves what they name, which is not read here.
    if any(folder.glob("*.backup")):
        return 0
    return prune(folder, {file for path in folder.glob(_DUMPS) for file in _named_by(path)})
