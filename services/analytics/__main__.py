"""Run analytics, or one of its commands: python -m services.analytics [migrate [--distributed]|reclassify|retain].

migrate brings the schema to the program's version and with --distributed spreads it over a Citus cluster, reclassify
brings the stored clicks to the program's definition of classes, and retain drops what is older than it is kept.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

from services.analytics import commands
from services.analytics.server import SCHEMA, AnalyticsServer, build_enricher
from services.analytics.settings import read_postgres_url, read_retention, read_settings
from services.analytics.store import distribution
from services.runtime import log, postgres, program
from services.runtime.settings import SettingsError, stop

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate() -> None:
    """Bring the schema to the program's version."""
    url = read_postgres_url(os.environ)
    log.configure("analytics")
    asyncio.run(postgres.migrate(url, SCHEMA, _MIGRATIONS))


def migrate_distributed() -> None:
    """Bring the schema to the program's version, and spread it over the nodes of a Citus cluster."""
    migrate()
    try:
        asyncio.run(distribution.distribute(read_postgres_url(os.environ), SCHEMA))
    except distribution.NotCitus:
        raise SystemExit(
            "analytics: the tables are up to date and not distributed: the database has no extension citus. "
            "On a Citus coordinator, CREATE EXTENSION citus; elsewhere, migrate without --distributed."
        ) from None


def reclassify() -> None:
    """Bring the stored clicks to the program's definition."""
    url = read_postgres_url(os.environ)
    log.configure("analytics")
    commands.reclassify(url)


def retain() -> None:
    """Drop what is older than it is kept."""
    url, retention = read_retention(os.environ)
    log.configure("analytics")
    commands.retain(url, retention)


def start() -> None:
    """Read the settings and serve."""
    settings = read_settings(os.environ)
    program.run("analytics", settings.server, lambda: AnalyticsServer(settings, enricher=build_enricher(settings)))


_COMMANDS: Final = {
    (): start,
    ("migrate",): migrate,
    ("migrate", "--distributed"): migrate_distributed,
    ("reclassify",): reclassify,
    ("retain",): retain,
}


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    command = _COMMANDS.get(tuple(arguments))
    if command is None:
        raise SystemExit("usage: python -m services.analytics [migrate [--distributed]|reclassify|retain]")
    try:
        command()
    except SettingsError as problem:
        stop("analytics", problem)


if __name__ == "__main__":
    main(sys.argv[1:])
