"""Run analytics, or migrate its schema: python -m services.analytics [migrate]."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import uvloop

from services.analytics.server import SCHEMA, AnalyticsServer, build_enricher
from services.analytics.settings import Settings, read_postgres_url, read_settings
from services.common import log, metrics, postgres, tracing
from services.common.rpc_server import until_stopped
from services.common.settings import SettingsError, stop

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


async def serve(settings: Settings) -> None:
    """Answer calls until told to stop."""
    server = AnalyticsServer(settings, enricher=build_enricher(settings))
    await server.start()
    await until_stopped()
    await server.stop()


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    try:
        if arguments == ["migrate"]:
            url = read_postgres_url(os.environ)
            log.configure("analytics")
            asyncio.run(postgres.migrate(url, SCHEMA, _MIGRATIONS))
            return
        if arguments:
            raise SystemExit("usage: python -m services.analytics [migrate]")
        settings = read_settings(os.environ)
        log.configure("analytics", settings.log_level)
        tracing.configure("analytics", settings.otlp_endpoint)
        metrics.serve(settings.metrics_listen)
        uvloop.run(serve(settings))
    except SettingsError as problem:
        stop("analytics", problem)


if __name__ == "__main__":
    main(sys.argv[1:])
