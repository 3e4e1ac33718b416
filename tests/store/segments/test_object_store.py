"""Segment files in a store of the S3 kind: its outages, its damages, and what the cache makes of them."""

import asyncio
import errno
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.analytics.segments.files import SegmentDamaged, SegmentFile, SegmentFiles
from services.analytics.segments.locate import open_files
from services.common import errors
from tests.support.object_store import BUCKET, TestObjectStore, running_object_store
from tests.support.segments import ObjectPlace, content, names, put, read
from tests.support.wait import eventually

CLICKS = "0a1b/clicks.parquet"
DAILY = "0a1b/daily.parquet"


@asynccontextmanager
async def opened(place: ObjectPlace) -> AsyncIterator[SegmentFiles]:
    """Open a place as a process does that starts."""
    files = place.open()
    try:
        yield files
    finally:
        await files.close()


@pytest.fixture
def own_place(object_place: ObjectPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectPlace]:
    """Return a place in a store of the test's own, which may be killed."""
    with running_object_store(tmp_path / "store") as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        yield replace(object_place, store=store)


async def _pause(store: TestObjectStore) -> None:
    """Stop the process, and wait until each of its threads has: one may be answering still."""
    os.kill(store.pid, signal.SIGSTOP)
    tasks = Path(f"/proc/{store.pid}/task")
    await eventually(lambda: all(_is_stopped(task) for task in tasks.iterdir()))


def _is_stopped(task: Path) -> bool:
    return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"


async def test_a_store_that_is_killed_in_the_middle_of_an_upload(own_place: ObjectPlace) -> None:
    """Nothing is stored and nothing is consumed; the next try goes well."""
    async with opened(own_place) as files:
        before = await put(files, DAILY, content(2))
        with files.scratch() as folder:
            source = folder / "made.parquet"
            # In parts, of which some have arrived.
            source.write_bytes(content(1, 12_000_000))
            await _pause(own_place.store)
            putting = asyncio.create_task(files.put(CLICKS, source))
            await asyncio.wait([putting], timeout=0.3)
            assert not putting.done()
            own_place.store.kill()
            with pytest.raises(errors.Unavailable, match="segments' store"):
                await putting
            assert source.exists()
            with pytest.raises(errors.Unavailable, match="segments' store"):
                await files.list()
            own_place.store.start()
            assert await names(files) == {DAILY}
            await files.put(CLICKS, source)
            assert not source.exists()
        assert {stored.name: stored.bytes for stored in await files.list()} == {CLICKS: 12_000_000, DAILY: 5000}
        assert await read(files, [before]) == {DAILY: content(2)}


async def test_a_store_that_is_killed_in_the_middle_of_a_download(own_place: ObjectPlace) -> None:
    """A question fails and says that it may be asked again; what is in the cache needs no store."""
    big = content(1, 20_000_000)
    async with opened(replace(own_place, cache_bytes=30_000_000)) as files:
        clicks, daily = await put(files, CLICKS, big), await put(files, DAILY, content(2))
        assert await read(files, [daily]) == {DAILY: content(2)}
        await _pause(own_place.store)
        reading = asyncio.create_task(read(files, [clicks, daily]))
        await asyncio.wait([reading], timeout=0.3)
        assert not reading.done()
        own_place.store.kill()
        with pytest.raises(errors.Unavailable, match="segments' store"):
            await reading
        assert await read(files, [daily]) == {DAILY: content(2)}
        with pytest.raises(errors.Unavailable):
            await files.delete([CLICKS])
        own_place.store.start()
        assert (await eventually(lambda: _read_if_there(files, clicks, daily)))[CLICKS] == big


async def _read_if_there(files: SegmentFiles, *wanted: SegmentFile) -> dict[str, bytes]:
    """Read files; nothing while the store, which answers already, has not found its volumes again."""
    with suppress(errors.Unavailable):
        return await read(files, [*wanted])
    return {}


async def test_a_download_that_breaks_off_is_taken_up_or_refused(
    object_place: ObjectPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never lent in part, and nothing of it stays."""
    big = content(1, 8_000_000)
    async with opened(object_place) as direct:
        clicks = await put(direct, CLICKS, big)
    async with _cutting(object_place.store, most_bytes=100_000) as (endpoint, cut):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        async with opened(replace(object_place, cache_bytes=10_000_000)) as files:
            with pytest.raises(errors.Unavailable, match="segments' store"):
                await read(files, [clicks])
            assert cut.count > 1, "it was not tried again"
            assert [path for path in object_place.cache_folder.glob("*/*/*") if path.is_file()] == []
            cut.most_bytes = len(big) // 2
            assert await read(files, [clicks]) == {CLICKS: big}


@dataclass
class _Cut:
    most_bytes: int
    count: int = 0


@asynccontextmanager
async def _cutting(store: TestObjectStore, *, most_bytes: int) -> AsyncIterator[tuple[str, _Cut]]:
    """Pass connections on to a store, and break each off after so many bytes of answers."""
    cut = _Cut(most_bytes)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = store.endpoint.removeprefix("http://").partition(":")
        answers, asking = await asyncio.open_connection(host, int(port))

        async def ask() -> None:
            while piece := await reader.read(65_536):
                asking.write(piece)

        forwarding = asyncio.create_task(ask())
        left = cut.most_bytes
        while left > 0 and (piece := await answers.read(left)):
            left -= len(piece)
            writer.write(piece)
            await writer.drain()
        cut.count += 1
        forwarding.cancel()
        writer.close()
        asking.close()

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", cut


async def test_the_cache_needs_no_store_after_a_restart(own_place: ObjectPlace) -> None:
    async with opened(own_place) as files:
        clicks = await put(files, CLICKS, content(1))
        await read(files, [clicks])
    own_place.store.kill()
    async with opened(own_place) as files:
        assert await read(files, [clicks]) == {CLICKS: content(1)}


async def test_a_store_that_hangs_is_given_up(own_place: ObjectPlace) -> None:
    """It takes connections and says nothing."""
    async with opened(own_place) as files:
        clicks = await put(files, CLICKS, content(1))
        await _pause(own_place.store)
        with pytest.raises(errors.Unavailable):
            await read(files, [clicks])


async def test_an_absent_bucket_is_an_outage_and_no_damage(object_place: ObjectPlace) -> None:
    """Files are not missing because somebody mistyped the bucket."""
    files = open_files("s3://nowhere/at/all", cache_folder=object_place.cache_folder, cache_bytes=0)
    for asking in (files.list(), files.verify([]), read(files, [SegmentFile(CLICKS, 1, "0" * 64)])):
        with pytest.raises(errors.Unavailable, match="segments' store"):
            await asking
    await files.close()


async def test_wrong_credentials_are_an_outage_that_the_log_explains(
    object_place: ObjectPlace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, however often it is tried."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    async with opened(object_place) as files:
        for _ in range(2):
            with pytest.raises(errors.Unavailable, match="segments' store"):
                await put(files, CLICKS, content(1))
            with pytest.raises(errors.Unavailable, match="segments' store"):
                await files.list()
    [record] = caplog.records
    assert record.message == "segments_store_unavailable"
    fields = record.__dict__["linkmeter_fields"]
    assert fields["error"] == "PermissionDeniedError"
    assert "another" not in str(fields)


async def test_a_full_store_is_a_full_disk(object_place: ObjectPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """507, as MinIO and Ceph say it."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server, opened(object_place) as files:
        with files.scratch() as folder:
            source = folder / "made.parquet"
            source.write_bytes(content(1))
            with pytest.raises(OSError, match="full") as refused:
                await files.put(CLICKS, source)
            assert refused.value.errno == errno.ENOSPC
            assert source.exists()


async def test_a_changed_byte_is_found_when_it_is_fetched(object_place: ObjectPlace) -> None:
    """Refused without another download, until who verifies finds it mended."""
    changed = bytearray(content(1))
    changed[2500] ^= 1
    async with opened(object_place) as files:
        clicks, daily = await put(files, CLICKS, content(1)), await put(files, DAILY, content(2))
        await object_place.overwrite(CLICKS, bytes(changed))
        with pytest.raises(SegmentDamaged, match=r"0a1b/clicks\.parquet has another content"):
            await read(files, [daily, clicks])
        [damage] = await files.verify([daily, clicks])
        assert (damage.name, damage.what) == (CLICKS, "has another content than was registered")
        await object_place.overwrite(CLICKS, content(1))
        with pytest.raises(SegmentDamaged, match=r"0a1b/clicks\.parquet has another content"):
            await read(files, [clicks])
        assert await files.verify([daily, clicks]) == []
        assert await read(files, [daily, clicks]) == {CLICKS: content(1), DAILY: content(2)}


async def test_a_changed_copy_is_fetched_again(object_place: ObjectPlace) -> None:
    """The store has the right one: nothing is damaged."""
    async with opened(object_place) as files:
        clicks = await put(files, CLICKS, content(1))
        async with files.lent([clicks]) as paths:
            paths[CLICKS].write_bytes(content(3))
    async with opened(object_place) as files:
        assert await files.verify([clicks]) == []
        assert await read(files, [clicks]) == {CLICKS: content(1)}


async def test_what_others_keep_in_the_bucket_is_not_ours(object_place: ObjectPlace) -> None:
    async with opened(object_place) as files:
        await put(files, CLICKS, content(1))
        for name in ("notes.txt", "0a1b/deep/er/clicks.parquet", "0a1b/clicks.csv"):
            await object_place.overwrite(name, b"somebody's")
        await replace(object_place, prefix=f"{object_place.prefix}-2").overwrite("77ff/clicks.parquet", b"near by")
        assert await names(files) == {CLICKS}


async def test_a_bucket_needs_no_prefix(object_place: ObjectPlace) -> None:
    files = open_files(f"s3://{BUCKET}", cache_folder=object_place.cache_folder, cache_bytes=10_000)
    name = f"{object_place.prefix.removeprefix('tests/')}/clicks.parquet"
    clicks = await put(files, name, content(1))
    assert name in await names(files)
    assert await read(files, [clicks]) == {name: content(1)}
    await files.delete([name])
    assert name not in await names(files)
    await files.close()


async def test_many_are_listed_and_deleted(object_place: ObjectPlace) -> None:
    """More than a page of a listing."""
    async with opened(object_place) as files:
        wanted = {f"{number}/clicks.parquet" for number in range(1100)}
        some = asyncio.Semaphore(32)

        async def overwrite(name: str) -> None:
            async with some:
                await object_place.overwrite(name, b"1")

        await asyncio.gather(*map(overwrite, wanted))
        assert await names(files) == wanted
        await files.delete([*wanted])
        assert await names(files) == set()
