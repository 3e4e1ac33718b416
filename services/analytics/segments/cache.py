"""Files of a store elsewhere, kept on this machine while there is room."""

import asyncio
import fcntl
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias
from uuid import uuid4

from services.analytics.segments.files import SegmentFile, is_name
from services.analytics.segments.hashing import fault
from services.runtime import log

# Writes a file to a path; raises unless what it wrote is that file.
Fetch: TypeAlias = Callable[[SegmentFile, Path], Awaitable[None]]

_FETCHED_AT_ONCE: Final = 8
# Stands for the slash of a name, which cannot contain it: one folder holds all files.
_SLASH: Final = "+"

_logger = log.get(__name__)


class FileCache:
    """A folder of fetched files, at most so many bytes; the least recently lent go first.

    What is lent stays: when that alone is more than the bound, the cache goes over it rather than fail, and logs it.
    Files are found again after a restart. Processes share nothing: each takes the first numbered folder inside the
    given one that no living process has, and the bound is that of each.
    """

    def __init__(self, folder: Path, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self.folder, self._lock = _take_folder(folder)
        self._files = self.folder / "files"
        self._making = self.folder / "making"
        shutil.rmtree(self._making, ignore_errors=True)
        self._files.mkdir(exist_ok=True)
        self._making.mkdir()
        # In the order of their last use, the latest last.
        self._sizes: dict[str, int] = {}
        self._held_bytes = 0
        self._expected_bytes = 0
        self._uses: Counter[str] = Counter()
        # Still lent, and not to be lent again.
        self._outdated: set[str] = set()
        self._fetches: dict[SegmentFile, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_FETCHED_AT_ONCE)
        self._is_over = False
        for path, size in _found(self._files):
            self._enter(path.name.replace(_SLASH, "/"), size)
        self._make_room()

    @asynccontextmanager
    async def lent(self, files: Sequence[SegmentFile], fetch: Fetch) -> AsyncIterator[Mapping[str, Path]]:
        """Lend files by name, after those were fetched that are not here; raise what fetching raises."""
        names = [file.name for file in files]
        # First of all, so that nothing is evicted that is waited for.
        self._uses.update(names)
        try:
            await asyncio.gather(*(self._bring(file, fetch) for file in files))
            yield {name: self._path(name) for name in names}
        finally:
            self._uses.subtract(names)
            for name in names:
                if not self._uses[name]:
                    del self._uses[name]
            self.forget(self._outdated.intersection(names))
            self._make_room()

    def forget(self, names: Iterable[str]) -> None:
        """Remove files; those that are lent when they are given back."""
        for name in names:
            if name in self._sizes:
                self._outdated.add(name)
                if not self._uses[name]:
                    self._drop(name)

    async def verify(self, file: SegmentFile) -> None:
        """Read a file wholly if it is here, and forget it if it is not what it should be: it is fetched again."""
        if file.name in self._sizes and await fault(file, self._path(file.name)):
            _logger.warning("segment_cache_file_damaged", name=file.name)
            self.forget([file.name])

    async def close(self) -> None:
        """Break off what is being fetched, and let another process have the folder."""
        fetches = list(self._fetches.values())
        for fetching in fetches:
            fetching.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)
        os.close(self._lock)

    async def _bring(self, file: SegmentFile, fetch: Fetch) -> None:
        if self._has(file):
            return
        fetching = self._fetches.get(file)
        if fetching is None:
            fetching = self._fetches[file] = asyncio.create_task(self._fetch(file, fetch))
            fetching.add_done_callback(lambda done: self._end(file, done))
        # Who does not wait any longer does not spoil it for others; the file will be wanted again.
        await asyncio.shield(fetching)

    def _has(self, file: SegmentFile) -> bool:
        path = self._path(file.name)
        if file.name not in self._sizes or file.name in self._outdated:
            return False
        try:
            if path.stat().st_size == file.bytes:
                # What a restarted process knows of the order.
                os.utime(path)
                self._sizes[file.name] = self._sizes.pop(file.name)
                return True
        except FileNotFoundError:
            pass
        self._drop(file.name)
        return False

    async def _fetch(self, file: SegmentFile, fetch: Fetch) -> None:
        async with self._turns:
            making = self._making / uuid4().hex
            self._expected_bytes += file.bytes
            try:
                self._make_room()
                await fetch(file, making)
                # Not synced: what a crash of the machine leaves of it has another size, or is found by verify().
                making.replace(self._path(file.name))
                self._enter(file.name, file.bytes)
            finally:
                self._expected_bytes -= file.bytes
                making.unlink(missing_ok=True)

    def _end(self, file: SegmentFile, fetching: "asyncio.Task[None]") -> None:
        self._fetches.pop(file, None)
        # Seen, even when nobody waits for it any longer.
        if not fetching.cancelled():
            fetching.exception()
        self._make_room()

    def _make_room(self) -> None:
        for name in [*self._sizes] if self._excess() > 0 else []:
            if self._excess() <= 0:
                break
            if not self._uses[name]:
                self._drop(name)
        is_over = self._excess() > 0
        if is_over and not self._is_over:
            _logger.warning(
                "segment_cache_over_bound",
                needed_bytes=self._held_bytes + self._expected_bytes,
                bound_bytes=self._capacity_bytes,
            )
        self._is_over = is_over

    def _excess(self) -> int:
        return self._held_bytes + self._expected_bytes - self._capacity_bytes

    def _enter(self, name: str, size: int) -> None:
        self._held_bytes += size - self._sizes.pop(name, 0)
        self._sizes[name] = size
        self._outdated.discard(name)

    def _drop(self, name: str) -> None:
        self._held_bytes -= self._sizes.pop(name)
        self._outdated.discard(name)
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._files / name.replace("/", _SLASH)


def _take_folder(parent: Path) -> tuple[Path, int]:
    """Return a folder of our own, and the descriptor that keeps it ours while this process lives."""
    for number in count():
        folder = parent / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return folder, lock
        os.close(lock)
    raise AssertionError("there is always one more")


def _found(folder: Path) -> list[tuple[Path, int]]:
    """Return files and their sizes, those first that were not used for longest."""
    found = [(path, path.stat()) for path in folder.iterdir() if is_name(path.name.replace(_SLASH, "/"))]
    return [(path, about.st_size) for path, about in sorted(found, key=lambda each: each[1].st_mtime_ns)]
