"""The command migrate: bring the tables up to date, and the index that is none of them."""

import asyncio
import os
from pathlib import Path
from typing import Final

from services.links.settings import SCHEMA, read_postgres_url
from services.links.store import search_index
from services.runtime import log, postgres
from services.runtime.commands import refuse

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"


def run(arguments: list[str]) -> None:
    """Apply what was not applied yet."""
    refuse(arguments)
    url = read_postgres_url(os.environ)
    log.configure("links")
    asyncio.run(_migrate(url))


async def _migrate(url: str) -> None:
    await postgres.migrate(url, SCHEMA, MIGRATIONS)
    await search_index.ensure(url)
