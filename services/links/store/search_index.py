"""The index that finds links by a part of their text: made where PostgreSQL lets us, not needed to be right.

No migration, because it may be refused today and granted tomorrow, and because a dump of our schemas alone cannot hold
the extension that it needs: whoever migrates or restores a database calls ensure().

It knows texts by threes of letters and digits. A query of one or two, or, where the database's locale is C, of foreign
letters alone, has none: it reads on from the newest link, as all do without the index.
"""

from typing import Final

import asyncpg

from services.runtime import log
from services.runtime.postgres import take_migration_lock

SCHEMA: Final = "links"
NAME: Final = "links_by_text"
# As queries spell it, so that the index serves them. The migration 0013 says what is in it.
SEARCH_TEXT: Final = "search_text(code, title, destination)"

_HAS_TEXT: Final = "SELECT to_regprocedure('search_text(text, text, text)') IS NOT NULL"
_EXTENSION: Final = "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public"
_IS_READY: Final = f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{NAME}')"  # noqa: S608 - a constant
# Concurrently, because links are written meanwhile. Whatever schema the extension was put into.
_CREATE: Final = f"""
    SELECT format(
        'CREATE INDEX CONCURRENTLY {NAME} ON links USING gin ({SEARCH_TEXT} %I.gin_trgm_ops) WHERE delete_time IS NULL',
        nspname)
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'
"""  # noqa: S608
_REFUSALS: Final = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.UndefinedFileError,
    asyncpg.InvalidSchemaNameError,
)

_logger = log.get(__name__)


async def ensure(url: str) -> bool:
    """Make the index unless it is there; return whether it is. Takes a minute or two for a million links.

    Without the extension pg_trgm, or the right to create it, a line in the log says so, and queries read an owner's
    links one by one until a page is full. Raises what asyncpg raises when the database is not there.
    """
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await take_migration_lock(connection, SCHEMA)
        await connection.execute(f"SET search_path TO {SCHEMA}")
        await connection.execute("SET statement_timeout = 0")
        return await _ensure(connection)
    finally:
        await connection.close()


async def _ensure(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    if not await connection.fetchval(_HAS_TEXT):
        # The tables are those of an older version, and wait for their migration.
        return False
    is_ready = await connection.fetchval(_IS_READY)
    if is_ready:
        return True
    try:
        await connection.execute(_EXTENSION)
        if is_ready is False:
            # Somebody was interrupted.
            await connection.execute(f"DROP INDEX CONCURRENTLY {NAME}")
        await connection.execute(await connection.fetchval(_CREATE))
    except _REFUSALS as refusal:
        _logger.warning("search_index_refused", reason=str(refusal))
        return False
    # Until this has learned how rare texts are, no plan would know when to use the index.
    await connection.execute("ANALYZE links")
    _logger.info("search_index_made")
    return True
