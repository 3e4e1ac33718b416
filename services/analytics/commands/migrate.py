"""The command migrate: bring the schema to the program's version."""

import asyncio
import os
from pathlib import Path
from typing import Final

from services.analytics.settings import SCHEMA, read_postgres_url
from services.runtime import log, postgres
from services.runtime.commands import refuse

_MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"


def run(arguments: list[str]) -> None:
    """Apply what was not applied yet."""
    refuse(arguments)
    url = read_postgres_url(os.environ)
    log.configure("analytics")
    asyncio.run(postgres.migrate(url, SCHEMA, _MIGRATIONS))
