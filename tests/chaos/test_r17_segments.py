"""R17 for settled clicks: a backup has the database and the files that it names, and neither is put back alone."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.backup.archive import open_archive
from services.analytics.segments.pinning import LASTS
from services.analytics.segments.saving import FOLDER
from tests.chaos.test_r17_database import query as value_of
from tests.support.backups import NOW, Place, assert_counts, changed, clicks, files_below, merge, succeeded
from tests.support.engine import Engine
from tests.support.make_run import ROOT
from tests.support.object_store import BUCKET, TestObjectStore
from tests.support.postgres import TestPostgres
from tests.support.wait import eventually


@pytest.fixture
def place(linkmeter_database: str, tmp_path: Path) -> Place:
    """Lend an installation without clicks."""
    return Place(linkmeter_database, tmp_path / "one")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """Lend a folder for backups."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


async def marks_of(url: str) -> dict[UUID, int]:
    """Return up to which sequence a database has the clicks of each outbox."""
    connection = await asyncpg.connect(url)
    try:
        return {row["source"]: row["mark"] for row in await connection.fetch("SELECT * FROM analytics.sources")}
    finally:
        await connection.close()


@pytest.mark.chaos_long
async def test_r17_backups_while_clicks_come_are_settled_and_merged(
    place: Place, backups: Path, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """Each is one state: its marks say which clicks, and all answers of a fresh installation are made of those."""
    sources = {uuid4(): clicks(seed, 6000) for seed in (1, 2)}
    work = {"merged": 0, "settled": 0}
    is_over = asyncio.Event()

    async def ingest(engine: Engine, source: UUID) -> None:
        for count in range(0, 6000, 60):
            await engine.store(sources[source][count : count + 60], NOW, source, first=count + 1)
            # Three backups are made meanwhile.
            await asyncio.sleep(0)
            if is_over.is_set():
                return

    async def tend(engine: Engine) -> None:
        while not is_over.is_set():
            work["settled"] += (await engine.settling.settle()).rows
            work["merged"] += await merge(engine)

    async with place.engine() as engine:
        tasks = [asyncio.create_task(ingest(engine, source)) for source in sources]
        tasks.append(asyncio.create_task(tend(engine)))
        before = dict(work)
        try:
            for number in range(3):
                await place.done("create", str(backups / f"{number}.backup"), "--catch-up-seconds=0")
        finally:
            is_over.set()
            await asyncio.gather(*tasks)
        assert work["merged"] > before["merged"]
        assert work["settled"] > before["settled"]
    for number in range(3):
        file = backups / f"{number}.backup"
        assert "whole" in await place.done("verify", str(file))
        with postgres_server.database() as url:
            restored = Place(url, tmp_path / f"restored-{number}")
            await restored.done("restore", str(file))
            marks = await marks_of(url)
            saved = [click for source, given in sources.items() for click in given[: marks.get(source, 0)]]
            assert saved
            async with restored.engine() as engine:
                await assert_counts(engine, saved)
                # It goes on: settled clicks and new ones of one visitor are one visitor's.
                more = clicks(3)
                await engine.store(more, NOW)
                await engine.settle()
                await assert_counts(engine, [*saved, *more])
            assert await value_of(url, "SELECT count(*) FROM analytics.pins") == 0
    assert await value_of(place.url, "SELECT count(*) FROM analytics.pins") == 0


async def test_r17_a_file_is_saved_once_and_pruned_with_the_last_backup_that_names_it(
    place: Place, backups: Path
) -> None:
    """The second backup copies what is new alone; what is damaged among the old it copies again."""
    first, second = backups / "1.backup", backups / "2.backup"
    async with place.engine() as engine:
        await engine.store(clicks(1), NOW)
        await engine.settle()
        await place.done("create", str(first))
        old = files_below(backups / FOLDER)
        assert set(old) == set(files_below(place.folder / "segments")) == set(names_in(first))
        (backups / FOLDER / min(old)).write_bytes(b"x" * (backups / FOLDER / min(old)).stat().st_size)
        await engine.store(clicks(2), NOW)
        await engine.settle()
        await merge(engine)
        await engine.store(clicks(3), NOW)
        await engine.settle()
        await place.done("create", str(second))
    await place.done("verify", str(second))
    assert not set(names_in(first)) & set(names_in(second))
    assert "0 files deleted" in await place.done("prune", str(backups))
    both = files_below(backups / FOLDER)
    assert set(both) == {*names_in(first), *names_in(second)}
    assert {name: both[name] for name in old} == old
    first.unlink()
    assert f"{len(old)} files deleted" in await place.done("prune", str(backups))
    assert set(files_below(backups / FOLDER)) == set(names_in(second))


def backups_in(folder: Path) -> list[str]:
    """Return the names of the backups of a folder, unfinished ones included."""
    return [path.name for path in folder.iterdir() if path.name != FOLDER]


def names_in(file: Path) -> list[str]:
    """Return which files a backup names."""
    manifest = open_archive(file).manifest
    assert manifest is not None
    return list(manifest.segments)


@pytest.mark.parametrize("harm", [Path.unlink, changed, lambda path: os.truncate(path, 5)], ids=["gone", "byte", "cut"])
async def test_r17_a_backup_with_a_damaged_file_changes_nothing(
    place: Place, backups: Path, harm: Callable[[Path], None]
) -> None:
    """It is refused by the file's name, before the database or its files are touched."""
    file, stored = backups / "one.backup", clicks(1)
    async with place.engine() as engine:
        await engine.store(stored, NOW)
        await engine.settle()
        await place.done("create", str(file))
        more = clicks(2)
        await engine.store(more, NOW)
        await engine.settle()
    name = max(names_in(file))
    harm(backups / FOLDER / name)
    before = files_below(place.folder / "segments")
    for verb in (["verify"], ["restore", "--replace"]):
        assert name in await place.refused(*verb, str(file))
    assert files_below(place.folder / "segments") == before
    async with place.engine() as engine:
        await assert_counts(engine, [*stored, *more])


@pytest.mark.parametrize("harm", [Path.unlink, changed], ids=["gone", "byte"])
async def test_r17_no_backup_is_made_of_an_installation_with_a_damaged_file(
    place: Place, backups: Path, harm: Callable[[Path], None]
) -> None:
    """It says which, and leaves neither a backup nor a pin."""
    async with place.engine() as engine:
        await engine.store(clicks(1), NOW)
        await engine.settle()
    name = max(files_below(place.folder / "segments"))
    harm(place.folder / "segments" / name)
    assert name in await place.refused("create", str(backups / "one.backup"))
    assert not backups_in(backups)
    assert await value_of(place.url, "SELECT count(*) FROM analytics.pins") == 0


async def test_r17_a_killed_backup_does_not_keep_files_for_ever(place: Place, backups: Path) -> None:
    """Its pin ends by itself, and the next backup forgets it."""
    async with place.engine() as engine:
        await engine.store(clicks(1), NOW)
        # Somebody reported a moment ago, and does not again: it waits.
        await engine.pool.execute("UPDATE sources SET last_report_time = now()")
    making = await asyncio.create_subprocess_exec(
        *place.command("create", str(backups / "one.backup"), "--catch-up-seconds=60"), cwd=ROOT, env=place.environment
    )
    pinned = "SELECT count(*) FROM analytics.pins WHERE ends > now()"
    await eventually(lambda: _is(place.url, pinned, 1), what="files are pinned")
    making.kill()
    await making.wait()
    assert await value_of(place.url, "SELECT max(ends) - now() FROM analytics.pins") <= LASTS  # type: ignore[operator]
    await value_of(place.url, "UPDATE analytics.pins SET ends = now() - interval '1 second'")
    await place.done("create", str(backups / "two.backup"), "--catch-up-seconds=0")
    assert await value_of(place.url, "SELECT count(*) FROM analytics.pins") == 0


async def _is(url: str, sql: str, expected: object) -> bool:
    return await value_of(url, sql) == expected


async def test_r17_going_back_brings_back_the_files_of_then(place: Place, backups: Path) -> None:
    """Files that had been merged away and deleted since are there again; what is there already is not copied."""
    file, stored = backups / "one.backup", [clicks(1), clicks(2)]
    async with place.engine() as engine:
        for some in stored:
            await engine.store(some, NOW)
            await engine.settle()
        await place.done("create", str(file))
        await engine.store(clicks(3), NOW)
        await engine.settle()
        assert await merge(engine)
    assert not set(names_in(file)) & set(files_below(place.folder / "segments"))
    said = await place.done("restore", "--replace", str(file))
    assert f"{len(names_in(file))} files copied" in said
    async with place.engine() as engine:
        await assert_counts(engine, [*stored[0], *stored[1]])
    said = await place.done("restore", "--replace", str(file))
    assert f"0 files copied to {place.folder / 'segments'}, {len(names_in(file))} were there" in said


async def test_r17_a_data_directory_has_its_files(place: Place, backups: Path) -> None:
    """Restored into one, and made of one that does not run, without being told where files are; replaced with them."""
    file, again, data = backups / "one.backup", backups / "again.backup", place.folder / "data"
    async with place.engine() as engine:
        await engine.store(clicks(1), NOW)
        await engine.settle()
    await place.done("create", str(file))
    local = {name: value for name, value in place.environment.items() if not name.startswith("LINKMETER_")}

    async def run(*arguments: str) -> str:
        environment = {**local, "LINKMETER_DATA_DIR": str(data)}
        command = place.command(*arguments)
        return succeeded(
            await asyncio.to_thread(
                subprocess.run, command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
        )

    await run("restore", str(file))
    assert set(files_below(data / "segments")) == set(names_in(file))
    await run("create", str(again))
    assert names_in(again) == names_in(file)
    await run("restore", "--replace", str(again))
    assert set(files_below(data / "segments")) == set(names_in(file))
    (aside,) = data.glob("replaced-*")
    assert set(files_below(aside / "segments")) == set(names_in(file))


async def test_r17_where_files_are_to_be_has_to_be_said(place: Place, backups: Path) -> None:
    """A database elsewhere does not tell; nothing is guessed."""
    file = backups / "one.backup"
    async with place.engine() as engine:
        await engine.store(clicks(1), NOW)
        await engine.settle()
    await place.done("create", str(file))
    for verb in (["create", str(backups / "two.backup")], ["restore", "--replace", str(file)]):
        told = {name: value for name, value in place.environment.items() if name != "LINKMETER_SEGMENTS"}
        result = await asyncio.to_thread(
            subprocess.run, place.command(*verb), cwd=ROOT, env=told, capture_output=True, text=True, check=False
        )
        assert (result.returncode, "set LINKMETER_SEGMENTS" in result.stderr) == (1, True)


async def test_r17_missing_files_are_said(place: Place) -> None:
    """A database that was restored alone: the check names what it lacks, and is content when it is there."""
    async with place.engine() as engine:
        await engine.store(clicks(1), NOW)
        await engine.settle()
    segments, elsewhere = place.folder / "segments", place.folder / "elsewhere"
    check = [sys.executable, "-m", "services.analytics", "check"]

    async def checked() -> "subprocess.CompletedProcess[str]":
        return await asyncio.to_thread(
            subprocess.run, check, cwd=ROOT, env=place.environment, capture_output=True, text=True, check=False
        )

    assert (await checked()).returncode == 0
    segments.rename(elsewhere)
    missing = await checked()
    assert (missing.returncode, missing.stderr.count("is missing")) == (1, 3)
    assert f"of {len(files_below(elsewhere))} files" in missing.stderr
    assert "docs/backup.md" in missing.stderr


async def test_r17_files_in_an_object_store_are_saved_and_put_into_another(
    linkmeter_database: str,
    postgres_server: TestPostgres,
    object_store: TestObjectStore,
    backups: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two installations never share a place: what the first one loses then, the second one has."""
    for name, value in object_store.environment.items():
        monkeypatch.setenv(name, value)
    first = Place(linkmeter_database, tmp_path / "one", f"s3://{BUCKET}/{uuid4()}")
    file = backups / "one.backup"
    async with first.engine() as engine:
        await engine.store(clicks(1), NOW)
        await engine.settle()
        await first.done("create", str(file))
        assert set(files_below(backups / FOLDER)) == set(names_in(file))
        with postgres_server.database() as url:
            second = Place(url, tmp_path / "two", f"s3://{BUCKET}/{uuid4()}")
            await second.done("restore", str(file))
            await engine.files.delete(names_in(file))
            async with second.engine() as restored:
                await assert_counts(restored, clicks(1))
    # What is saved already is whole; in another folder nothing is.
    assert f"{len(names_in(file))} files belong to it, 0 of them new" in await first.done(
        "create", str(backups / "two.backup")
    )
    assert min(names_in(file)) in await first.refused("create", str(tmp_path / "three.backup"))
    object_store.kill()
    try:
        assert "not available" in await first.refused("create", str(tmp_path / "three.backup"))
    finally:
        object_store.start()
