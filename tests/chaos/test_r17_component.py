"""R17 in Kubernetes: what the job of the component backups runs, and the program that puts it back."""

import asyncio
import json
import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from deploy.local import databases, programs
from services.runtime.postgres import migrate
from tests.chaos.test_r17_database import query, run, succeeded
from tests.support.analytics import running_analytics
from tests.support.clicks import recorded_click
from tests.support.make_run import ROOT
from tests.support.postgres import TestPostgres

_SCRIPT = ROOT / "deploy" / "k8s" / "components" / "backups" / "backup.sh"


def back_up(url: str, folder: Path, catch_up_seconds: str) -> dict[str, Any]:
    """Run the job's script; answer what it says."""
    environment = {
        "PATH": f"{programs.postgres_folder()}:{os.environ['PATH']}",
        "BACKUP_URL": url,
        "BACKUP_DIR": str(folder),
        "BACKUP_KEEP_DAYS": "14",
        "BACKUP_CATCH_UP_SECONDS": catch_up_seconds,
    }
    done = subprocess.run(
        ["/bin/sh", str(_SCRIPT)], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


async def test_r17_the_jobs_dump_is_restored_by_the_program(
    linkmeter_database: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """It says whether outboxes were waited for, and forgets old dumps alone; the program verifies and restores it."""
    now = datetime.now(UTC)
    young, old = tmp_path / "linkmeter-young.dump", tmp_path / "linkmeter-old.dump"
    for file in (young, old):
        file.touch()
    os.utime(old, (0, 0))
    async with running_analytics(linkmeter_database) as analytics:
        quiet = await asyncio.to_thread(back_up, linkmeter_database, tmp_path, "0")
        await analytics.take(uuid4(), recorded_click(now), recorded_click(now))
        # It has reported, and does not any more.
        late = await asyncio.to_thread(back_up, linkmeter_database, tmp_path, "1")
    assert (quiet["caught_up"], late["caught_up"]) == ("on", "off")
    assert young.exists()
    assert not old.exists()
    file = Path(late["file"])
    assert file.stat().st_size == late["bytes"]
    succeeded(await asyncio.to_thread(run, tmp_path, linkmeter_database, "verify", str(file), "--rehearse"))
    with postgres_server.database() as restored:
        succeeded(await asyncio.to_thread(run, tmp_path, restored, "restore", str(file)))
        assert await query(restored, "SELECT count(*) FROM analytics.clicks") == 2
        assert await query(restored, "SELECT nextval('links.links_link_id_seq')") > 1_000_000_000  # type: ignore[operator]


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
        assert back_up(addresses["backup"], tmp_path, "0")["caught_up"] == "on"
