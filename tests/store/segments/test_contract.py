"""What every place for segment files does, whichever it is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.analytics.segments.files import SegmentDamaged, SegmentFile, SegmentFiles
from tests.support.segments import Place, as_registered, content, names, put, read

CLICKS = "0a1b/clicks.parquet"
DAILY = "0a1b/daily.parquet"
OTHER = "77ff/clicks.parquet"


async def test_what_was_put_is_lent_and_listed(files: SegmentFiles) -> None:
    before = datetime.now(UTC)
    clicks, daily = await put(files, CLICKS, content(1)), await put(files, DAILY, content(2, 0))
    assert await read(files, [daily, clicks]) == {CLICKS: content(1), DAILY: b""}
    stored = {file.name: file for file in await files.list()}
    assert {name: file.bytes for name, file in stored.items()} == {CLICKS: 5000, DAILY: 0}
    # Stores round to seconds.
    assert all(abs(file.modified_time - before) < timedelta(minutes=5) for file in stored.values())


async def test_a_file_is_as_old_as_its_stay(files: SegmentFiles) -> None:
    """A file that was written long ago and is put now is new: what sweeps looks at how long it has been there."""
    with files.scratch() as folder:
        source = folder / "old.parquet"
        source.write_bytes(content(1))
        os.utime(source, (0, 0))
        await files.put(CLICKS, source)
    [stored] = await files.list()
    assert datetime.now(UTC) - stored.modified_time < timedelta(minutes=5)


async def test_putting_consumes_the_source(files: SegmentFiles) -> None:
    with files.scratch() as folder:
        source = folder / "made.parquet"
        source.write_bytes(content(1))
        await files.put(CLICKS, source)
        assert not source.exists()
        assert folder.is_dir()


async def test_what_was_put_is_there_for_the_next_process(place: Place) -> None:
    first = place.open()
    clicks = await put(first, CLICKS, content(1))
    await first.close()
    second = place.open()
    assert await read(second, [clicks]) == {CLICKS: content(1)}
    await second.close()


async def test_putting_the_same_again_is_no_error(files: SegmentFiles) -> None:
    """Whoever did not learn that it went well tries again."""
    await put(files, CLICKS, content(1))
    clicks = await put(files, CLICKS, content(1))
    assert await read(files, [clicks]) == {CLICKS: content(1)}


async def test_deleting_leaves_the_others_and_is_no_error_twice(files: SegmentFiles) -> None:
    clicks, daily = await put(files, CLICKS, content(1)), await put(files, DAILY, content(2))
    other = await put(files, OTHER, content(3))
    assert await read(files, [clicks])
    await files.delete([CLICKS, OTHER])
    await files.delete([CLICKS, "never/was.parquet"])
    await files.delete([])
    assert await names(files) == {DAILY}
    assert await read(files, [daily]) == {DAILY: content(2)}
    for gone in (clicks, other):
        with pytest.raises(SegmentDamaged, match=f"{gone.name} is missing"):
            await read(files, [gone])


async def test_a_missing_file_is_named(files: SegmentFiles, place: Place) -> None:
    clicks, daily = await put(files, CLICKS, content(1)), await put(files, DAILY, content(2))
    await place.remove(DAILY)
    with pytest.raises(SegmentDamaged, match=r"0a1b/daily\.parquet is missing"):
        await read(files, [clicks, daily])
    assert await read(files, [clicks])


async def test_a_truncated_file_is_named(files: SegmentFiles, place: Place) -> None:
    clicks = await put(files, CLICKS, content(1))
    await place.overwrite(CLICKS, content(1)[:-1])
    with pytest.raises(SegmentDamaged, match=r"0a1b/clicks\.parquet has 4999 bytes instead of 5000"):
        await read(files, [clicks])


async def test_verifying_finds_everything_that_is_wrong(files: SegmentFiles, place: Place) -> None:
    registered = [await put(files, name, content(seed)) for seed, name in enumerate([CLICKS, DAILY, OTHER])]
    await place.remove(CLICKS)
    await place.overwrite(OTHER, b"")
    assert {damage.name: damage.what for damage in await files.verify(registered)} == {
        CLICKS: "is missing",
        OTHER: "has 0 bytes instead of 5000",
    }


async def test_scratch_folders_are_apart_and_leave_nothing(files: SegmentFiles) -> None:
    with files.scratch() as one, files.scratch() as two:
        assert one != two
        (one / "deep" / "er").mkdir(parents=True)
        (one / "deep" / "er" / "made.parquet").write_bytes(b"1")
        assert list(two.iterdir()) == []
        assert await files.list() == []
    assert not one.exists()
    assert not two.exists()


async def test_a_scratch_folder_is_emptied_when_its_use_fails(files: SegmentFiles) -> None:
    async def make_and_fail() -> None:
        with files.scratch() as folder:
            used.append(folder)
            (folder / "made.parquet").write_bytes(b"1")
            raise ZeroDivisionError

    used: list[Path] = []
    with pytest.raises(ZeroDivisionError):
        await make_and_fail()
    assert [folder.exists() for folder in used] == [False]


@pytest.mark.parametrize("name", ["clicks.parquet", "../0a1b/clicks.parquet", ".a/clicks.parquet", "a/b/c.parquet"])
async def test_a_name_that_is_none_is_refused(files: SegmentFiles, name: str) -> None:
    """Names come from the database, and must not lead out of the place."""
    with files.scratch() as folder:
        source = folder / "made.parquet"
        source.write_bytes(content(1))
        with pytest.raises(ValueError, match="no name of a segment file"):
            await files.put(name, source)
    with pytest.raises(ValueError, match="no name of a segment file"):
        await files.delete([name])
    with pytest.raises(ValueError, match="no name of a segment file"):
        as_registered(name, b"")


def test_a_registered_file_has_a_size_and_a_digest() -> None:
    with pytest.raises(ValueError, match="-1 bytes"):
        SegmentFile(CLICKS, -1, "0" * 64)
    with pytest.raises(ValueError, match="no SHA-256"):
        SegmentFile(CLICKS, 1, "0" * 63 + "G")
