"""A real PostgreSQL server for the session and a database of its own for each test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import databases
from deploy.local.postgres import PostgresServer
from deploy.local.process import Process
from deploy.local.readiness import answers_postgres, wait_ready
from services.runtime.postgres import migrate
from tests.support.ports import free_port

ROLE = "linkmeter"
_PASSWORD = "linkmeter"
_SERVICES = Path(__file__).resolve().parents[2] / "services"


@dataclass(slots=True)
class TestPostgres:
    """A running server."""

    __test__ = False

    server: PostgresServer
    process: Process
    _templates: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def admin_url(self) -> str:
        """The address for the superuser."""
        return self.server.admin_url()

    @contextmanager
    def database(self, *services: str) -> Iterator[str]:
        """Lend a database with the tables of these services (none: empty); yields its URL."""
        template = self._template(services) if services else "template1"
        name = _new_name()
        databases.create_database(self.admin_url, name, ROLE, template)
        try:
            yield self._url(name)
        finally:
            databases.drop_database(self.admin_url, name)

    def _template(self, services: tuple[str, ...]) -> str:
        """Migrate once for the session; tests get copies, which take a few milliseconds."""
        if services not in self._templates:
            name = _new_name()
            databases.create_database(self.admin_url, name, ROLE)
            for service in services:
                databases.run(migrate(self._url(name), service, _SERVICES / service / "migrations"))
            self._templates[services] = name
        return self._templates[services]

    def _url(self, database: str) -> str:
        return self.server.url(ROLE, _PASSWORD, database)


@contextmanager
def running_postgres(folder: Path) -> Iterator[TestPostgres]:
    """Run a server without durability: fast, and gone after the session."""
    server = PostgresServer(
        folder=folder / "postgres", port=free_port(), admin_password=_PASSWORD, durable=False, max_connections=300
    )
    server.prepare()
    process = Process(server.command(), folder)
    try:
        wait_ready(process, lambda: answers_postgres(server.address))
        databases.ensure_role(server.admin_url(), ROLE, _PASSWORD)
        yield TestPostgres(server, process)
    finally:
        process.stop()


def _new_name() -> str:
    return f"test_{secrets.token_hex(6)}"
