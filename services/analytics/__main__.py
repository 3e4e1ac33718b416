"""Run analytics, or one of its commands: python -m services.analytics COMMAND.

settle runs the program that moves clicks into segments, migrate brings the schema to the program's version, convert
moves clicks that an older version stored in tables into segments, and reclassify brings the stored clicks to the
program's definition of classes. check compares the files of settled clicks with the database, save-segments copies
them beside a dump of it, and segments lists them for another engine.
"""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path
from typing import Final

from services.analytics import commands, segment_commands
from services.analytics.handover import command as handover
from services.analytics.server import SCHEMA, AnalyticsServer, build_enricher
from services.analytics.settings import (
    read_check_settings,
    read_postgres_url,
    read_save_settings,
    read_settings,
    read_settle_settings,
)
from services.analytics.settle import SettleServer
from services.runtime import log, postgres, program
from services.runtime.settings import SettingsError, stop

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def start() -> None:
    """Read the settings and serve."""
    settings = read_settings(os.environ)
    program.run(
        "analytics",
        settings.server,
        lambda: AnalyticsServer(settings, load_enricher=partial(build_enricher, settings)),
    )


def settle() -> None:
    """Move clicks into segments until told to stop."""
    settings = read_settle_settings(os.environ)
    program.run("settle", settings.server, lambda: SettleServer(settings))


def migrate() -> None:
    """Bring the schema to the program's version."""
    url = read_postgres_url(os.environ)
    log.configure("analytics")
    asyncio.run(postgres.migrate(url, SCHEMA, _MIGRATIONS))


def convert() -> None:
    """Convert the clicks that an older version stored."""
    settings = read_settle_settings(os.environ)
    log.configure("analytics", settings.server.log_level, settings.server.log_format)
    commands.convert(settings)


def reclassify() -> None:
    """Bring the stored clicks to the program's definition."""
    settings = read_settle_settings(os.environ)
    log.configure("analytics", settings.server.log_level, settings.server.log_format)
    commands.reclassify(settings)


def check() -> None:
    """Say which files of settled clicks are missing."""
    settings = read_check_settings(os.environ)
    log.configure("analytics")
    segment_commands.check(settings)


def save_segments() -> None:
    """Copy the files of settled clicks beside the newest dump."""
    settings = read_save_settings(os.environ)
    log.configure("analytics")
    segment_commands.save(settings)


_COMMANDS: Final = {
    (): start,
    ("settle",): settle,
    ("migrate",): migrate,
    ("convert",): convert,
    ("reclassify",): reclassify,
    ("check",): check,
    ("save-segments",): save_segments,
}


def _segments(options: list[str]) -> None:
    handover.run(options, os.environ)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    command = _COMMANDS.get(tuple(arguments))
    if arguments[:1] == ["segments"]:
        command = partial(_segments, arguments[1:])
    if command is None:
        names = [*filter(None, map(" ".join, _COMMANDS)), "segments ..."]
        raise SystemExit(f"usage: python -m services.analytics [{'|'.join(names)}]")
    try:
        command()
    except SettingsError as problem:
        stop("analytics", problem)


if __name__ == "__main__":
    main(sys.argv[1:])
