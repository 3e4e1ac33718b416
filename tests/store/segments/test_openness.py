"""Files of segments are plain: a reader of Parquet that is not ours finds what the manifest says, fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.analytics.handover.manifest import schema
from services.analytics.segments.duck import DuckLimits, open_duck
from services.analytics.segments.layout import ORDER, Kind, select
from services.analytics.segments.writing import options_of, parquet, quoted
from tests.support.engine import running_engine
from tests.support.handover import many_clicks, settle_in_turns
from tests.support.loop_thread import LoopThread
from tests.support.postgres import TestPostgres

KINDS = tuple(Kind)
CLICKS = many_clicks(3, 3000)
# What DuckDB's types are in Arrow, and with that in whatever else reads Parquet.
TYPES = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
}
ROWS_A_GROUP = 122_880


@dataclass(frozen=True, slots=True)
class Settled:
    """Files by kind, those of several segments of several months."""

    files: dict[Kind, list[Path]]


@pytest.fixture(scope="module")
def settled(postgres_server: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """Settle clicks in three turns, and drop the raw ones of a segment."""
    folder = tmp_path_factory.mktemp("open")

    async def fill(url: str) -> None:
        async with running_engine(url, folder) as engine:
            await settle_in_turns(engine, CLICKS, 3)
            # One month has no raw clicks any more, and so sums by link and day.
            await engine.rewriting.rewrite([(await engine.segments())[0]], keep_clicks=False)

    loop = LoopThread()
    try:
        with postgres_server.database("analytics") as url:
            loop.run(fill(url))
    finally:
        loop.stop()
    return Settled({kind: sorted((folder / "segments").glob(f"*/{kind}.parquet")) for kind in Kind})


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_flat_plain_and_those_of_the_manifest(settled: Settled, kind: Kind) -> None:
    """Numbers, texts, booleans, days and moments in UTC: nothing nested, nothing binary, the same in all files."""
    expected = {name: TYPES[type_] for name, type_ in schema()[kind]["columns"].items()}
    assert len(settled.files[kind]) > (0 if kind is Kind.DAILY else 6)
    for path in settled.files[kind]:
        found = pq.read_schema(path)
        assert dict(zip(found.names, found.types, strict=True)) == expected
        physical = pq.ParquetFile(path).schema
        levels = [
            (column.max_definition_level, column.max_repetition_level)
            for column in (physical.column(number) for number in range(len(expected)))
        ]
        assert set(levels) <= {(0, 0), (1, 0)}


@pytest.mark.parametrize("kind", KINDS)
def test_footers_tell_what_a_row_group_holds(settled: Settled, kind: Kind) -> None:
    """Smallest and greatest value of what questions are about, so that a reader skips what it does not need."""
    for path in settled.files[kind]:
        about = pq.ParquetFile(path).metadata
        leading = ORDER[kind].split(", ")[:2]
        for group in (about.row_group(number) for number in range(about.num_row_groups)):
            columns = {name: group.column(about.schema.names.index(name)) for name in about.schema.names}
            assert {column.compression for column in columns.values()} == {"ZSTD"}
            for name in leading:
                statistics = columns[name].statistics
                assert statistics is not None, name
                assert statistics.has_min_max, name
                values = pq.read_table(path, columns=[name])[name].to_pylist()
                assert (statistics.min, statistics.max) == (min(values), max(values))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_in_the_order_of_the_manifest(settled: Settled, kind: Kind) -> None:
    order = schema()[kind]["ordered_by"]
    for path in settled.files[kind]:
        keys = _keys(pq.read_table(path, columns=order), order)
        assert keys == sorted(keys)


def test_clicks_are_all_there(settled: Settled) -> None:
    """Each once, with its people and its visitors."""
    table = pa.concat_tables(pq.read_table(path) for path in settled.files[Kind.CLICKS])
    assert table.num_rows == len(CLICKS)
    assert table.group_by(["source", "sequence"]).aggregate([]).num_rows == len(CLICKS)
    assert table["is_bot"].to_pylist().count(False) == sum(not item.is_bot for item in CLICKS)
    assert len(set(table["visitor"].to_pylist())) == len({item.visitor for item in CLICKS})
    assert sorted(table["time"].to_pylist()) == sorted(item.time for item in CLICKS)


def test_a_file_of_many_rows_is_in_order_and_in_groups(settled: Settled, tmp_path: Path) -> None:
    """Several threads write it; each group tells apart whose links it has."""
    path = tmp_path / "many.parquet"
    with open_duck(DuckLimits(memory_mib=600, threads=2, spill=tmp_path)) as duck:
        many = (
            "(SELECT * REPLACE (sequence + 1000000 * copy AS sequence, link_id + copy % 7 AS link_id) "  # noqa: S608
            f"FROM {parquet(settled.files[Kind.CLICKS])}, range(120) AS copies (copy))"
        )
        duck.execute(f"COPY ({select(Kind.CLICKS, many)}) TO {quoted(str(path))} {options_of(Kind.CLICKS)}")
    about = pq.ParquetFile(path).metadata
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    assert sum(group.num_rows for group in groups) == about.num_rows == 120 * len(CLICKS)
    assert max(group.num_rows for group in groups) <= ROWS_A_GROUP
    assert 2 <= len(groups) <= 4
    order = ORDER[Kind.CLICKS].split(", ")
    keys = _keys(pq.read_table(path, columns=order), order)
    assert keys == sorted(keys)


def _keys(table: pa.Table, order: Sequence[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in order), strict=True))
