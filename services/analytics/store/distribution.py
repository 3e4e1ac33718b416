"""Spread the tables over the nodes of a Citus cluster: all of a link's clicks and sums are on one node."""

from typing import Final

import asyncpg

from services.runtime import log
from services.runtime.postgres import Connection

COLUMN: Final = "link_id"
# The first one decides where a link is; the others follow it. Their keys hold the column.
DISTRIBUTED: Final = ("clicks", "totals", "daily")
# Few rows that every node needs: one copy on each.
REFERENCE: Final = ("sources", "retention", "reclassifications")
# On the node that is asked: rows that belong to no link, are few and seldom read. Rewrites are counted by triggers,
# which a table that is spread cannot have: without them, no link is copied into memory (docs/adr).
LOCAL: Final = ("orphans", "set_aside_clicks", "schema_migrations", "rewrites")

_IS_CITUS: Final = "SELECT EXISTS (SELECT FROM pg_proc WHERE proname = 'create_distributed_table')"
_NO_TRIGGERS: Final = """
DROP TRIGGER IF EXISTS count_updates ON clicks;
DROP TRIGGER IF EXISTS count_deletes ON clicks;
DROP TRIGGER IF EXISTS count_deletes ON clicks_other;
"""
_IS_SPREAD: Final = "SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = $1::text::regclass)"
_DISTRIBUTE: Final = "SELECT create_distributed_table($1::text::regclass, $2, colocate_with => $3)"
_COPY_EVERYWHERE: Final = "SELECT create_reference_table($1::text::regclass)"

_logger = log.get(__name__)


class NotCitus(Exception):
    """The database has no extension citus."""


async def distribute(url: str, schema: str) -> list[str]:
    """Spread the tables that are not spread yet, and answer which these were; safe to repeat and with clicks."""
    # Moving what is there takes as long as it takes.
    connection = await asyncpg.connect(url, timeout=10)
    try:
        # The schema's name is a constant of the service, never input. Citus keeps its functions in pg_catalog.
        await connection.execute(f"SET search_path TO {schema}, public")
        if not await connection.fetchval(_IS_CITUS):
            raise NotCitus
        await connection.execute(_NO_TRIGGERS)
        spread = [table for table in DISTRIBUTED if await _distribute(connection, table)]
        return spread + [table for table in REFERENCE if await _copy_everywhere(connection, table)]
    finally:
        await connection.close()


async def _distribute(connection: Connection, table: str) -> bool:
    if await connection.fetchval(_IS_SPREAD, table):
        return False
    first = DISTRIBUTED[0]
    await connection.execute(_DISTRIBUTE, table, COLUMN, "none" if table == first else first)
    _logger.info("table_distributed", table=table)
    return True


async def _copy_everywhere(connection: Connection, table: str) -> bool:
    if await connection.fetchval(_IS_SPREAD, table):
        return False
    await connection.execute(_COPY_EVERYWHERE, table)
    _logger.info("table_copied_everywhere", table=table)
    return True
