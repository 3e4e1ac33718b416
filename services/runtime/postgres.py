"""Connections to PostgreSQL, migrations, and what an outage looks like."""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg

from services.common import errors
from services.runtime import log

_logger = log.get(__name__)

# Generic in asyncpg's stubs only, hence the quotes.
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_MIGRATION_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_NO_TRANSACTION: Final = "-- no transaction"
_LOCK_POLL_SECONDS: Final = 0.05


async def open_pool(
    url: str, schema: str, *, max_size: int = 10, statement_timeout_ms: int = 8000, has_session_state: bool = True
) -> Pool:
    """Open a pool whose connections see one schema; PostgreSQL need not be up yet.

    Who never sets, locks or listens for longer than a transaction says so: that spares each use of a connection the
    round trip that undoes such things.
    """
    return await asyncpg.create_pool(
        url,
        # Connects on first use, so that a service starts and recovers without PostgreSQL.
        min_size=0,
        max_size=max_size,
        timeout=3,
        command_timeout=statement_timeout_ms / 1000 + 2,
        # Open transactions are rolled back either way.
        reset=None if has_session_state else _keep,
        server_settings={
            "search_path": schema,
            "application_name": f"linkmeter-{schema}",
            "statement_timeout": str(statement_timeout_ms),
            "idle_in_transaction_session_timeout": "30000",
            "timezone": "UTC",
        },
    )


async def _keep(_connection: Connection) -> None:
    """Give a connection back as it is."""


def outage_of(error: Exception) -> errors.LinkmeterError | None:
    """Translate "PostgreSQL is not there just now" to Unavailable, and "that took too long" to DeadlineExceeded.

    None for every other exception.
    """
    if isinstance(error, asyncpg.QueryCanceledError):
        return errors.DeadlineExceeded("this takes too long to answer; ask for less at once", retry_after_seconds=5)
    if isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.InterfaceError
        | asyncpg.OperatorInterventionError
        | asyncpg.InsufficientResourcesError
        | asyncpg.ReadOnlySQLTransactionError
        | OSError,
    ):
        return errors.Unavailable("the database is not available just now", retry_after_seconds=1)
    return None


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered SQL file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Return whether the file is the one that was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


async def migrate(url: str, schema: str, folder: Path) -> list[str]:
    """Apply the migrations that are not applied yet, in order; safe with several runners at once."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await take_migration_lock(connection, schema)
        # The schema's name is a constant of the service, never input.
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        await connection.execute(f"SET search_path TO {schema}")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations ("
            "number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "
            "applied_at timestamptz NOT NULL DEFAULT now())"
        )
        return [m.name for m in read_migrations(folder) if await _apply(connection, m)]
    finally:
        # Closing the connection releases the lock.
        await connection.close()


def read_migrations(folder: Path) -> Iterator[Migration]:
    """Read the folder's migrations in the order of their numbers; gaps are of changes made side by side."""
    last = 0
    for path in sorted(folder.glob("*.sql")):
        matched = _MIGRATION_NAME.fullmatch(path.name)
        number = int(matched[1]) if matched else 0
        if number <= last:
            raise ValueError(f"migration {path.name} should have a number of its own, from {last + 1:04} on")
        last = number
        yield Migration(number, path.name, path.read_text())


async def take_migration_lock(connection: Connection, schema: str) -> None:
    """Wait until nobody else migrates a schema, and keep others from it until the connection closes."""
    # Polled: a session that waits inside pg_advisory_lock() makes the holder's CREATE INDEX CONCURRENTLY wait for it.
    while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", f"linkmeter-migrate-{schema}"):  # noqa: ASYNC110
        await asyncio.sleep(_LOCK_POLL_SECONDS)


async def _apply(connection: Connection, migration: Migration) -> bool:
    applied = await connection.fetchval("SELECT checksum FROM schema_migrations WHERE number = $1", migration.number)
    if applied == migration.checksum:
        return False
    if applied is not None:
        raise ValueError(f"migration {migration.name} was changed after it had been applied")
    if migration.sql.startswith(_NO_TRANSACTION):
        await connection.execute(migration.sql)
        await _remember(connection, migration)
    else:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await _remember(connection, migration)
    _logger.info("migration_applied", name=migration.name)
    return True


async def _remember(connection: Connection, migration: Migration) -> None:
    await connection.execute(
        "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
        migration.number,
        migration.name,
        migration.checksum,
    )
