"""R16: migrations only add, so that the version before works on the tables of the one after it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from services.runtime.postgres import migrate, read_migrations
from tests.support.chaos import assert_exact, more_answers
from tests.support.make_run import ROOT
from tests.support.system import System
from tests.support.traffic import create_links, visitors

_SERVICES = ("links", "analytics")
_FILES = [path for service in _SERVICES for path in sorted((ROOT / "services" / service / "migrations").glob("*.sql"))]

# What takes stored clicks away from older programs, on purpose: docs/adr/0043-conversion-of-stored-clicks.md.
_EXCEPTIONS = {"0010_conversion.sql"}
# What is not looked at: comments, texts, and bodies of functions, which run later.
_QUOTED = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$\$.*?\$\$", re.DOTALL)
_FORBIDDEN = {
    "takes away": re.compile(r"\bDROP\b|\bTRUNCATE\b|^\s*DELETE\b", re.IGNORECASE),
    "renames": re.compile(r"\bRENAME\b", re.IGNORECASE),
    "changes a type": re.compile(r"\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b", re.IGNORECASE),
    "demands more": re.compile(r"\bSET\s+NOT\s+NULL\b", re.IGNORECASE),
}
_NEW_COLUMN = re.compile(r"\bADD\s+COLUMN\b(.*?)(?=,\s*ADD\b|$)", re.IGNORECASE | re.DOTALL)
_HAS_VALUE = re.compile(r"\bDEFAULT\b|\bGENERATED\b", re.IGNORECASE)


def faults_of(sql: str) -> list[str]:
    """Return what in a migration the version before could not live with."""
    return [fault for statement in _QUOTED.sub("''", sql).split(";") for fault in _faults_of_statement(statement)]


def _faults_of_statement(statement: str) -> Iterator[str]:
    yield from (fault for fault, pattern in _FORBIDDEN.items() if pattern.search(statement))
    for column in _NEW_COLUMN.findall(statement):
        if re.search(r"\bNOT\s+NULL\b", column, re.IGNORECASE) and not _HAS_VALUE.search(column):
            yield "adds a column that old programs do not fill"


@pytest.mark.parametrize("path", _FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_r16_migration_reads_as_an_addition(path: Path) -> None:
    """Nothing dropped, renamed, retyped or newly required, from the first file on."""
    assert faults_of(path.read_text()) == []


@pytest.mark.parametrize(
    ("sql", "faults"),
    [
        ("ALTER TABLE a DROP COLUMN b", ["takes away"]),
        ("DROP TABLE a", ["takes away"]),
        ("ALTER TABLE a RENAME COLUMN b TO c", ["renames"]),
        ("alter table a alter column b type bigint", ["changes a type"]),
        ("ALTER TABLE a ALTER b SET NOT NULL", ["demands more"]),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL", ["adds a column that old programs do not fill"]),
        ("ALTER TABLE a ADD COLUMN b text, ADD COLUMN c text NOT NULL DEFAULT ''", []),
        ("-- DROP TABLE a\nCREATE FUNCTION f() RETURNS void AS $$ DROP TABLE a; $$; SELECT 'DROP TABLE a'", []),
    ],
)
def test_r16_the_reader_of_migrations_sees_faults(sql: str, faults: list[str]) -> None:
    """The rule above is worth something."""
    assert faults_of(sql) == faults


@dataclass(frozen=True, slots=True)
class Tables:
    """What PostgreSQL says of a schema."""

    # By table and name: type, whether it must be filled, whether it has a value without being given one.
    columns: dict[tuple[str, str], tuple[str, bool, bool]]
    # By table and name: the columns concerned.
    rules: dict[tuple[str, str], tuple[str, ...]]
    functions: frozenset[str]

    def adds_only_to(self, before: "Tables") -> list[str]:
        """Return what a program that knows only what was before would meet."""
        known = {table for table, _ in before.columns}
        new = self.columns.keys() - before.columns.keys()
        faults = [
            f"{name} is gone or another" for name in before.columns if self.columns.get(name) != before.columns[name]
        ]
        faults += [f"function {name} is gone or another" for name in before.functions - self.functions]
        faults += [
            f"{name} has to be filled"
            for name in new
            if name[0] in known and self.columns[name][1] and not self.columns[name][2]
        ]
        faults += [
            f"{rule} binds what was free"
            for rule, columns in self.rules.items()
            if rule[0] in known and rule not in before.rules and not {(rule[0], name) for name in columns} <= new
        ]
        return faults


_COLUMNS = """
SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, atthasdef OR attidentity <> ''
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
"""
# Newer servers list NOT NULL as well, which the columns tell already.
_RULES = """
SELECT relname, conname, ARRAY(
    SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY(conkey) ORDER BY 1
) FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE relnamespace = $1::regnamespace AND contype <> 'n'
UNION ALL
SELECT relname, indexrelid::regclass::text, ARRAY(
    SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY(indkey) ORDER BY 1
) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = $1::regnamespace AND indisunique
"""
_FUNCTIONS = """
SELECT format('%s(%s) %s', proname, pg_get_function_arguments(oid), pg_get_function_result(oid))
FROM pg_proc WHERE pronamespace = $1::regnamespace
"""


async def tables_of(url: str, schema: str) -> Tables:
    """Ask PostgreSQL."""
    connection = await asyncpg.connect(url)
    try:
        return Tables(
            {(row[0], row[1]): tuple(row)[2:] for row in await connection.fetch(_COLUMNS, schema)},
            {(row[0], row[1]): tuple(row[2]) for row in await connection.fetch(_RULES, schema)},
            frozenset(row[0] for row in await connection.fetch(_FUNCTIONS, schema)),
        )
    finally:
        await connection.close()


@pytest.mark.parametrize("service", _SERVICES)
async def test_r16_each_step_leaves_what_was_there(service: str, postgres_url: str, tmp_path: Path) -> None:
    """Applied one by one: types, requirements and rules of what was there are the same after each of them."""
    before: Tables | None = None
    for migration in read_migrations(ROOT / "services" / service / "migrations"):
        (tmp_path / migration.name).write_text(migration.sql)
        assert await migrate(postgres_url, service, tmp_path) == [migration.name]
        after = await tables_of(postgres_url, service)
        if before is not None:
            assert (after.adds_only_to(before) == []) is (migration.name not in _EXCEPTIONS), migration.name
        before = after


async def test_r16_steps_that_take_or_demand_are_seen(postgres_url: str, tmp_path: Path) -> None:
    """The comparison above is worth something."""
    first = "CREATE TABLE a (b integer, c text); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
    (tmp_path / "0001_first.sql").write_text(first)
    await migrate(postgres_url, "links", tmp_path)
    before = await tables_of(postgres_url, "links")
    second = "ALTER TABLE a ALTER b TYPE bigint, ADD d text NOT NULL; CREATE UNIQUE INDEX ON a (c); DROP FUNCTION f;"
    (tmp_path / "0002_second.sql").write_text(second)
    await migrate(postgres_url, "links", tmp_path)
    faults = (await tables_of(postgres_url, "links")).adds_only_to(before)
    assert [fault.rpartition(" ")[2] for fault in faults] == ["another", "another", "filled", "free"]


async def test_r16_programs_work_on_tables_of_the_next_version(own_system: System, tmp_path: Path) -> None:
    """The next version's migration comes while they run, under load, and they start again on its tables."""
    links = await create_links(own_system, 3)
    async with visitors(own_system, list(links)) as traffic:
        await more_answers(traffic)
        for service in _SERVICES:
            await _migrate_to_next(own_system.stack.postgres_url, service, tmp_path / service)
        await more_answers(traffic)
        await _use(own_system)
        for service in _SERVICES:
            own_system.stop(service)
            ours = ROOT / "services" / service / "migrations"
            assert await migrate(own_system.stack.postgres_url, service, ours) == []
            own_system.start(service)
        await own_system.ready(*_SERVICES)
        await more_answers(traffic)
    assert not traffic.failed
    await _use(own_system)
    await assert_exact(own_system, traffic, list(links.values()))


async def _migrate_to_next(url: str, service: str, folder: Path) -> None:
    """Apply what a next version may bring: two columns more in each table, and a table more."""
    shutil.copytree(ROOT / "services" / service / "migrations", folder)
    number = list(read_migrations(folder))[-1].number + 1
    connection = await asyncpg.connect(url)
    try:
        query = (
            "SELECT format('%I', relname) FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')"
        )
        tables = [row[0] for row in await connection.fetch(f"{query} AND NOT relispartition", service)]
    finally:
        await connection.close()
    added = "ADD COLUMN added_later text, ADD COLUMN counted_later bigint NOT NULL DEFAULT 0"
    statements = [f"ALTER TABLE {table} {added};" for table in tables]
    later = folder / f"{number:04}_later.sql"
    later.write_text("\n".join([*statements, "CREATE TABLE later (id bigint PRIMARY KEY);"]))
    assert await migrate(url, service, folder) == [later.name]


async def _use(system: System) -> None:
    """Do a bit of everything that writes and reads tables."""
    async with system.client() as client:
        made = (await client.post("/v1/links", json={"destination": "https://example.com/", "tags": ["a"]})).json()
        path = f"/v1/links/{made['linkId']}"
        for method, address, body in (
            ("PATCH", path, {"destination": "https://example.com/b"}),
            ("GET", path, None),
            ("GET", "/v1/links", None),
            ("GET", f"{path}/stats", None),
            ("GET", f"{path}/clicks", None),
            ("POST", "/v1/apiKeys", {"title": "later", "scopes": ["links:read"]}),
            ("GET", "/v1/apiKeys", None),
            ("GET", "/v1/ledger", None),
            ("DELETE", path, None),
        ):
            answer = await client.request(method, address, json=body)
            assert answer.status_code == 200, f"{method} {address}: {answer.text}"
