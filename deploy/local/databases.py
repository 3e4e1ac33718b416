"""Makes roles and databases in a PostgreSQL server of our own."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")


def ensure_role(admin_url: str, role: str, password: str) -> None:
    """Make a role that may log in and nothing else, or give it this password."""
    _check(role)
    _check(password)
    statements = (
        f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"ALTER ROLE {role} LOGIN PASSWORD '{password}'",
    )
    run(_execute(admin_url, *statements))


def ensure_database(admin_url: str, database: str, owner: str) -> None:
    """Make a database for an owner unless there is one."""
    if not run(_exists(admin_url, database)):
        create_database(admin_url, database, owner)


def create_database(admin_url: str, database: str, owner: str, template: str = "template1") -> None:
    """Make a database as a copy of a template to which nobody is connected."""
    for name in (database, owner, template):
        _check(name)
    run(_execute(admin_url, f"CREATE DATABASE {database} OWNER {owner} TEMPLATE {template}"))


def drop_database(admin_url: str, database: str) -> None:
    """Remove a database, whoever is connected."""
    _check(database)
    run(_execute(admin_url, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run async work to its end in a loop of its own, whatever loop this thread may have."""
    results: list[T] = []
    failures: list[BaseException] = []

    def target() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as failure:  # noqa: BLE001 - Handed to the caller below.
            failures.append(failure)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _exists(url: str, database: str) -> bool:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        found = await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", database)
    finally:
        await connection.close()
    return bool(found)


def _check(name: str) -> None:
    # Names cannot be parameters of these statements.
    if not name.replace("_", "").isalnum():
        raise ValueError(f"not a plain name: {name!r}")
