"""Write segments: the files of clicks in a table of DuckDB, month by month."""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb

from services.analytics.segments.files import SegmentFile, SegmentFiles
from services.analytics.segments.layout import Kind, select, select_again
from services.analytics.segments.registry import NewSegment

# Smaller ones make a question about one link read less, and one about all links take longer. Values of an owner are few
# rows, which several threads are to share.
_ROWS_A_GROUP: Final = 122_880
_ROWS_A_SMALL_GROUP: Final = 16_384
_OPTIONS: Final = "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {rows})"
_HASHED_AT_ONCE: Final = 1024 * 1024
_MONTHS: Final = "SELECT DISTINCT date_trunc('month', {day})::DATE AS month FROM {clicks} ORDER BY month"
_ABOUT: Final = "SELECT count(*), epoch_us(min(time)), epoch_us(max(time)), min(definition) FROM {clicks}"
# What is made from raw clicks, where there are some.
OF_CLICKS: Final = (Kind.CLICKS, Kind.OWNER_DAILY, Kind.VALUES, Kind.TOTALS, Kind.LINKS)
# Made from what was made before, unless it is given.
_MADE_FROM: Final[Mapping[Kind, Kind]] = {
    Kind.OWNER_DAILY: Kind.DAILY,
    Kind.VALUES: Kind.DAILY,
    Kind.OWNER_VALUES: Kind.OWNER_DAILY,
    Kind.OWNER_TOTALS: Kind.TOTALS,
}


@dataclass(frozen=True, slots=True)
class UpTo:
    """The last erasure of a link, and the last one of a source, that clicks know of: by their numbers."""

    erasures: int = 0
    sources: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """Files that lie in a scratch folder."""

    segment: NewSegment
    paths: Mapping[str, Path]


def write_segment(
    duck: duckdb.DuckDBPyConnection, clicks: str, visitors: str, *, month: date, erased: UpTo, scratch: Path
) -> Written:
    """Write the files of the clicks in a relation, all of one month.

    visitors is a relation of the visitors that get their number with it: visitor_hash and visitor.
    """
    row = duck.execute(_ABOUT.format(clicks=clicks)).fetchone()
    assert row is not None, "aggregates have a row"  # noqa: S101
    name = uuid4().hex
    statements = {kind: select(kind, clicks) for kind in OF_CLICKS}
    statements[Kind.VISITORS] = select_again(Kind.VISITORS, visitors)
    files, paths = write_files(duck, name, statements, scratch)
    segment = NewSegment(
        name=name,
        month=month,
        rows=row[0],
        has_clicks=True,
        first_time=moment_of(row[1]),
        last_time=moment_of(row[2]),
        definition=row[3],
        erasures_applied=erased.erasures,
        sources_erased=erased.sources,
        files=files,
    )
    return Written(segment, paths)


def write_files(
    duck: duckdb.DuckDBPyConnection, name: str, statements: Mapping[Kind, str], scratch: Path
) -> tuple[dict[Kind, SegmentFile], dict[str, Path]]:
    """Write a file of each statement, and those that are made from them; return what they are and where."""
    folder = scratch / name
    folder.mkdir()
    files: dict[Kind, SegmentFile] = {}
    paths: dict[str, Path] = {}
    for kind in Kind:
        statement = statements.get(kind)
        if statement is None and (links := _MADE_FROM.get(kind)) is not None:
            statement = select_again(kind, parquet([folder / f"{links}.parquet"]))
        if statement is None:
            continue
        path = folder / f"{kind}.parquet"
        duck.execute(f"COPY ({statement}) TO {quoted(str(path))} {options_of(kind)}")
        file = SegmentFile(f"{name}/{kind}.parquet", path.stat().st_size, sha256_of(path))
        files[kind], paths[file.name] = file, path
    return files, paths


def options_of(kind: Kind) -> str:
    """Return how a file of a kind is written, as COPY has it."""
    return _OPTIONS.format(rows=_ROWS_A_SMALL_GROUP if kind is Kind.OWNER_VALUES else _ROWS_A_GROUP)


async def put_all(files: SegmentFiles, written: Iterator[Written] | list[Written]) -> list[NewSegment]:
    """Bring files from the scratch folder to where segments are kept."""
    segments = []
    for each in written:
        await asyncio.gather(*(files.put(name, path) for name, path in each.paths.items()))
        segments.append(each.segment)
    return segments


def months_of(duck: duckdb.DuckDBPyConnection, clicks: str, day: str) -> list[date]:
    """Return the months that a relation's clicks are of; day is the expression of their UTC day."""
    return [row[0] for row in duck.execute(_MONTHS.format(clicks=clicks, day=day)).fetchall()]


def parquet(paths: list[Path]) -> str:
    """Return the relation of the rows of files."""
    return f"read_parquet([{', '.join(quoted(str(path)) for path in paths)}])"


def quoted(text: str) -> str:
    """Return text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def moment_of(microseconds: int) -> datetime:
    """Return the moment so many microseconds after 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_HASHED_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()
