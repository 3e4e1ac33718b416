"""Making a backup of an installation that may be running."""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from deploy.backup import archive, outboxes, segments
from deploy.backup.archive import Manifest, Writer
from deploy.backup.catching_up import caught_up
from deploy.backup.errors import BackupError
from deploy.backup.installation import Installation
from deploy.backup.tools import Tools, last_line
from services.analytics.segments.copying import Copied
from services.analytics.segments.pinning import pinned

SCHEMAS: Final = ("links", "analytics")
# What keeps files while this backup is made is nothing that a restored database should go on with.
PINS: Final = "analytics.pins"
_TABLES: Final = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname = ANY($1) AND format('%I.%I', schemaname, tablename) <> $2 AND NOT EXISTS (
    SELECT FROM pg_partitioned_table WHERE partrelid = format('%I.%I', schemaname, tablename)::regclass
) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Created:
    """A finished backup."""

    file: Path
    manifest: Manifest
    # Files of settled clicks that were copied; those of earlier backups are there already.
    copied: Copied


async def create(installation: Installation, target: Path, *, catch_up_seconds: float) -> Created:
    """Write a backup: first the outboxes, then one snapshot of both schemas, so that no click falls between them.

    The files that the snapshot names are copied beside it, and are not deleted until then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(_connected(installation.postgres_url))
        await _refuse_nothing(connection)
        if await connection.fetchval(segments.HAS_PINS):
            pin = await stack.enter_async_context(_connected(installation.postgres_url))
            await stack.enter_async_context(pinned(pin, "backup"))
        stack.enter_context(segments.adding(archive.folder_of(target)))
        file, writer = stack.enter_context(archive.writing(target, datetime.now(UTC)))
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix=".linkmeter-", dir=file.parent))
        if installation.secret:
            writer.add_secret(installation.secret)
        is_caught_up = True
        if installation.outboxes is None:
            is_caught_up = await caught_up(connection, catch_up_seconds)
        else:
            for source, copy in outboxes.copies_of(installation.outboxes, Path(scratch)):
                writer.add_outbox(source, copy)
        manifest = await _dump(connection, installation.postgres_url, writer, is_caught_up=is_caught_up)
        copied = await segments.save(installation.segments, file.parent, segments.of_manifest(manifest))
        writer.add_manifest(manifest)
    return Created(file, manifest, copied)


@asynccontextmanager
async def _connected(url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(url, timeout=10, server_settings={"search_path": "analytics"})
    try:
        yield connection
    finally:
        await connection.close()


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
            segments={file.name: (file.bytes, file.sha256) for file in await segments.named_by(connection)},
            migrations=await migrations_of(connection),
            rows=await rows_of(connection),
            server_version=await connection.fetchval("SHOW server_version"),
            dump_sha256=digest,
            is_caught_up=is_caught_up,
        )


def _write_dump(tools: Tools, snapshot: str, writer: Writer) -> str:
    schemas = [f"--schema={schema}" for schema in SCHEMAS]
    options = ("--format=custom", "--no-password", f"--snapshot={snapshot}", f"--exclude-table-data={PINS}")
    command = tools.command("pg_dump", *options, *schemas)
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
    tables = [table for (table,) in await connection.fetch(_TABLES, list(SCHEMAS), PINS)]
    # Names come from the catalog, quoted there.
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608
