"""Places for segment files, and files to put there."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

import obstore

from services.analytics.segments.files import SegmentFile, SegmentFiles
from services.analytics.segments.locate import open_files
from tests.support.object_store import BUCKET, TestObjectStore


class Place(Protocol):
    """Somewhere that files can be kept, and be harmed behind the program's back."""

    def open(self) -> SegmentFiles:
        """Open it, as a process does that starts."""
        ...

    async def overwrite(self, name: str, content: bytes) -> None:
        """Put other content where a file is."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a file."""
        ...


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A folder of a test."""

    root: Path

    def open(self) -> SegmentFiles:
        """Open it anew."""
        return open_files(str(self.root), cache_folder=self.root.with_name("cache"), cache_bytes=0)

    async def overwrite(self, name: str, content: bytes) -> None:
        """Write into the file itself."""
        (self.root / name).write_bytes(content)

    async def remove(self, name: str) -> None:
        """Unlink it."""
        (self.root / name).unlink()


@dataclass(frozen=True, slots=True)
class ObjectPlace:
    """A prefix in the bucket of a store; the environment must say where that is."""

    store: TestObjectStore
    prefix: str
    cache_folder: Path
    cache_bytes: int = 100_000

    def open(self) -> SegmentFiles:
        """Open it with the cache that was left."""
        return open_files(f"s3://{BUCKET}/{self.prefix}", cache_folder=self.cache_folder, cache_bytes=self.cache_bytes)

    async def overwrite(self, name: str, content: bytes) -> None:
        """Put another object there."""
        await obstore.put_async(self.store.bucket, f"{self.prefix}/{name}", content)

    async def remove(self, name: str) -> None:
        """Delete the object."""
        await obstore.delete_async(self.store.bucket, f"{self.prefix}/{name}")


def content(seed: int, size: int = 5000) -> bytes:
    """Return bytes that no other seed has."""
    return Random(seed).randbytes(size)


def as_registered(name: str, written: bytes) -> SegmentFile:
    """Return what the registry would say of a file."""
    return SegmentFile(name, len(written), hashlib.sha256(written).hexdigest())


async def put(files: SegmentFiles, name: str, written: bytes) -> SegmentFile:
    """Put a file as settling does, from a scratch folder."""
    with files.scratch() as folder:
        source = folder / "made.parquet"
        source.write_bytes(written)
        await files.put(name, source)
    return as_registered(name, written)


async def read(files: SegmentFiles, wanted: Sequence[SegmentFile]) -> dict[str, bytes]:
    """Read files wholly while they are lent."""
    async with files.lent(wanted) as paths:
        return {name: path.read_bytes() for name, path in paths.items()}


async def names(files: SegmentFiles) -> set[str]:
    """Return the names of all that is stored."""
    return {stored.name for stored in await files.list()}
