"""Segment files in a folder: durable, whole or not there, and refused when the disk is full."""

import errno
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path

import pytest

from services.analytics.segments.files import SegmentDamaged
from services.analytics.segments.folder import FolderFiles
from tests.support.chaos import small_disk
from tests.support.segments import FolderPlace, content, names, put, read

CLICKS = "0a1b/clicks.parquet"
_MADE = "made.parquet"


def _makes_a_file_and_is_killed(root: Path) -> None:
    with FolderFiles(root).scratch() as folder:
        (folder / _MADE).write_bytes(content(1))
        os.kill(os.getpid(), signal.SIGKILL)


async def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    """What a living one is writing is not."""
    living = FolderFiles(tmp_path)
    with living.scratch() as folder:
        (folder / _MADE).write_bytes(content(2))
        process = get_context("spawn").Process(target=_makes_a_file_and_is_killed, args=(tmp_path,))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert len(_files(tmp_path)) == 4
        FolderFiles(tmp_path)
        # The lock beside the folder, and what is in it.
        assert _files(tmp_path) == {folder.with_name(f"{folder.name}.lock"), folder / _MADE}
        await living.put(CLICKS, folder / _MADE)
    assert _files(tmp_path) == {tmp_path / CLICKS}


async def test_a_changed_byte_is_found_and_refused_until_it_is_mended(tmp_path: Path) -> None:
    place = FolderPlace(tmp_path)
    files = place.open()
    clicks, daily = await put(files, CLICKS, content(1)), await put(files, "0a1b/daily.parquet", content(2))
    changed = bytearray(content(1))
    changed[2500] ^= 1
    await place.overwrite(CLICKS, bytes(changed))
    for _ in range(2):
        [damage] = await files.verify([daily, clicks])
        assert (damage.name, damage.what) == (CLICKS, "has another content than was registered")
        with pytest.raises(SegmentDamaged, match=r"0a1b/clicks\.parquet has another content"):
            await read(files, [daily, clicks])
        assert await read(files, [daily])
    await place.overwrite(CLICKS, content(1))
    assert await files.verify([daily, clicks]) == []
    assert await read(files, [clicks]) == {CLICKS: content(1)}


async def test_a_source_on_another_file_system_is_copied(tmp_path: Path) -> None:
    """A restore need not know where segments are kept."""
    with small_disk(tmp_path / "small"):
        files = FolderFiles(tmp_path / "small" / "segments")
        source = tmp_path / _MADE
        source.write_bytes(content(1))
        await files.put(CLICKS, source)
        assert not source.exists()
        [stored] = await files.list()
        assert (stored.name, stored.bytes) == (CLICKS, 5000)


async def test_a_full_disk_refuses_and_leaves_nothing(tmp_path: Path) -> None:
    """Whoever settles keeps its clicks where they are and tries again; what was there before is still lent."""
    files_root = tmp_path / "small" / "segments"
    with small_disk(tmp_path / "small") as is_small:
        files = FolderFiles(files_root)
        before = await put(files, CLICKS, content(1))
        source = tmp_path / _MADE
        source.write_bytes(content(2, 200_000))
        with _no_room(tmp_path / "small", is_small=is_small):
            with pytest.raises(OSError) as refused:  # noqa: PT011 - its number says which
                await put(files, "77ff/clicks.parquet", content(2, 200_000))
            assert refused.value.errno in {errno.ENOSPC, errno.EFBIG}
            if is_small:
                with pytest.raises(OSError, match="No space left"):
                    await files.put("77ff/clicks.parquet", source)
            assert source.exists()
            assert _files(files_root) == {files_root / CLICKS}
            assert not (files_root / "77ff").exists()
            assert await read(files, [before]) == {CLICKS: content(1)}
        await files.put("77ff/clicks.parquet", source)
        assert await names(files) == {CLICKS, "77ff/clicks.parquet"}


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@contextmanager
def _no_room(folder: Path, *, is_small: bool) -> Iterator[None]:
    """Fill a small disk up; where none can be mounted, let no file of this process grow."""
    if not is_small:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()
