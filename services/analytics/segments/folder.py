"""Segment files in a folder: of this machine, or one that several machines share."""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.analytics.segments.damages import Damages
from services.analytics.segments.files import SegmentDamaged, SegmentFile, StoredFile, check_name
from services.analytics.segments.hashing import fault
from services.analytics.segments.scratch import Scratch

# Hidden, and with a dot in front that no segment's name can have.
_SCRATCH: Final = ".scratch"


class FolderFiles:
    """Files are lent where they are.

    Nothing keeps another process from deleting what is lent here: whoever deletes waits, after a file was retired,
    longer than the longest question takes.
    """

    def __init__(self, root: Path) -> None:
        """Make the folder if there is none, and remove what killed processes left in the making."""
        self._root = root
        self._root.mkdir(parents=True, exist_ok=True)
        self._damages = Damages()
        self._scratch = Scratch(root / _SCRATCH)
        self._scratch.remove_leftovers()

    async def put(self, name: str, source: Path) -> None:
        """Move a file in; a source on another file system is copied first."""
        target = self._root / check_name(name)
        await asyncio.to_thread(self._put, source, target)

    @asynccontextmanager
    async def lent(self, files: Sequence[SegmentFile]) -> AsyncIterator[Mapping[str, Path]]:
        """Lend the files themselves."""
        self._damages.refuse(files)
        yield await asyncio.to_thread(self._paths, files)

    async def verify(self, files: Sequence[SegmentFile]) -> Sequence[SegmentDamaged]:
        """Hash the files in a thread, one after another."""
        found = []
        for file in self._damages.unproven(files):
            what = await fault(file, self._root / file.name)
            self._damages.note(file, what)
            if what:
                found.append(SegmentDamaged(file.name, what))
        return found

    async def delete(self, names: Sequence[str]) -> None:
        """Unlink files, and the folders of segments of which nothing is left."""
        await asyncio.to_thread(self._delete, [self._root / check_name(name) for name in names])

    async def list(self) -> Sequence[StoredFile]:
        """Look into the folders of all segments."""
        return await asyncio.to_thread(lambda: [*self._stored()])

    def scratch(self) -> AbstractContextManager[Path]:
        """Lend a folder on the same file system."""
        return self._scratch.lent()

    async def close(self) -> None:
        """Do nothing: nothing is held."""

    def _put(self, source: Path, target: Path) -> None:
        try:
            self._move(source, target)
        except OSError as problem:
            if problem.errno != errno.EXDEV:
                raise
            with self._scratch.lent() as folder:
                self._move(Path(shutil.copyfile(source, folder / target.name)), target)
            source.unlink()

    def _move(self, source: Path, target: Path) -> None:
        # Moving keeps the time of writing, but list() is to tell since when the file has been here.
        os.utime(source)
        _sync(source)
        target.parent.mkdir(exist_ok=True)
        try:
            source.replace(target)
        except OSError:
            _remove_empty(target.parent)
            raise
        try:
            # The file's entry in its folder, and the folder's in the root.
            _sync(target.parent)
            _sync(self._root)
        except OSError:
            self._delete([target])
            raise

    def _paths(self, files: Sequence[SegmentFile]) -> Mapping[str, Path]:
        paths = {}
        for file in files:
            path = self._root / file.name
            try:
                what = file.misfit(path.stat().st_size)
            except FileNotFoundError:
                what = "is missing"
            if what:
                raise SegmentDamaged(file.name, what)
            paths[file.name] = path
        return paths

    def _delete(self, paths: Iterable[Path]) -> None:
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
            _remove_empty(path.parent)

    def _stored(self) -> Iterable[StoredFile]:
        for folder in self._root.glob("[!.]*"):
            # Each may be deleted meanwhile.
            with suppress(FileNotFoundError):
                yield from self._stored_in(folder)

    def _stored_in(self, folder: Path) -> Iterable[StoredFile]:
        for path in folder.glob("*.parquet"):
            with suppress(FileNotFoundError):
                found = path.stat()
                name = path.relative_to(self._root).as_posix()
                yield StoredFile(name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _remove_empty(folder: Path) -> None:
    # Refused while a file is in it.
    with suppress(OSError):
        folder.rmdir()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
