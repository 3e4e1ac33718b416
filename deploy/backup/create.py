"""Making a backup of an installation that may be running."""

import asyncio
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from deploy.backup import archive, outboxes
from deploy.backup.archive import Manifest, Writer
from deploy.backup.catching_up import caught_up
from deploy.backup.errors import BackupError
from deploy.backup.installation import Installation
from deploy.backup.tools import Tools, last_line

SCHEMAS: Final = ("links", "analytics")
_TABLES: Final = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname = ANY($1) AND NOT EXISTS (
    SELECT FROM pg_partitioned_table WHERE partrelid = format('%I.%I', schemaname, tablename)::regclass
) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Created:
    """A finished backup."""

    file: Path
    manifest: Manifest


async def create(installation: Installation, target: Path, *, catch_up_seconds: float) -> Created:
    """Write a backup: first the outboxes, then one snapshot of both schemas, so that no click falls between them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    connection = await asyncpg.connect(installation.postgres_url, timeout=10)
    try:
        await _refuse_nothing(connection)
        with (
            archive.writing(target, datetime.now(UTC)) as (file, writer),
            tempfile.TemporaryDirectory(prefix=".linkmeter-", dir=file.parent) as scratch,
        ):
            if installation.secret:
                writer.add_secret(installation.secret)
            is_caught_up = True
            if installation.outboxes is None:
                is_caught_up = await caught_up(connection, catch_up_seconds)
            else:
                for source, copy in outboxes.copies_of(installation.outboxes, Path(scratch)):
                    writer.add_outbox(source, copy)
            manifest = await _dump(connection, installation.postgres_url, writer, is_caught_up=is_caught_up)
            writer.add_manifest(manifest)
    finally:
        await connection.close()
    return Created(file, manifest)


async def _refuse_nothing(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for schema in SCHEMAS:
        if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{schema}.schema_migrations"):
            raise BackupError(f"the database has no tables of {schema}: nothing to back up")


async def _dump(
    connection: "asyncpg.Connection[asyncpg.Record]", url: str, writer: Writer, *, is_caught_up: bool
) -> Manifest:
    """Have pg_dump write the very snapshot that is counted here."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        now = await connection.fetchval("SELECT clock_timestamp()")
        digest = await asyncio.to_thread(_write_dump, Tools.for_database(url), snapshot, writer)
        return Manifest(
            create_time=now.astimezone(UTC).isoformat(timespec="seconds"),
            migrations=await migrations_of(connection),
            rows=await rows_of(connection),
            server_version=await connection.fetchval("SHOW server_version"),
            dump_sha256=digest,
            is_caught_up=is_caught_up,
        )


def _write_dump(tools: Tools, snapshot: str, writer: Writer) -> str:
    schemas = [f"--schema={schema}" for schema in SCHEMAS]
    command = tools.command("pg_dump", "--format=custom", "--no-password", f"--snapshot={snapshot}", *schemas)
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=tools.environment) as program:  # noqa: S603 - our own
            assert program.stdout is not None, "a pipe was asked for"  # noqa: S101
            digest = writer.add_dump(program.stdout)
        if program.returncode:
            said.seek(0)
            raise BackupError(f"pg_dump failed: {last_line(said.read())}")
    return digest


async def migrations_of(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, int]:
    """Return the number of the last migration of each schema."""
    query = "SELECT coalesce(max(number), 0) FROM {}.schema_migrations"
    return {schema: await connection.fetchval(query.format(schema)) for schema in SCHEMAS}


async def rows_of(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, int]:
    """Count the rows of every table."""
    tables = [table for (table,) in await connection.fetch(_TABLES, list(SCHEMAS))]
    # Names come from the catalog, quoted there.
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608
