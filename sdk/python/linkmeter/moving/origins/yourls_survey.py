"""A first reading of a YOURLS dump: which tables are YOURLS', where their rows stand, and whether all of it is there.

It is done before anything is imported, so that a dump that was cut off, or that is not of YOURLS, changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from linkmeter.moving.origin import OriginError
from linkmeter.moving.origins.files import opened
from linkmeter.moving.origins.sorting import Counts
from linkmeter.moving.origins.sqldump import CutOff, Insert, Row, SqlDump, SyntaxDamage, Table
from linkmeter.moving.origins.yourls_rows import (
    CLICK_COLUMNS,
    LINK_COLUMNS,
    RowReader,
    click_number,
    guess_clicks_order,
    guess_links_order,
)

_LINKS, _CLICKS = "url", "log"  # ends of the tables' names; what is before is the prefix
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Rows:
    """Where the rows of a table stand, and what they are."""

    table: Table
    columns: tuple[str, ...]
    offset: int  # bytes before its first INSERT
    line: int
    last: int  # bytes before its last INSERT
    count: int = 0
    is_sorted: bool = True  # by click_id, each once
    last_number: int = -1
    counts: Counts = field(default_factory=Counts)  # readable clicks of each code


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a dump holds of YOURLS. One of the tables may be missing, not both."""

    links: Rows | None
    clicks: Rows | None
    cut_off: str  # where and how the dump ends too early; "" when it is whole
    is_utc: bool  # the dump's TIMESTAMP columns are in UTC


def survey(path: Path, prefix: str | None, reader: RowReader) -> Survey:
    """Read a dump to its end. prefix is that of YOURLS' tables; None finds it out.

    Raises:
        OriginError: the file cannot be read, holds no tables of YOURLS, or holds those of several.

    """
    tables: dict[Table, Rows] = {}
    cut_off = ""
    with opened(path) as file:
        _refuse_utf16(path, file.read(2))
        file.seek(0)
        dump = SqlDump(file)
        try:
            for insert in dump.inserts(lambda table: table[1].endswith((_LINKS, _CLICKS))):
                _note(insert, dump, tables, reader)
            dump.check_whole()
        except CutOff as error:
            cut_off = str(error)
        except SyntaxDamage as error:
            raise OriginError(f"{path} cannot be read as an SQL dump: {error}. Dump the database again.") from error
    if not tables and not dump.columns:
        raise OriginError(f"{path} is no SQL dump: there is neither a CREATE TABLE nor an INSERT of YOURLS in it.")
    links, clicks = _chosen(path, prefix, tables, list(dump.columns))
    return Survey(links=links, clicks=clicks, cut_off=cut_off, is_utc=dump.is_utc)


def rows_of(path: Path, rows: Rows) -> Iterator[Row]:
    """Yield the rows of a table that the survey has found, up to where the dump ends or was cut off.

    Raises:
        OriginError: the file cannot be read, or has changed.

    """
    with opened(path) as file:
        file.seek(rows.offset)
        dump = SqlDump(file, offset=rows.offset, line=rows.line, database=rows.table[0])
        try:
            for insert in dump.inserts(lambda table: table == rows.table):
                yield from insert.rows
                if insert.offset >= rows.last:
                    return
        except CutOff:
            return
        except SyntaxDamage as error:
            raise OriginError(f"{path} has changed while it was read: {error}. Start again.") from error


def _refuse_utf16(path: Path, start: bytes) -> None:
    if start in _UTF16:
        raise OriginError(
            f"{path} is in UTF-16, as PowerShell's > writes it, and has lost characters by it. "
            "Dump again with mysqldump --result-file=FILE."
        )


def _note(insert: Insert, dump: SqlDump, tables: dict[Table, Rows], reader: RowReader) -> None:
    """Take an INSERT statement into the survey; leave it out when its table is none of YOURLS'."""
    is_links = insert.table[1].endswith(_LINKS)
    needed, guess = (LINK_COLUMNS, guess_links_order) if is_links else (CLICK_COLUMNS, guess_clicks_order)
    for row in insert.rows:
        rows = tables.get(insert.table)
        if rows is None:
            columns = _columns(insert, dump, row, guess)
            if columns is None or not needed <= set(columns):
                return
            rows = Rows(insert.table, columns, insert.offset, insert.line, insert.offset)
            tables[insert.table] = rows
        rows.last = insert.offset
        if is_links:
            rows.count += reader.link(row, rows.columns)[0] is not None
        else:
            _note_click(row, rows, reader)


def _note_click(row: Row, rows: Rows, reader: RowReader) -> None:
    number = click_number(row, rows.columns)
    if number is not None:
        rows.is_sorted = rows.is_sorted and number > rows.last_number
        rows.last_number = number
    code = reader.code_of_click(row, rows.columns)
    if code:
        rows.count += 1
        rows.counts.add(code)


def _columns(
    insert: Insert, dump: SqlDump, row: Row, guess: Callable[[Row], tuple[str, ...] | None]
) -> tuple[str, ...] | None:
    for columns in (insert.columns, dump.columns.get(insert.table)):
        if columns is not None and len(columns) == len(row.values):
            return columns
    return insert.columns or guess(row)


def _chosen(
    path: Path, prefix: str | None, tables: dict[Table, Rows], defined: list[Table]
) -> tuple[Rows | None, Rows | None]:
    """Return the tables of links and of clicks of one installation of YOURLS."""
    installations = sorted({(database, name[: -len(_LINKS)]) for database, name in tables})
    if prefix is not None:
        installations = [one for one in installations if one[1] == prefix]
    if len(installations) > 1:
        names = ", ".join(f"{prefix or '(none)'} in {database or 'the database'}" for database, prefix in installations)
        raise OriginError(
            f"{path} holds {len(installations)} installations of YOURLS, by prefix of their tables: {names}. "
            "Say which with the table prefix, or dump one database only."
        )
    if not installations:
        names = ", ".join(sorted(name for _, name in defined)[:10]) or "none"
        wanted = "tables of YOURLS" if prefix is None else f"rows in tables {prefix}url and {prefix}log"
        raise OriginError(f"{path} holds no {wanted}. Its tables: {names}.")
    database, found = installations[0]
    return tables.get((database, found + _LINKS)), tables.get((database, found + _CLICKS))
