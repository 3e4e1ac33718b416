"""Rows as text: CSV and JSON lines."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from linkmeter.moving.exporting.columns import Column, Kind, Row, Value, time_text

# Promise S13: a spreadsheet would run cells that begin so.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
# Between tags in a cell. A tag that holds it could not be told from two.
TAG_SEPARATOR: Final = "|"


class TextFormat(Protocol):
    """Turns rows into bytes, of which a file is made by appending."""

    def head(self) -> bytes:
        """Return what stands before the first row."""
        ...

    def encode(self, rows: Iterable[Row]) -> bytes:
        """Return rows as bytes, each ended."""
        ...


class CsvFormat:
    """RFC 4180 in UTF-8: a header, CR LF, quotes where needed. Unset values are empty; tags are joined by `|`."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """Return the names of the columns as a line."""
        return _csv([[column.name for column in self._columns]])

    def encode(self, rows: Iterable[Row]) -> bytes:
        """Return rows as lines; text that a spreadsheet would run begins with an apostrophe."""
        return _csv([_cell(value) for value in row] for row in rows)


class JsonLinesFormat:
    """One JSON object a line, in UTF-8. With sparse, values that are empty, 0, false or unset are left out."""

    def __init__(self, columns: Sequence[Column], *, sparse: bool = False) -> None:
        self._names = [column.name for column in columns]
        self._optional = {column.name for column in columns if column.is_optional}
        self._times = [index for index, column in enumerate(columns) if column.kind is Kind.TIME]
        self._sparse = sparse

    def head(self) -> bytes:
        """Return nothing."""
        return b""

    def encode(self, rows: Iterable[Row]) -> bytes:
        """Return rows as lines."""
        return b"".join(self._line(row) for row in rows)

    def _line(self, row: Row) -> bytes:
        values: list[Value] = list(row)
        for index in self._times:
            if isinstance(moment := values[index], datetime):
                values[index] = time_text(moment)
        named = dict(zip(self._names, values, strict=True))
        if self._sparse:
            named = {name: value for name, value in named.items() if value or self._is_told(name, value)}
        return json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"

    def _is_told(self, name: str, value: Value) -> bool:
        return value is not None and name in self._optional


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return safe_cell(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case datetime():
            return time_text(value)
        case _:
            return safe_cell(TAG_SEPARATOR.join(value))


def safe_cell(text: str) -> str:
    """Return text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
