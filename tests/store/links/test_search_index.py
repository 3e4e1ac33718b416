"""Finding links by a part of their text: by an index where PostgreSQL lets us have it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import asyncpg
import pytest

from services.links.domain.link_filter import LinkFilter
from services.links.store import search_index
from services.links.store.links import LinkStore, arguments, list_statement
from services.links.store.search_index import NAME
from services.runtime.postgres import Connection, Pool
from tests.support.postgres import ROLE, TestPostgres

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_FILL = """
    INSERT INTO links (owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks, archived, note,
        private_stats, block_bots, expired_destination, create_time, update_time)
    SELECT 2, 1, 'code' || number, 'https://example.com/' || md5(number::text), 'Title ' || number, '{}', 302, 0, false,
        '', false, false, '', $1, $1
    FROM generate_series(1, 20000) AS number
"""


@pytest.fixture
async def admin(links_database: str, postgres_server: TestPostgres) -> AsyncIterator[Connection]:
    """Connect as the superuser."""
    connection = await asyncpg.connect(postgres_server.server.admin_url(urlsplit(links_database).path[1:]))
    yield connection
    await connection.close()


async def plan(pool: Pool, wanted: LinkFilter) -> str:
    """Return how PostgreSQL would list links."""
    statement = list_statement(len(wanted.patterns), oldest_first=wanted.oldest_first)
    rows = await pool.fetch(f"EXPLAIN {statement}", *arguments(wanted, NOW), None, 51, 0)
    return "\n".join(row[0] for row in rows)


async def test_a_rare_text_is_found_by_the_index(links_database: str, pool: Pool) -> None:
    """In whatever spelling it may be written; a common one by the newest links, of which a page is soon full."""
    await pool.execute(_FILL, NOW)
    assert await search_index.ensure(links_database)
    for query in ("nothing", "NOTHING", "münchen.example", "straße"):
        for oldest_first in (False, True):
            assert NAME in await plan(pool, LinkFilter(owner_id=2, query=query, oldest_first=oldest_first)), query
    assert NAME not in await plan(pool, LinkFilter(owner_id=2, query="title"))
    assert NAME not in await plan(pool, LinkFilter(owner_id=2))
    store = LinkStore(pool)
    for query, codes in (("e 19999", ["code19999"]), ("code19998", ["code19998"]), ("nothing", [])):
        found = await store.list_page(LinkFilter(owner_id=2, query=query), after_id=None, limit=9, skip=0, now=NOW)
        assert [link.code for link in found] == codes
        assert await store.count(LinkFilter(owner_id=2, query=query), NOW) == len(codes)


async def test_a_text_is_found_within_one_field(links_database: str, pool: Pool) -> None:
    """The end of one and the beginning of the next are no text; signs of patterns are signs."""
    await pool.execute(_FILL, NOW)
    assert await search_index.ensure(links_database)
    store = LinkStore(pool)
    for query in ("code7https", "code7 https", "c_de7", "c%de7", "code7\\"):
        assert await store.count(LinkFilter(owner_id=2, query=query), NOW) == 0, query


async def test_the_index_is_made_once_by_many_at_once(links_database: str) -> None:
    """Several runners of migrations at once; again later it is there."""
    assert await asyncio.gather(*(search_index.ensure(links_database) for _ in range(4))) == [True] * 4
    assert await search_index.ensure(links_database)


async def test_an_index_that_was_cut_short_is_made_anew(links_database: str, admin: Connection) -> None:
    """PostgreSQL leaves one behind that serves nobody."""
    await search_index.ensure(links_database)
    await admin.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'links.links_by_text'::regclass")
    assert await search_index.ensure(links_database)
    assert await admin.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'links.links_by_text'::regclass")


async def test_the_extension_may_be_anywhere(links_database: str, admin: Connection) -> None:
    """An administrator may have made it, in a schema of their own."""
    await admin.execute('CREATE SCHEMA "Of others"; CREATE EXTENSION pg_trgm SCHEMA "Of others"')
    await admin.execute(f'GRANT USAGE ON SCHEMA "Of others" TO {ROLE}')
    assert await search_index.ensure(links_database)


async def test_without_the_right_there_is_no_index_and_everything_is_found(
    links_database: str, pool: Pool, admin: Connection
) -> None:
    """Migrations go on; once the right is given, the next one makes the index."""
    database = urlsplit(links_database).path[1:]
    await pool.execute(_FILL, NOW)
    await admin.execute(f"REVOKE CREATE ON DATABASE {database} FROM {ROLE}")
    assert not await search_index.ensure(links_database)
    assert await LinkStore(pool).count(LinkFilter(owner_id=2, query="CODE19999"), NOW) == 1
    await admin.execute(f"GRANT CREATE ON DATABASE {database} TO {ROLE}")
    assert await search_index.ensure(links_database)


async def test_tables_of_an_older_version_wait_for_their_migration(links_database: str, admin: Connection) -> None:
    """As a backup of then brings them."""
    await admin.execute("DROP FUNCTION links.search_text CASCADE")
    assert not await search_index.ensure(links_database)
