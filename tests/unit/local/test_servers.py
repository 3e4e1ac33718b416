import asyncpg
import redis.asyncio

from tests.support.valkey import TestValkey


async def test_each_test_gets_a_database_of_its_own(postgres_url: str) -> None:
    """A test sees the tables that it makes, in a real server, as a role without special rights."""
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute("CREATE SCHEMA corner; CREATE TABLE corner.things (id int)")
        assert await connection.fetchval("SELECT count(*) FROM corner.things") == 0
        assert await connection.fetchval("SELECT usesuper FROM pg_user WHERE usename = current_user") is False
    finally:
        await connection.close()


async def test_database_is_empty_again(postgres_url: str) -> None:
    """What another test made is not there."""
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetchval("SELECT to_regclass('corner.things')") is None
    finally:
        await connection.close()


async def test_upper_and_lower_case_work_beyond_ascii(postgres_url: str) -> None:
    """Searching whatever the case works in every alphabet."""
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetchval("SELECT 'ÄÖ' ILIKE 'äö'")
    finally:
        await connection.close()


async def test_valkey_is_real_and_empty(valkey_url: str, valkey_server: TestValkey) -> None:
    """Each test starts with an empty server."""
    client = redis.asyncio.from_url(valkey_url)
    try:
        assert await client.dbsize() == 0
        await client.set("key", "value")
        valkey_server.emptied_url()
        assert await client.dbsize() == 0
    finally:
        await client.aclose()
