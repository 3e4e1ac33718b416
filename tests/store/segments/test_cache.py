"""Fetched files: bounded, whole, fetched once, and there as long as they are lent."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from services.analytics.segments.cache import FileCache
from services.analytics.segments.files import SegmentFile
from tests.support.segments import as_registered, content
from tests.support.wait import eventually

SIZE = 1000


class Elsewhere:
    """Where files come from: counts fetches, and holds them up until it is told."""

    def __init__(self) -> None:
        self.fetched: Counter[str] = Counter()
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.problem: Exception | None = None

    async def fetch(self, file: SegmentFile, target: Path) -> None:
        """Write a file's content."""
        self.fetched[file.name] += 1
        with target.open("wb") as writing:
            writing.write(b"half")
            writing.flush()
            await self.is_open.wait()
            if self.problem:
                raise self.problem
            writing.seek(0)
            writing.write(made(file.name))


def made(name: str) -> bytes:
    """Return what is in a file."""
    return content(int(name.partition("/")[0]), SIZE)


def numbered(number: int) -> SegmentFile:
    name = f"{number}/clicks.parquet"
    return as_registered(name, made(name))


A, B, C, D = map(numbered, range(4))


@pytest.fixture
async def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
async def cache(tmp_path: Path) -> AsyncIterator[FileCache]:
    """Open a cache with room for three files."""
    opened = FileCache(tmp_path, 3 * SIZE)
    yield opened
    await opened.close()


async def read(cache: FileCache, elsewhere: Elsewhere, *files: SegmentFile) -> None:
    """Lend files and require that they are what they should be."""
    async with cache.lent(files, elsewhere.fetch) as paths:
        assert {name: path.read_bytes() for name, path in paths.items()} == {f.name: made(f.name) for f in files}


def held(folder: Path) -> int:
    """Return how many bytes of files there are, those in the making included."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != "lock")


async def test_two_at_once_fetch_once(cache: FileCache, elsewhere: Elsewhere) -> None:
    elsewhere.is_open.clear()
    readers = [asyncio.create_task(read(cache, elsewhere, A, B)) for _ in range(5)]
    await eventually(lambda: elsewhere.fetched.total() == 2)
    elsewhere.is_open.set()
    await asyncio.gather(*readers)
    await read(cache, elsewhere, B, A, A)
    assert elsewhere.fetched == {A.name: 1, B.name: 1}


async def test_the_least_recently_lent_goes_first(cache: FileCache, elsewhere: Elsewhere, tmp_path: Path) -> None:
    for file in (A, B, C, A, D):
        await read(cache, elsewhere, file)
        assert held(tmp_path) <= 3 * SIZE
    await read(cache, elsewhere, A, C, D)
    assert elsewhere.fetched == {A.name: 1, B.name: 1, C.name: 1, D.name: 1}
    await read(cache, elsewhere, B)
    assert elsewhere.fetched[B.name] == 2


async def test_what_is_lent_is_never_evicted(
    cache: FileCache, elsewhere: Elsewhere, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The bound gives way, and the log says so once; afterwards it holds again."""
    caplog.set_level(logging.WARNING)
    async with cache.lent([A, B], elsewhere.fetch) as first:
        async with cache.lent([C, D], elsewhere.fetch) as second:
            assert {path.stat().st_size for path in [*first.values(), *second.values()]} == {SIZE}
            assert held(tmp_path) == 4 * SIZE
            await read(cache, elsewhere, A, D)
        # C was lent before D, and A and B still are.
        assert held(tmp_path) == 3 * SIZE
        assert all(path.exists() for path in first.values())
    assert [record.message for record in caplog.records] == ["segment_cache_over_bound"]
    await read(cache, elsewhere, A, B, D)
    assert elsewhere.fetched == {A.name: 1, B.name: 1, C.name: 1, D.name: 1}


async def test_who_gives_up_spoils_it_for_nobody(cache: FileCache, elsewhere: Elsewhere) -> None:
    elsewhere.is_open.clear()
    impatient, patient = (asyncio.create_task(read(cache, elsewhere, A)) for _ in range(2))
    await eventually(lambda: elsewhere.fetched.total() == 1)
    impatient.cancel()
    assert isinstance((await asyncio.gather(impatient, return_exceptions=True))[0], asyncio.CancelledError)
    elsewhere.is_open.set()
    await patient
    assert elsewhere.fetched == {A.name: 1}


async def test_a_failed_fetch_leaves_nothing_and_is_tried_again(
    cache: FileCache, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    elsewhere.problem = OSError("no room")
    for _ in range(2):
        with pytest.raises(OSError, match="no room"):
            await read(cache, elsewhere, A, B)
        await eventually(lambda: not held(tmp_path))
    elsewhere.problem = None
    await read(cache, elsewhere, A, B)
    assert elsewhere.fetched == {A.name: 3, B.name: 3}


async def test_a_restart_finds_whole_files(elsewhere: Elsewhere, tmp_path: Path) -> None:
    """By name and size: what was cut off or half fetched is fetched again."""
    first = FileCache(tmp_path, 3 * SIZE)
    await read(first, elsewhere, A, B)
    async with first.lent([B], elsewhere.fetch) as paths:
        paths[B.name].write_bytes(b"cut off")
    elsewhere.is_open.clear()
    fetching = asyncio.create_task(read(first, elsewhere, D))
    await eventually(lambda: elsewhere.fetched[D.name])
    # As a killed process leaves it.
    half = first.folder / "making" / "killed"
    half.write_bytes(b"half")
    await first.close()
    await asyncio.gather(fetching, return_exceptions=True)
    elsewhere.is_open.set()

    second = FileCache(tmp_path, 3 * SIZE)
    assert second.folder == first.folder
    assert not half.exists()
    await read(second, elsewhere, A, B)
    assert elsewhere.fetched == {A.name: 1, B.name: 2, D.name: 1}
    await second.close()


async def test_a_restart_remembers_what_was_lent_last(elsewhere: Elsewhere, tmp_path: Path) -> None:
    first = FileCache(tmp_path, 3 * SIZE)
    async with first.lent([A, B, C], elsewhere.fetch) as paths:
        for moment, path in enumerate(paths.values()):
            os.utime(path, (moment, moment))
    await read(first, elsewhere, A)
    await first.close()

    second = FileCache(tmp_path, 2 * SIZE)
    await read(second, elsewhere, A, C)
    assert elsewhere.fetched == {A.name: 1, B.name: 1, C.name: 1}
    await second.close()


async def test_a_smaller_bound_holds_from_the_start(elsewhere: Elsewhere, tmp_path: Path) -> None:
    first = FileCache(tmp_path, 3 * SIZE)
    await read(first, elsewhere, A, B, C)
    await first.close()
    second = FileCache(tmp_path, SIZE)
    assert held(tmp_path) == SIZE
    await second.close()


async def test_what_was_unlinked_by_somebody_is_fetched_again(cache: FileCache, elsewhere: Elsewhere) -> None:
    async with cache.lent([A], elsewhere.fetch) as paths:
        paths[A.name].unlink()
    await read(cache, elsewhere, A)
    assert elsewhere.fetched == {A.name: 2}


async def test_what_is_forgotten_goes_when_it_is_given_back(
    cache: FileCache, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    await read(cache, elsewhere, B)
    async with AsyncExitStack() as stack:
        paths = await stack.enter_async_context(cache.lent([A], elsewhere.fetch))
        cache.forget([A.name, B.name, C.name])
        assert paths[A.name].read_bytes() == made(A.name)
        assert held(tmp_path) == SIZE
    assert held(tmp_path) == 0


async def test_what_was_found_changed_is_fetched_again_and_lent_meanwhile(
    cache: FileCache, elsewhere: Elsewhere
) -> None:
    """A question that reads the changed copy ends; the next one gets a new copy."""
    async with cache.lent([A, B], elsewhere.fetch) as paths:
        paths[A.name].write_bytes(bytes(SIZE))
        await cache.verify(A)
        await cache.verify(B)
        await cache.verify(C)
        assert paths[A.name].exists()
        await read(cache, elsewhere, A, B)
    await read(cache, elsewhere, A, B)
    assert elsewhere.fetched == {A.name: 2, B.name: 1}


async def test_processes_have_folders_of_their_own(cache: FileCache, elsewhere: Elsewhere, tmp_path: Path) -> None:
    """Else one would evict what another lends; who starts next takes over what a dead one left."""
    other = FileCache(tmp_path, SIZE)
    async with cache.lent([A, B], elsewhere.fetch) as paths:
        await read(other, elsewhere, C)
        await read(other, elsewhere, D)
        assert all(path.exists() for path in paths.values())
    assert other.folder != cache.folder
    await other.close()
    third = FileCache(tmp_path, SIZE)
    assert third.folder == other.folder
    await third.close()
