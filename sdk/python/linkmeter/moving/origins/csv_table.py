"""CSV files as spreadsheets and other products write them: any usual encoding and delimiter, columns by name."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from linkmeter.moving.origin import OriginError, Problem
from linkmeter.moving.origins.files import opened
from linkmeter.moving.origins.texts import decode

_DELIMITERS = ",;\t|"
_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "\\t": "\t"}
_LONGEST_LINE = 1 << 20  # bytes; what is longer is read in pieces, of which none is a row
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: the line on which it begins, and its cells by the header's names."""

    line: int
    cells: dict[str, str]


class CsvTable:
    """A CSV file with a header, read as often as wanted, a row at a time."""

    def __init__(self, path: Path, *, encoding: str = "", delimiter: str = "") -> None:
        """Read a file.

        Args:
            path: the file, packed or not.
            encoding: of its text. By default UTF-16 where the file begins with its byte order mark, else UTF-8, and
                Windows-1252 for lines that are not UTF-8.
            delimiter: one character, or comma, semicolon, tab or pipe; by default whichever the header has most of.

        Raises:
            OriginError: the file cannot be read or has no header, or there is no such encoding.

        """
        self.path = path
        self._encoding = encoding
        try:
            "".encode(encoding or "utf-8")
        except LookupError:
            raise OriginError(
                f"There is no encoding {encoding!r}: give one such as utf-8, utf-16 or latin-1."
            ) from None
        with opened(path) as file:
            first = next((line for line in self._lines(file) if line.strip()), "")
        self._delimiter = _NAMES.get(delimiter.lower(), delimiter) or max(_DELIMITERS, key=first.count)
        if len(self._delimiter) != 1:
            raise OriginError(f"A delimiter is one character, or comma, semicolon, tab or pipe, not {delimiter!r}.")
        try:
            self.header = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=self._delimiter), []))
        except csv.Error as error:
            raise OriginError(f"{path} has no line that names its columns: {error}.") from error
        if not any(self.header):
            raise OriginError(f"{path} is empty: its first line has to name the columns.")
        self._by_plain_name = {plain(name): name for name in reversed(self.header)}

    def find(self, name: str) -> str | None:
        """Return the column of a name as the header has it; spaces, case and punctuation do not count."""
        return self._by_plain_name.get(plain(name)) if plain(name) else None

    def rows(self) -> Iterator[CsvRow | Problem]:
        """Yield the rows below the header, and a Problem for each that is none. Empty lines are left out.

        Raises:
            OriginError: the file cannot be read.

        """
        with opened(self.path) as file:
            reader = csv.reader(self._lines(file), delimiter=self._delimiter, strict=True)
            is_header = True
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    yield self._damage(line, reader.line_num, error)
                    continue
                if cells is None:
                    return
                if not any(cells):
                    continue
                if is_header:
                    is_header = False
                else:
                    yield self._row(line, cells)

    def _row(self, line: int, cells: Sequence[str]) -> CsvRow | Problem:
        if len(cells) != len(self.header):
            message = f"This row has {len(cells)} cells for {len(self.header)} columns ({', '.join(self.header)})."
            return Problem(f"line {line}", "ROW_MALFORMED", message)
        return CsvRow(line, {name: _cell(cell) for name, cell in zip(self.header, cells, strict=True)})

    @staticmethod
    def _damage(first: int, last: int, error: csv.Error) -> Problem:
        lines = f"line {first}" if first >= last else f"lines {first} to {last}"
        return Problem(lines, "ROW_MALFORMED", f"This is no row: {error}. Is a quotation mark missing?")

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        start = file.read(3)
        file.seek(0)
        encoding = self._encoding or ("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "")
        if encoding:
            yield from _strict_lines(file, encoding, self.path)
            return
        if start == b"\xef\xbb\xbf":
            file.read(3)
        while line := file.readline(_LONGEST_LINE):
            yield decode(line)


def plain(name: str) -> str:
    """Return a column's name as it is compared: letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", name.casefold())


def _strict_lines(file: IO[bytes], encoding: str, path: Path) -> Iterator[str]:
    text = TextIOWrapper(file, encoding, newline="")
    try:
        for number, line in enumerate(text):
            yield line.removeprefix("\ufeff") if number == 0 else line
    except UnicodeError as error:
        raise OriginError(f"{path} is not in {encoding}: {error}. Give the encoding it is in.") from error
    finally:
        text.detach()


def _cell(text: str) -> str:
    """Return a cell without the quotation mark by which exports keep spreadsheets from running it as a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
