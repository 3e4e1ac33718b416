"""R17 where the database is the operator's own, as in Kubernetes: backed up and restored by its address alone."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import redis

from deploy.backup import redis_keys
from deploy.backup.archive import open_archive
from deploy.backup.catching_up import caught_up
from services.links.store import search_index
from tests.support.analytics import running_analytics
from tests.support.backups import succeeded
from tests.support.clicks import ingest_request, recorded_click
from tests.support.make_run import ROOT
from tests.support.postgres import TestPostgres

_SECRET = "the secret of this installation, long enough"


def run(folder: Path, url: str, *arguments: str, secret: str = _SECRET) -> "subprocess.CompletedProcess[str]":
    """Run the program as a CronJob does."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    settings = {
        "LINKMETER_POSTGRES_URL": url,
        "LINKMETER_DATA_DIR": str(folder / "none"),
        **({"LINKMETER_SECRET": secret} if secret else {}),
    }
    return subprocess.run(
        [sys.executable, "-m", "deploy.backup", *arguments],
        cwd=ROOT,
        env={**machine, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def query(url: str, sql: str) -> object:
    """Ask the database for one value."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_r17_a_database_is_put_into_another(
    linkmeter_database: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """Every row of every table; new ids begin far behind; the outbox goes on where it is, its gap counted once."""
    source, file = uuid4(), tmp_path / "one.backup"
    now = datetime.now(UTC)
    async with running_analytics(linkmeter_database) as analytics:
        await analytics.take(source, recorded_click(now), recorded_click(now))
        made = await asyncio.to_thread(run, tmp_path, linkmeter_database, "create", str(file), "--catch-up-seconds=0")
        # Nobody reports here, so that it has to say that it did not wait for the outbox.
        assert "Note: some outbox was late" in succeeded(made)
        await analytics.take(source, recorded_click(now), recorded_click(now), first=3)
    assert open_archive(file).secret == _SECRET
    with postgres_server.database() as restored:
        assert "unzip -p" in succeeded(await asyncio.to_thread(run, tmp_path, restored, "restore", str(file)))
        assert await query(restored, "SELECT count(*) FROM analytics.landing") == 2
        assert await query(restored, "SELECT nextval('links.links_link_id_seq')") > 1_000_000_000  # type: ignore[operator]
        async with running_analytics(restored) as analytics:
            # Resent, then from where the outbox is.
            await analytics.take(source, recorded_click(now), first=2)
            await analytics.take(source, recorded_click(now), first=5)
            (entry,) = (await analytics.ledger()).entries
    assert (entry.stored, entry.pending, dict(entry.dropped), entry.accepted) == (3, 0, {"missing": 2}, 5)


async def test_r17_the_index_of_texts_is_made_anew(
    linkmeter_database: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """It needs an extension, which is in no dump of schemas."""
    file = tmp_path / "one.backup"
    assert await search_index.ensure(linkmeter_database)
    succeeded(await asyncio.to_thread(run, tmp_path, linkmeter_database, "create", str(file), "--catch-up-seconds=0"))
    is_valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'links.links_by_text'::regclass"
    with postgres_server.database() as restored:
        succeeded(await asyncio.to_thread(run, tmp_path, restored, "restore", str(file)))
        assert await query(restored, is_valid) is True
        # Once more, in the place of what is there.
        succeeded(await asyncio.to_thread(run, tmp_path, restored, "restore", str(file), "--replace"))
        assert await query(restored, is_valid) is True


async def test_r17_a_backup_waits_for_outboxes_elsewhere(linkmeter_database: str) -> None:
    """For two reports of each, and for all that the second one names: that was written after the backup began."""
    source, now = uuid4(), datetime.now(UTC)
    connection = await asyncpg.connect(linkmeter_database)
    async with running_analytics(linkmeter_database) as analytics:
        await analytics.take(source, recorded_click(now))
        waiting = asyncio.create_task(caught_up(connection, 30))
        sequence = 1
        while not waiting.done():
            sequence += 1
            # There are always ten more, up to a thousand.
            last = min(sequence // 10 * 10 + 10, 1000)
            request = ingest_request(source, [recorded_click(now)], first=sequence, last_sequence=max(last, sequence))
            request.report.oldest_pending_time.FromDatetime(now)
            await analytics.ingest.IngestClicks(request)
    assert await waiting
    # The first two reports name 10 at least.
    assert await connection.fetchval("SELECT mark FROM analytics.sources") >= 10
    await connection.close()


async def test_r17_a_backup_does_not_wait_for_ever(linkmeter_database: str) -> None:
    """An outbox that does not report any more makes it go on, and say so."""
    connection = await asyncpg.connect(linkmeter_database)
    async with running_analytics(linkmeter_database) as analytics:
        await analytics.take(uuid4(), recorded_click(datetime.now(UTC)))
    assert not await caught_up(connection, 0.2)
    await connection.close()


async def test_r17_outboxes_that_are_lost_are_written_off(
    linkmeter_database: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """Only when told so: what waited in them is missing instead of waiting for ever."""
    file = tmp_path / "one.backup"
    async with running_analytics(linkmeter_database) as analytics:
        request = ingest_request(uuid4(), [recorded_click(datetime.now(UTC))], last_sequence=4)
        request.report.oldest_pending_time.FromDatetime(datetime.now(UTC))
        await analytics.ingest.IngestClicks(request)
    succeeded(run(tmp_path, linkmeter_database, "create", str(file), "--catch-up-seconds=0"))
    for options, waiting, missing in (([], 3, {}), (["--replace", "--outboxes-lost"], 0, {"missing": 3})):
        with postgres_server.database() as restored:
            succeeded(run(tmp_path, restored, "restore", str(file), *options))
            async with running_analytics(restored) as analytics:
                (entry,) = (await analytics.ledger()).entries
        assert (entry.accepted, entry.pending, dict(entry.dropped)) == (4, waiting, missing)


async def test_r17_nothing_is_overwritten_by_mistake(linkmeter_database: str, tmp_path: Path) -> None:
    """A database with tables, one that is in use, or of another secret stays as it is; also when half of it came."""
    file, bare = tmp_path / "one.backup", tmp_path / "bare.dump"
    succeeded(run(tmp_path, linkmeter_database, "create", str(file)))
    assert "--replace" in run(tmp_path, linkmeter_database, "restore", str(file)).stderr
    other = run(tmp_path, linkmeter_database, "restore", str(file), "--replace", secret=_SECRET[::-1])
    assert "another secret" in other.stderr
    user = await asyncpg.connect(linkmeter_database, server_settings={"application_name": "linkmeter-links"})
    in_use = await asyncio.to_thread(run, tmp_path, linkmeter_database, "restore", str(file), "--replace")
    assert "in use by linkmeter-links" in in_use.stderr
    await user.close()
    with open_archive(file).dump() as dump:
        whole = dump.read()
    # A dump by pg_dump alone has no check sum of ours: half of it must be noticed on the way.
    bare.write_bytes(whole[: len(whole) * 9 // 10])
    await query(linkmeter_database, "UPDATE links.owners SET display_name = 'kept' WHERE owner_id = 2")
    assert run(tmp_path, linkmeter_database, "restore", str(bare), "--replace").returncode == 1
    assert await query(linkmeter_database, "SELECT display_name FROM links.owners WHERE owner_id = 2") == "kept"
    bare.write_bytes(whole)
    succeeded(run(tmp_path, linkmeter_database, "verify", str(bare)))
    succeeded(run(tmp_path, linkmeter_database, "restore", str(bare), "--replace"))
    assert await query(linkmeter_database, "SELECT display_name FROM links.owners WHERE owner_id = 2") == "owner"


def test_r17_a_backup_is_rehearsed(linkmeter_database: str, tmp_path: Path) -> None:
    """Restored into a database that is thrown away, and counted."""
    file = tmp_path / "one.backup"
    succeeded(run(tmp_path, linkmeter_database, "create", str(file), secret=""))
    assert open_archive(file).secret == ""
    assert "whole" in succeeded(run(tmp_path, linkmeter_database, "verify", "--rehearse", str(file)))
    assert _rows(file)


def _rows(file: Path) -> int:
    manifest = open_archive(file).manifest
    return sum(manifest.rows.values()) if manifest else 0


def test_r17_redis_forgets_links_and_nothing_else(valkey_url: str) -> None:
    """Copies of links may be ahead of the database; counts of guesses have nothing to do with it."""
    with redis.Redis.from_url(valkey_url) as client:
        for number in range(1500):
            client.set(f"lm:resolution:host/{number}", "copy")
        client.set("lm:revision:{lm:resolution:host/1}", "7")
        client.set("lm:guesses/host", "3")
        client.set("other", "kept")
        assert redis_keys.forget_links(valkey_url) == 1501
        assert sorted(client.keys()) == [b"lm:guesses/host", b"other"]
