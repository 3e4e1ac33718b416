"""R17 in Kubernetes: what the job of the component backups runs, and the program that puts it back."""

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from deploy.local import databases, programs
from services.analytics.segments.saving import FOLDER
from services.runtime.postgres import migrate
from tests.chaos.test_r17_database import query
from tests.support.analytics import running_analytics
from tests.support.backups import Place, assert_counts, changed, clicks, files_below, merge
from tests.support.clicks import recorded_click
from tests.support.make_run import ROOT
from tests.support.postgres import TestPostgres

_SAVE = [sys.executable, "-m", "services.analytics", "save-segments"]
_SCRIPT = ROOT / "deploy" / "k8s" / "components" / "backups" / "backup.sh"


def back_up(url: str, folder: Path, segments: Path, catch_up_seconds: str) -> dict[str, Any]:
    """Run what the job's two containers run; answer what the second one says."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    first = {
        "PATH": f"{programs.postgres_folder()}:{os.environ['PATH']}",
        "BACKUP_URL": url,
        "BACKUP_DIR": str(folder),
        "BACKUP_CATCH_UP_SECONDS": catch_up_seconds,
    }
    second = {
        **machine,
        "LINKMETER_POSTGRES_URL": url,
        "LINKMETER_SEGMENTS": str(segments),
        "LINKMETER_SEGMENT_CACHE_DIR": str(segments / "cache"),
        "BACKUP_DIR": str(folder),
        "BACKUP_KEEP_DAYS": "14",
    }
    _said(["/bin/sh", str(_SCRIPT)], first)
    said: dict[str, Any] = json.loads(_said(_SAVE, second).splitlines()[-1])
    return said


def _said(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stderr


async def test_r17_the_jobs_dump_is_restored_by_the_program(
    linkmeter_database: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """It has the files that it names, and forgets old dumps with theirs alone; the program verifies and restores it."""
    now = datetime.now(UTC)
    folder, place = tmp_path / "backups", Place(linkmeter_database, tmp_path / "one")
    segments = place.folder / "segments"
    folder.mkdir()
    # Of a version that knew no files, and of a job that failed.
    young, old, failed = (
        folder / f"linkmeter-0{name}" for name in ("young.dump", "old.dump", "failed.dump.unfinished")
    )
    for file in (young, old, failed):
        file.touch()
    os.utime(old, (0, 0))
    async with running_analytics(linkmeter_database) as analytics, place.engine() as engine:
        await engine.store(clicks(1), now)
        await engine.settle()
        # Nobody has reported for long.
        await engine.pool.execute("UPDATE sources SET last_report_time = last_report_time - interval '1 hour'")
        first = await asyncio.to_thread(back_up, linkmeter_database, folder, segments, "0")
        os.utime(first["file"], (0, 0))
        await merge(engine)
        await engine.store(clicks(2), now)
        await engine.settle()
        await merge(engine)
        await analytics.take(uuid4(), *[recorded_click(now, owner_id=99)] * 2)
        # It has reported, and does not any more.
        second = await asyncio.to_thread(back_up, linkmeter_database, folder, segments, "1")
    assert (first["caught_up"], second["caught_up"]) == ("on", "off")
    file = Path(second["file"])
    assert sorted(path.name for path in folder.iterdir()) == [
        young.name, file.name, f"{file.name}.segments", FOLDER
    ]  # fmt: skip
    assert file.stat().st_size == second["bytes"]
    assert first["files"] == first["files_copied"] == second["files_deleted"] > 0
    assert second["files"] == second["files_copied"] == len(files_below(folder / FOLDER)) > 0
    assert await query(linkmeter_database, "SELECT count(*) FROM analytics.pins") == 0
    await place.done("verify", str(file), "--rehearse")
    # What cannot be read may name anything.
    assert "is no backup" in await place.refused("prune", str(folder))
    young.unlink()
    assert "0 files deleted" in await place.done("prune", str(folder))
    with postgres_server.database() as url:
        restored = Place(url, tmp_path / "two")
        await restored.done("restore", str(file))
        assert await query(url, "SELECT count(*) FROM analytics.landing") == 2
        assert await query(url, "SELECT nextval('links.links_link_id_seq')") > 1_000_000_000  # type: ignore[operator]
        async with restored.engine() as engine:
            await assert_counts(engine, [*clicks(1), *clicks(2)])
        name = max(files_below(folder / FOLDER))
        changed(folder / FOLDER / name)
        assert name in await restored.refused("restore", "--replace", str(file))


@contextmanager
def documented_roles(server: TestPostgres, database: str) -> Iterator[dict[str, str]]:
    """Do what docs/operations.md tells an operator to do in PostgreSQL; yield the address for each role."""
    suffix = secrets.token_hex(4)
    _, _, install = (ROOT / "docs" / "operations.md").read_text().partition("**The database.**")
    told = install.partition("```sql")[2].partition("```")[0].replace("CREATE DATABASE linkmeter;", "")
    roles = re.findall(r"CREATE ROLE (\w+)", told)
    told = re.sub(
        rf"\b({'|'.join(roles)})\b", rf"\1_{suffix}", told.replace("DATABASE linkmeter", f"DATABASE {database}")
    )

    async def execute(url: str, sql: str) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(sql)
        await connection.close()

    databases.run(execute(server.admin_url, told.replace("'...'", "'password'")))
    address = urlsplit(server.admin_url).netloc.rpartition("@")[2]
    yield {role: f"postgresql://{role}_{suffix}:password@{address}/{database}" for role in roles}
    # They own what is in the database, which goes with it.
    within = server.admin_url.rpartition("/")[0] + f"/{database}"
    for role in roles:
        databases.run(execute(within, f"DROP OWNED BY {role}_{suffix}; DROP ROLE {role}_{suffix}"))


def test_r17_the_documented_roles_suffice(postgres_server: TestPostgres, tmp_path: Path) -> None:
    """Each service makes its tables with its own role, and sees nothing of the other; the third role backs up both."""
    with (
        postgres_server.database() as url,
        documented_roles(postgres_server, url.rpartition("/")[2]) as addresses,
    ):
        for service in ("links", "analytics"):
            databases.run(migrate(addresses[service], service, ROOT / "services" / service / "migrations"))
        for role, other in (("links", "analytics"), ("analytics", "links")):
            question = f"SELECT has_schema_privilege('{other}', 'USAGE')"
            assert databases.run(query(addresses[role], question)) is False
        saved = back_up(addresses["backup"], tmp_path, tmp_path / "segments", "0")
        assert (saved["event"], saved["caught_up"]) == ("backup_written", "on")
