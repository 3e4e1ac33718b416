"""Run analytics, or one of its commands: python -m services.analytics [migrate [--distributed]|reclassify|retain].

migrate brings the schema to the program's version and with --distributed spreads it over a Citus cluster, reclassify
brings the stored clicks to the program's definition of classes, and retain drops what is older than it is kept.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import uvloop

from services.analytics import commands
from services.analytics.server import SCHEMA, AnalyticsServer, build_enricher
from services.analytics.settings import Settings, read_postgres_url, read_retention, read_settings
from services.analytics.store import distribution
from services.runtime import log, metrics, postgres, tracing
from services.runtime.rpc_server import until_stopped
from services.runtime.settings import SettingsError, stop

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


async def serve(settings: Settings) -> None:
    """Answer calls until told to stop."""
    server = AnalyticsServer(settings, enricher=build_enricher(settings))
    await server.start()
    await until_stopped()
    await server.stop()


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
    log.configure("analytics", settings.server.log_level)
    tracing.configure("analytics", settings.server.otlp_endpoint)
    metrics.serve(settings.server.metrics_listen)
    uvloop.run(serve(settings))


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
