"""Run links: `python -m services.links` serves, with `migrate` prepares the database, with `admin` obeys operators."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

from services.links import admin, admin_arguments
from services.links.components import SCHEMA
from services.links.server import LinksServer
from services.links.settings import read_admin_settings, read_postgres_url, read_settings
from services.links.store import search_index
from services.runtime import log, postgres, program
from services.runtime.settings import SettingsError, stop

MIGRATIONS: Final = Path(__file__).parent / "migrations"


async def migrate(url: str) -> None:
    """Bring the tables up to date, and the index that is none of them."""
    await postgres.migrate(url, SCHEMA, MIGRATIONS)
    await search_index.ensure(url)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    try:
        if arguments == ["migrate"]:
            url = read_postgres_url(os.environ)
            log.configure("links")
            asyncio.run(migrate(url))
            return
        if arguments[:1] == ["admin"]:
            asked = admin_arguments.parse(arguments[1:])
            sys.exit(admin.run(read_admin_settings(os.environ), asked))
        if arguments:
            raise SystemExit("usage: python -m services.links [migrate | admin COMMAND]")
        settings = read_settings(os.environ)
        program.run("links", settings.server, lambda: LinksServer(settings))
    except SettingsError as problem:
        stop("links", problem)


if __name__ == "__main__":
    main(sys.argv[1:])
