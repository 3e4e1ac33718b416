"""The files of settled clicks: where an installation and its backups have theirs, and which of them belong to a backup.

Those of all backups in a folder lie in one folder beside them: they never change, and two backups that name the same
file share it.
"""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from deploy.backup.archive import SUFFIX, Archive, Manifest, open_archive
from deploy.backup.dump_script import script_of
from deploy.backup.errors import BackupError
from deploy.backup.tools import Tools
from services.analytics.segments import saving
from services.analytics.segments.checking import live_files, told
from services.analytics.segments.copying import Copied, copy
from services.analytics.segments.dumped import files_in
from services.analytics.segments.files import SegmentDamaged, SegmentFile, SegmentFiles
from services.analytics.segments.folder import FolderFiles
from services.analytics.segments.locate import open_files
from services.analytics.segments.saving import FOLDER
from services.common.errors import Unavailable
from services.runtime.postgres import Connection

_DUMP_SUFFIX: Final = ".dump"
# What a bucket gives passes through here, file by file.
_CACHE_BYTES: Final = 1024 * 1024 * 1024
_OF_SEGMENTS: Final = ("--data-only", "--schema=analytics", "--table=segments")
_HAS_SEGMENTS: Final = "SELECT to_regclass('analytics.segments') IS NOT NULL"
HAS_PINS: Final = "SELECT to_regclass('analytics.pins') IS NOT NULL"


async def named_by(connection: Connection) -> list[SegmentFile]:
    """Return the files that a database names, in the transaction's snapshot; its search path is analytics."""
    # A program may be newer than the tables of what it backs up.
    return await live_files(connection) if await connection.fetchval(_HAS_SEGMENTS) else []


def of(archive: Archive) -> list[SegmentFile]:
    """Return the files that belong to a backup; raise BackupError when it cannot be read."""
    if archive.manifest is not None:
        return of_manifest(archive.manifest)
    with archive.dump() as dump:
        return files_in(script_of(dump, Tools.for_database(""), list(_OF_SEGMENTS), drops_timeout=False))


def of_manifest(manifest: Manifest) -> list[SegmentFile]:
    """Return the files that a backup says belong to it."""
    return [SegmentFile(name, size, sha256) for name, (size, sha256) in manifest.segments.items()]


@asynccontextmanager
async def opened(location: str) -> AsyncIterator[SegmentFiles]:
    """Open the place of an installation's files: a folder, or s3://bucket/prefix."""
    with TemporaryDirectory(prefix="linkmeter-segments-") as cache:
        files = open_files(location, cache_folder=Path(cache), cache_bytes=_CACHE_BYTES)
        try:
            yield files
        finally:
            await files.close()


def adding(backups: Path) -> AbstractContextManager[None]:
    """Keep others from pruning a folder: a backup in the making names files that no finished one may name."""
    return _held(backups, fcntl.LOCK_SH)


async def save(location: str, backups: Path, wanted: Sequence[SegmentFile]) -> Copied:
    """Copy an installation's files into a folder of backups, those that are not there yet."""
    if not wanted:
        return Copied(0, 0)
    if not location:
        raise BackupError("where the files of settled clicks are is not known here: set LINKMETER_SEGMENTS")
    async with opened(location) as source:
        return await _copied(source, FolderFiles(backups / FOLDER), wanted)


async def check(backups: Path, wanted: Sequence[SegmentFile]) -> None:
    """Read the files that belong to a backup; raise BackupError that names those that are missing or wrong."""
    if not wanted:
        return
    if not (backups / FOLDER).is_dir():
        raise BackupError(f"there is no folder {backups / FOLDER}, which {len(wanted)} files of the backup are in")
    if problems := await FolderFiles(backups / FOLDER).verify(wanted):
        raise BackupError(f"the backup is damaged: in {backups / FOLDER}, {told(problems)}")


async def put_back(backups: Path, wanted: Sequence[SegmentFile], location: str) -> Copied:
    """Copy the files that belong to a backup to where an installation has its own."""
    if not wanted:
        return Copied(0, 0)
    async with opened(location) as target:
        return await _copied(FolderFiles(backups / FOLDER), target, wanted)


def prune(backups: Path) -> int:
    """Delete the files that no backup in a folder names, and return how many those were."""
    with _held(backups, fcntl.LOCK_EX):
        paths = [path for path in backups.iterdir() if path.suffix in (SUFFIX, _DUMP_SUFFIX)]
        # One that cannot be read ends this: what it names is not known.
        return saving.prune(backups, {file for path in paths for file in of(open_archive(path))})


async def _copied(source: SegmentFiles, target: SegmentFiles, wanted: Sequence[SegmentFile]) -> Copied:
    try:
        return await copy(source, target, wanted)
    except (SegmentDamaged, Unavailable) as problem:
        raise BackupError(str(problem)) from problem


@contextmanager
def _held(backups: Path, kind: int) -> Iterator[None]:
    held = os.open(backups, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise BackupError(f"another program adds a backup to {backups} or prunes it; try again later") from None
    try:
        yield
    finally:
        os.close(held)
