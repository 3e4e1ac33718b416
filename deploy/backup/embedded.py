"""The database of a data directory by itself, without the rest of the system."""

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local import databases
from deploy.local.data_folder import DataFolder
from deploy.local.postgres import PostgresServer
from deploy.local.process import Process
from deploy.local.readiness import answers_postgres, wait_ready
from deploy.local.stack import DATABASE, ROLE


@contextmanager
def database_of(folder: DataFolder) -> Iterator[str]:
    """Run PostgreSQL in a folder that is held, made when it is new; yields the database's address."""
    server = PostgresServer(
        folder=folder.postgres,
        sockets=folder.postgres_sockets,
        admin_password=folder.password("admin"),
        inherited_files=folder.inherited_files,
    )
    server.prepare()
    process = Process(server.command(), folder.logs)
    try:
        wait_ready(process, lambda: answers_postgres(server.address))
        password = folder.password("role")
        databases.ensure_role(server.admin_url(), ROLE, password)
        databases.ensure_database(server.admin_url(), DATABASE, ROLE)
        yield server.url(ROLE, password, DATABASE)
    finally:
        process.stop()
