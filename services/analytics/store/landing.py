"""Read rows of landing as CSV: the one form that both PostgreSQL writes and DuckDB reads fast."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import duckdb

from services.analytics.segments.layout import CLICK_COLUMNS, LANDING_COLUMNS, columns_of
from services.analytics.segments.writing import quoted
from services.analytics.store.click_rows import COLUMNS
from services.runtime.postgres import Connection

_NAMES: Final = ", ".join(COLUMNS)
_OF_SOURCE: Final = f"SELECT {_NAMES} FROM landing WHERE source = $1 AND sequence > $2 AND sequence <= $3"
# Of tables that keep the visitor's whole hash.
NAMES_OF_WHOLE_HASHES: Final = ", ".join(
    "('x' || encode(substring(visitor FROM 1 FOR 8), 'hex'))::bit(64)::bigint" if name == "visitor" else name
    for name in COLUMNS
)
_ORPHANS: Final = f"SELECT {NAMES_OF_WHOLE_HASHES} FROM orphans WHERE owner_id = ANY($1::bigint[])"
_SECONDS: Final = 60
# Quoted and unquoted: an empty text is a text. Line ends within quotes stay as they are.
_CSV: Final = (
    "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
    "nullstr = '\\N', allow_quoted_nulls = false, parallel = false, max_line_size = 16777216"
)
_OTHERS: Final = ", ".join(name for name in CLICK_COLUMNS if name != "visitor")
_COLUMNS: Final = f"({columns_of(CLICK_COLUMNS)}, visitor_hash BIGINT)"
MAKE_TABLE: Final = f"CREATE OR REPLACE TABLE {{name}} {_COLUMNS}"
# Of one cursor alone.
MAKE_TEMP_TABLE: Final = f"CREATE OR REPLACE TEMP TABLE {{name}} {_COLUMNS}"


class Dump:
    """A file of rows that PostgreSQL wrote and DuckDB will read; by default rows of clicks."""

    def __init__(self, path: Path, columns: Mapping[str, str] = LANDING_COLUMNS) -> None:
        self._path = path
        self._columns = columns
        self._file: IO[bytes] = path.open("wb")
        self._problem: OSError | None = None

    async def add_source(self, connection: Connection, source: UUID, after: int, up_to: int) -> None:
        """Add the rows of an outbox whose sequence is greater than after, and at most up_to."""
        await self.add(connection, _OF_SOURCE, source, after, up_to)

    async def add_orphans(self, connection: Connection, owners: Sequence[int]) -> None:
        """Add the orphan visits on domains of owners."""
        await self.add(connection, _ORPHANS, list(owners))

    async def add(self, connection: Connection, statement: str, *parameters: object) -> None:
        """Add the rows of a statement, whose columns are those of the dump; raise OSError when there is no room."""
        try:
            await connection.copy_from_query(
                statement, *parameters, output=self._write, format="csv", null="\\N", timeout=_SECONDS
            )
        except BaseException:
            self._close()
            raise
        if self._problem:
            raise self._problem

    async def _write(self, piece: bytes) -> None:
        if self._problem:
            return
        try:
            self._file.write(piece)
        except OSError as problem:
            # Raised here, it would be told to PostgreSQL as a cancellation. When that has sent all by then, asyncpg
            # waits in vain for it to be heard, for as long as a command may take, and the transaction keeps its locks.
            self._problem = problem
            self._close()

    def _close(self) -> None:
        """Give up: what is still held back must not be written later, when another dump has the same path."""
        with suppress(OSError):
            self._file.close()

    def rows(self) -> str:
        """Return the relation of all rows; nothing is added any more."""
        self._file.close()
        struct = ", ".join(f"'{name}': '{type_}'" for name, type_ in self._columns.items())
        return f"read_csv({quoted(str(self._path))}, {_CSV}, columns = {{{struct}}})"

    def take_into(self, duck: duckdb.DuckDBPyConnection, table: str) -> None:
        """Insert the rows into a table of DuckDB that MAKE_TABLE made, without numbers of visitors."""
        duck.execute(f"INSERT INTO {table} BY NAME SELECT {_OTHERS}, visitor AS visitor_hash FROM {self.rows()}")
        self._path.unlink()
