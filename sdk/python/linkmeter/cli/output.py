"""Data on standard output, in the format that was asked for: as a table for people, as JSON or CSV for programs."""

import csv
import io
import json
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from linkmeter.cli import text
from linkmeter.cli.exits import MisuseError

# A value of a row: what JSON knows, and moments.
Value = str | int | float | bool | datetime | None | Sequence[str] | Mapping[str, int]
Row = Mapping[str, Value]
# Tables into a file or pipe are not cut to anybody's window.
_WIDE: Final = 10_000
_LIVE_GAP: Final = "  "


class Format(StrEnum):
    """How data is written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of a row's values, in order."""

    # All of them.
    names: tuple[str, ...]
    # Those that a table of several rows shows unless told otherwise. Default: all.
    table: tuple[str, ...] = ()
    # Those that are never cut when the terminal is narrow.
    whole: tuple[str, ...] = ()


class Output:
    """Writes rows to standard output.

    Defaults: a table on a terminal, JSON lines otherwise; every column but in tables, which have their own choice.
    """

    def __init__(self, format: Format | None, columns: Sequence[str]) -> None:  # noqa: A002 - The option's name.
        self.is_terminal = sys.stdout.isatty()
        self.format = format or (Format.TABLE if self.is_terminal else Format.JSONL)
        self.columns = tuple(columns)
        # Markup and emoji codes are for texts of ours, and there are none here: what is shown is others' data.
        self.console = Console(
            file=sys.stdout,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=False,
            width=None if self.is_terminal else _WIDE,
        )

    @property
    def is_table(self) -> bool:
        """Whether people read what is written."""
        return self.format is Format.TABLE

    def many(self, rows: Iterable[Row], fields: Fields, *, empty: str = "") -> None:
        """Write rows, each as soon as it is there, but tables, which need all of them to be aligned.

        Raises MisuseError before the first row is asked for, when a column was asked for that there is none of.
        """
        names = self._names(fields)
        match self.format:
            case Format.TABLE:
                self._table(list(rows), names, fields, empty)
            case Format.JSON:
                self._array(rows, names)
            case Format.JSONL:
                for row in rows:
                    self.line(json_text(_chosen(row, names)))
            case Format.CSV:
                self._csv(rows, names)

    def live(self, rows: Iterable[Row], fields: Fields) -> None:
        """Write rows that come one by one and without end, each at once; columns of a table grow with their cells."""
        if not self.is_table:
            self.many(rows, fields)
            return
        names = self._names(fields)
        widths = [len(name) for name in names]
        for number, row in enumerate(rows):
            cells = [text.for_terminal(for_people(row.get(name))) for name in names]
            widths = [max(width, len(cell)) for width, cell in zip(widths, cells, strict=True)]
            if number == 0:
                self._live_line(names, widths, style="bold")
            self._live_line(cells, widths)
            sys.stdout.flush()

    def _live_line(self, cells: Sequence[str], widths: Sequence[int], style: str = "") -> None:
        line = _LIVE_GAP.join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
        self.show(Text(line.rstrip(), style=style, no_wrap=True, overflow="ellipsis"))

    def one(self, row: Row, fields: Fields) -> None:
        """Write one thing: as a column of names and values, a JSON object, or a table of one row."""
        names = self._names(fields, whole=True)
        match self.format:
            case Format.TABLE:
                grid = Table.grid(padding=(0, 2))
                grid.add_column(style="bold", no_wrap=True)
                grid.add_column(overflow="fold")
                for name in names:
                    # What is not set is no news, unless it was asked for.
                    if self.columns or row.get(name):
                        grid.add_row(name, Text(text.for_terminal(for_people(row.get(name)))))
                self.show(grid)
            case Format.JSON:
                self.line(json_text(_chosen(row, names), indent=2))
            case Format.JSONL:
                self.line(json_text(_chosen(row, names)))
            case Format.CSV:
                self._csv([row], names)

    def show(self, renderable: RenderableType) -> None:
        """Write something for people, whose texts have to be safe already."""
        self.console.print(renderable)

    def line(self, content: str) -> None:
        """Write a line as it is, at once: who reads a pipe is not kept waiting."""
        write_line(sys.stdout, content)

    def _names(self, fields: Fields, *, whole: bool = False) -> tuple[str, ...]:
        unknown = [name for name in self.columns if name not in fields.names]
        if unknown:
            raise MisuseError(f"there is no column {', '.join(unknown)}; there are {', '.join(fields.names)}")
        if self.columns:
            return self.columns
        return fields.table if self.is_table and fields.table and not whole else fields.names

    def _table(self, rows: Sequence[Row], names: Sequence[str], fields: Fields, empty: str) -> None:
        if not rows and empty:
            Console(stderr=True, highlight=False).print(empty, style="dim")
            return
        self.show(table(rows, names, whole=fields.whole))

    def _array(self, rows: Iterable[Row], names: Sequence[str]) -> None:
        before = "["
        for row in rows:
            element = textwrap.indent(json_text(_chosen(row, names), indent=2), "  ")
            sys.stdout.write(f"{before}\n{element}")
            sys.stdout.flush()
            before = ","
        self.line("[]" if before == "[" else "\n]")

    def _csv(self, rows: Iterable[Row], names: Sequence[str]) -> None:
        self.line(self._csv_line(names))
        for row in rows:
            self.line(self._csv_line([row.get(name) for name in names]))

    def _csv_line(self, values: Sequence[Value]) -> str:
        line = io.StringIO()
        # Cells with either character of this line end are quoted; the line itself ends as all lines of ours do.
        csv.writer(line, lineterminator="\r\n").writerow(map(self._csv_cell, values))
        return line.getvalue().removesuffix("\r\n")

    def _csv_cell(self, value: Value) -> str:
        cell = for_programs(value)
        # A number is a number, also a negative one; only texts can be mistaken for formulas.
        return cell if _is_number(value) else text.for_csv(cell, terminal=self.is_terminal)


def table(rows: Sequence[Row], names: Sequence[str], *, whole: Sequence[str] = ()) -> Table:
    """Return rows as a table without lines: numbers to the right, texts cut with an ellipsis where there is no room."""
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in names:
        is_number = bool(rows) and all(_is_number(row.get(name)) for row in rows)
        drawn.add_column(name, justify="right" if is_number else "left", no_wrap=name in whole or is_number)
    for row in rows:
        drawn.add_row(*(_cell(row.get(name)) for name in names))
    return drawn


def _cell(value: Value) -> Text:
    return Text(text.for_terminal(for_people(value)), no_wrap=True, overflow="ellipsis")


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def for_people(value: Value) -> str:
    """Return a value as a table shows it: moments in this machine's time zone."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
        case _:
            return for_programs(value)


def for_programs(value: Value) -> str:
    """Return a value as CSV has it: moments in UTC as RFC 3339 writes them, lists joined by commas."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case datetime():
            return moment(value)
        case Mapping():
            return ", ".join(f"{name}={count}" for name, count in value.items())
        case _:
            return ",".join(value)


def moment(value: datetime) -> str:
    """Return a moment as RFC 3339 writes it, in UTC: 2026-05-01T10:00:00Z, with fractions of a second if it has any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON that is safe to show on a terminal."""
    return text.for_json(json.dumps(value, ensure_ascii=False, indent=indent, default=_for_json))


def _for_json(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _chosen(row: Row, names: Iterable[str]) -> dict[str, Value]:
    return {name: row.get(name) for name in names}


def write_line(stream: TextIO, content: str) -> None:
    """Write a line and let it out at once."""
    stream.write(content + "\n")
    stream.flush()
