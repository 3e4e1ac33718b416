"""The schema is ready for Citus, and `migrate --distributed` tells it what goes where. Citus itself is not here."""

import os
import subprocess
import sys

import asyncpg

from services.analytics.store.distribution import COLUMN, DISTRIBUTED, LOCAL, REFERENCE, distribute
from services.analytics.store.link_state import are_rewrites_counted

# The two functions of Citus that are called and the catalogue that is read, as its documentation describes them.
_STAND_IN = """
CREATE TABLE public.pg_dist_partition (logicalrelid regclass, said text);
CREATE FUNCTION public.create_distributed_table(table_name regclass, distribution_column text, colocate_with text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.pg_dist_partition VALUES (table_name, distribution_column || ' with ' || colocate_with)
$$;
CREATE FUNCTION public.create_reference_table(table_name regclass)
RETURNS void LANGUAGE sql AS $$ INSERT INTO public.pg_dist_partition VALUES (table_name, 'everywhere') $$;
"""
_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition
"""
_UNIQUE = """
SELECT indexrelid::regclass::text AS name, array_agg(attname::text) AS columns
FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
WHERE indisunique AND indrelid = $1::text::regclass GROUP BY 1
"""
_FOREIGN = "SELECT conname FROM pg_constraint WHERE contype IN ('f', 'x') AND connamespace = 'analytics'::regnamespace"
_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
_COUNTING = {"count_updates", "count_deletes"}
_ODD_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'analytics' AND (is_identity = 'YES' OR is_generated <> 'NEVER' OR column_default LIKE 'nextval%')
"""
_NULLABLE = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'analytics' AND column_name = $1 AND table_name = ANY($2) AND is_nullable = 'YES'
"""


def _migrate(url: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return subprocess.run(
        [sys.executable, "-m", "services.analytics", "migrate", "--distributed"],
        env={**plain, "LINKMETER_POSTGRES_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_every_table_has_its_place(analytics_database: str) -> None:
    """Whoever adds a table says whether it is distributed, copied to every node, or local."""
    connection = await asyncpg.connect(analytics_database)
    tables = {row["relname"] for row in await connection.fetch(_TABLES)}
    await connection.close()
    assert tables == {*DISTRIBUTED, *REFERENCE, *LOCAL}


async def test_keys_hold_the_column_and_nothing_refers_across_nodes(analytics_database: str) -> None:
    """Each unique index of a distributed table holds link_id; no foreign key, exclusion or sequence."""
    connection = await asyncpg.connect(analytics_database)
    await connection.execute("SET search_path TO analytics")
    unique = {table: await connection.fetch(_UNIQUE, table) for table in DISTRIBUTED}
    assert all(unique.values()), "each has a key"
    assert [row["name"] for rows in unique.values() for row in rows if COLUMN not in row["columns"]] == []
    assert await connection.fetch(_FOREIGN) == []
    assert {row["tgname"] for row in await connection.fetch(_TRIGGERS)} == _COUNTING
    assert await connection.fetch(_ODD_COLUMNS) == []
    assert await connection.fetch(_NULLABLE, COLUMN, list(DISTRIBUTED)) == []
    await connection.close()


async def test_tables_are_spread_once(analytics_database: str) -> None:
    """The first table is distributed by link, the others beside it, small ones are copied; again changes nothing."""
    connection = await asyncpg.connect(analytics_database)
    await connection.execute(_STAND_IN)
    assert await distribute(analytics_database, "analytics") == [*DISTRIBUTED, *REFERENCE]
    assert await distribute(analytics_database, "analytics") == []
    await connection.execute("SET search_path TO analytics, public")
    rows = await connection.fetch("SELECT logicalrelid::text AS name, said FROM pg_dist_partition")
    await connection.close()
    assert {row["name"]: row["said"] for row in rows} == {
        "clicks": "link_id with none",
        "totals": "link_id with clicks",
        "daily": "link_id with clicks",
        **dict.fromkeys(REFERENCE, "everywhere"),
    }


async def test_what_is_spread_has_no_triggers(analytics_database: str) -> None:
    """Citus has none on distributed tables: those that count rewrites go before, and copies in memory with them."""
    connection = await asyncpg.connect(analytics_database, server_settings={"search_path": "analytics, public"})
    assert await are_rewrites_counted(connection)
    await connection.execute(_STAND_IN)
    await distribute(analytics_database, "analytics")
    assert await connection.fetch(_TRIGGERS) == []
    assert not await are_rewrites_counted(connection)
    await connection.close()


async def test_without_the_extension_the_command_says_so(postgres_url: str) -> None:
    """On plain PostgreSQL the tables are made, nothing is distributed, and the command fails with what to do."""
    done = _migrate(postgres_url)
    assert done.returncode == 1
    assert "CREATE EXTENSION citus" in done.stderr
    assert "Traceback" not in done.stderr
    connection = await asyncpg.connect(postgres_url)
    assert await connection.fetchval("SELECT to_regclass('analytics.clicks')") is not None
    await connection.close()


async def test_with_the_extension_the_command_migrates_and_spreads(postgres_url: str) -> None:
    """From an empty database."""
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(_STAND_IN)
    done = _migrate(postgres_url)
    assert done.returncode == 0, done.stderr
    assert await connection.fetchval("SELECT count(*) FROM pg_dist_partition") == len(DISTRIBUTED) + len(REFERENCE)
    assert await connection.fetch(_TRIGGERS) == []
    await connection.close()
