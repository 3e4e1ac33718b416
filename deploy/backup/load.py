"""Putting a dump into a database, whole or not at all."""

import asyncio
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

import asyncpg

from deploy.backup import segments
from deploy.backup.archive import Archive
from deploy.backup.create import SCHEMAS, rows_of
from deploy.backup.dump_script import close, script_of
from deploy.backup.errors import BackupError
from deploy.backup.tools import Tools, last_line
from services.analytics.segments.files import SegmentFile
from services.links.store import search_index

_AFTER: Final = Path(__file__).with_name("after_restore.sql")
_FILLED: Final = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = ANY($1))"
_USERS: Final = """
SELECT DISTINCT application_name FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'linkmeter-%' ORDER BY 1
"""
# Since this version there is a setting that newer programs always set.
_TRANSACTION_TIMEOUT_SINCE: Final = 170000
_LEARN: Final = "ANALYZE"
# What was waiting in an outbox that is no more cannot come: it is counted as missing, so that the ledger adds up.
_WRITE_OFF: Final = """
UPDATE analytics.sources
SET missing = missing + last_sequence - mark, mark = last_sequence, oldest_pending_time = NULL
WHERE last_sequence > mark AND source <> ALL ('{%s}'::uuid[]);
"""


async def refuse_use(url: str, *, replace: bool) -> None:
    """Raise when the database is in use, or holds something that may not be replaced."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        users = [name for (name,) in await connection.fetch(_USERS)]
        if users:
            raise BackupError(f"the database is in use by {', '.join(users)}; stop links and analytics first")
        if not replace and await connection.fetchval(_FILLED, list(SCHEMAS)):
            raise BackupError("the database is not empty; --replace puts the backup in the place of what it holds")
    finally:
        await connection.close()


async def load(
    archive: Archive,
    url: str,
    *,
    living: Collection[str] | None,
    files: Collection[SegmentFile],
    keep_owners: bool = False,
) -> None:
    """Replace what the database holds by the backup, in one transaction.

    living names the outboxes that are still there; None: all of them. files are those that belong to the backup.
    """
    connection = await asyncpg.connect(url, timeout=10, server_settings={"search_path": "analytics"})
    try:
        tools = Tools.for_database(url)
        drops_timeout = int(await connection.fetchval("SHOW server_version_num")) < _TRANSACTION_TIMEOUT_SINCE
        after = _AFTER.read_text() + ("" if living is None else _WRITE_OFF % ",".join(sorted(living)))
        await asyncio.to_thread(_run, archive, tools, after=after, drops_timeout=drops_timeout, keep_owners=keep_owners)
        await search_index.ensure(url)
        await connection.execute(_LEARN, timeout=3600)
        if archive.manifest:
            compare(archive.manifest.rows, await rows_of(connection))
        if set(await segments.named_by(connection)) != set(files):
            raise BackupError("the backup is not what was saved: the database names other files than were looked for")
    finally:
        await connection.close()


def compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    """Raise unless every table has the rows that it had."""
    wrong = [f"{name} has {found.get(name, 0)} rows instead of {count}" for name, count in expected.items()
             if found.get(name) != count]  # fmt: skip
    if wrong:
        raise BackupError(f"the backup is not what was saved: {'; '.join(wrong)}")


def _run(archive: Archive, tools: Tools, *, after: str, drops_timeout: bool, keep_owners: bool) -> None:
    """Have pg_restore make a script of the dump and psql run it.

    Not pg_restore on its own: the script can be run together with what goes before and comes after it.
    """
    options = [] if keep_owners else ["--no-owner", "--no-privileges"]
    with tempfile.TemporaryFile() as said, archive.dump() as dump:
        psql = subprocess.Popen(  # noqa: S603 - our own
            tools.command("psql", "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=tools.environment,
        )  # fmt: skip
        try:
            is_sent = _send(script_of(dump, tools, options, drops_timeout=drops_timeout), psql.stdin, after)
        finally:
            # What has not been committed by now never is.
            if psql.stdin:
                close(psql.stdin)
            status = psql.wait()
        if status or not is_sent:
            said.seek(0)
            raise BackupError(f"the database refused the backup and is as it was: {last_line(said.read())}")


def _send(script: Iterator[bytes], psql: IO[bytes] | None, after: str) -> bool:
    assert psql is not None, "a pipe was asked for"  # noqa: S101
    try:
        psql.write(b"BEGIN;\nSET client_min_messages = warning;\n")
        psql.writelines(f"DROP SCHEMA IF EXISTS {schema} CASCADE;\n".encode() for schema in SCHEMAS)
        psql.writelines(script)
        # Only here is it known that the script is whole: its end alone would look the same after half of it.
        psql.write(f"{after}\nCOMMIT;\n".encode())
    except BrokenPipeError:
        return False
    return True
