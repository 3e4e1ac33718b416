"""A database and a folder of segments without the rest of a system: what questions alone are asked of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local import databases
from deploy.local.postgres import PostgresServer
from deploy.local.process import Process
from deploy.local.readiness import answers_postgres, wait_ready
from services.analytics import __file__ as analytics
from services.runtime.postgres import migrate
from tests.support.ports import free_port

_NAME: Final = "linkmeter"
_MIGRATIONS: Final = Path(analytics).parent / "migrations"


@dataclass(frozen=True, slots=True)
class SegmentStore:
    """Where clicks are: the URL of the database, in the schema analytics, and a folder."""

    url: str
    segments: Path


@contextmanager
def running_store(folder: Path) -> Iterator[SegmentStore]:
    """Run PostgreSQL on a folder that may be one of an earlier run, with the tables of analytics."""
    folder.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(folder=folder / "postgres", port=free_port(), admin_password=_NAME, durable=False)
    server.prepare()
    process = Process(server.command(), folder)
    try:
        wait_ready(process, lambda: answers_postgres(server.address))
        databases.ensure_role(server.admin_url(), _NAME, _NAME)
        databases.ensure_database(server.admin_url(), _NAME, _NAME)
        url = server.url(_NAME, _NAME, _NAME)
        databases.run(migrate(url, "analytics", _MIGRATIONS))
        yield SegmentStore(url, folder / "segments")
    finally:
        process.stop()
