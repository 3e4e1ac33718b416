"""A streaming reader of SQL dumps as mysqldump, mariadb-dump and phpMyAdmin write them.

It finds the rows of INSERT statements and the columns of CREATE TABLE statements and steps over everything else. Memory
stays flat however long the file is: it holds a chunk, and at most one row. A general SQL parser such as sqlglot would
need the text of a statement at once, and mysqldump with `--extended-insert` makes statements of a megabyte each, which
become a tree of a hundred. So the few rules of MySQL's lexical structure that dumps use stand here as expressions,
which run at the speed of `re`.

What is read of a statement:

- `INSERT` and `REPLACE` with one or more rows, with and without a list of columns, names quoted or not.
- Values: strings with backslash escapes and doubled quotes, with a character set's introducer (`_binary '…'`), numbers,
  `NULL`, and binary strings as `0x…` and `x'…'` (mysqldump `--hex-blob`, phpMyAdmin).
- `USE`, and what `SET` says about the time zone and about settings that a whole dump restores at its end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

# The standard library's reads possessive quantifiers wrongly before Python 3.11.5.
import regex as re

from linkmeter.moving.origins.sqlsource import CutOff, SqlSource, SyntaxDamage

_NAME = rb'(?:`(?:[^`]++|``)*+`|"(?:[^"]++|"")*+"|[\w$]++)'
_STRING = rb"'(?:[^'\\]++|\\.|'')*+'"
_QUOTED = _STRING + rb'|"(?:[^"\\]++|\\.|"")*+"|`[^`]*+`'
_VALUE = (
    rb"(?:NULL|0x[0-9A-Fa-f]++|[-+]?[0-9.]++(?:[eE][-+]?[0-9]++)?|[xX]'[0-9A-Fa-f]*+'|TRUE|FALSE"
    rb"|(?:_[A-Za-z0-9]++\s*+|N)?(?:" + _STRING + rb'|"(?:[^"\\]++|\\.|"")*+"|0x[0-9A-Fa-f]++))'
)
_ROW = re.compile(
    rb"\s*+\((?P<values>\s*+" + _VALUE + rb"\s*+(?:,\s*+" + _VALUE + rb"\s*+)*+)\)\s*+(?:(?P<end>[,;])|(?=ON\b))",
    re.DOTALL | re.IGNORECASE,
)
_VALUES = re.compile(_VALUE, re.DOTALL | re.IGNORECASE)
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*(?:INTO\s+)?"
    rb"(?:(?P<database>" + _NAME + rb")\s*\.\s*)?(?P<table>" + _NAME + rb")\s*"
    rb"(?:\((?P<columns>[^()]*)\)\s*)?(?P<values>VALUES?\s*(?=\())?",
    re.IGNORECASE,
)
_CREATE = re.compile(
    rb"CREATE\s+(?:TEMPORARY\s+)?TABLE\s+(?:/\*!\d+\s+)?(?:IF\s+NOT\s+EXISTS\s*(?:\*/)?\s*)?"
    rb"(?:(?P<database>" + _NAME + rb")\s*\.\s*)?(?P<table>" + _NAME + rb")\s*\(",
    re.IGNORECASE,
)
_COLUMN = re.compile(rb"^\s*+(" + _NAME + rb")\s++(?!KEY\b|INDEX\b|\()[A-Za-z]", re.IGNORECASE | re.MULTILINE)
_NO_COLUMN = frozenset({b"PRIMARY", b"UNIQUE", b"KEY", b"INDEX", b"FULLTEXT", b"SPATIAL", b"CONSTRAINT", b"CHECK"})
_USE = re.compile(rb"USE\s+(" + _NAME + rb")", re.IGNORECASE)
_WHITE = re.compile(rb"[\s;]*+")
_LINE = re.compile(rb"[^\n]*+\n?")
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_CONDITIONAL = re.compile(rb"/\*(?:[^'\"`*]++|" + _QUOTED + rb"|\*(?!/))*+\*/", re.DOTALL)
_STATEMENT = re.compile(rb"(?:[^'\"`;]++|" + _QUOTED + rb")*+;", re.DOTALL)
_REST = re.compile(rb"(?:[^'\"`;]++|" + _QUOTED + rb")*+", re.DOTALL)
_DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[^\n]*\n?", re.IGNORECASE)
_ESCAPED = re.compile(rb"\\(.)|''", re.DOTALL)
_ESCAPES = {b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a", b"%": b"\\%", b"_": b"\\_"}
_QUOTE = ord("'")
_HEAD = 65_536  # longer than the head of any INSERT

Value = bytes | None
Table = tuple[str, str]  # database, or "" while no statement has named one, and table


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an INSERT statement: the line on which it begins, and its values; None is NULL, numbers are digits."""

    line: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT statement. Its rows can be read once, before the next statement is asked for."""

    table: Table
    columns: tuple[str, ...] | None  # None: those of the table, in its order
    line: int
    offset: int  # bytes before the statement
    rows: Iterator[Row]


class SqlDump:
    """A dump, read once from front to back.

    Attributes hold what the statements read so far have said.
    """

    def __init__(self, file: IO[bytes], *, offset: int = 0, line: int = 1, database: str = "") -> None:
        """Read from where the file stands: after `offset` bytes, on `line`, within `database`."""
        self._source = SqlSource(file, offset=offset, line=line)
        self.database = database
        self.columns: dict[Table, tuple[str, ...]] = {}
        self.is_utc = False  # TIMESTAMP columns are in UTC, not in the server's zone
        self._product_begun = False
        self._product_ended = False
        self._saved = False
        self._restored = False

    @property
    def offset(self) -> int:
        """Bytes read so far."""
        return self._source.offset

    def check_whole(self) -> None:
        """Raise CutOff when the dump, read to its end, lacks the end that its beginning promises."""
        if self._product_begun and not self._product_ended:
            raise CutOff(self._source.line, self._source.offset, "the line '-- Dump completed' is missing")
        if self._saved and not self._restored:
            raise CutOff(self._source.line, self._source.offset, "the statements that restore settings are missing")

    def inserts(self, is_wanted: Callable[[Table], bool]) -> Iterator[Insert]:
        """Yield the INSERT statements of the tables that are wanted; step over all others.

        Raises:
            CutOff: the file ends within a statement.
            SyntaxDamage: rows of a wanted table cannot be read.

        """
        source = self._source
        while source.take(_WHITE) is not None and not source.is_at_end():
            offset, line, start = source.offset, source.line, source.peek(16)
            if start.startswith((b"--", b"#")):
                self._note_comment(source.take_line(_LINE))
            elif start.startswith(b"/*"):
                self._note_settings(self._take_comment(start))
            elif start[:10].upper().startswith(b"DELIMITER"):
                self._skip_programs()
            elif start[:7].upper().startswith((b"INSERT", b"REPLACE")):
                yield from self._insert(offset, line, is_wanted)
            elif start[:6].upper().startswith((b"CREATE", b"USE", b"SET")):
                self._note_statement(source.require(_STATEMENT, "statement"))
            else:
                source.skip(_REST)

    def _insert(self, offset: int, line: int, is_wanted: Callable[[Table], bool]) -> Iterator[Insert]:
        head = _INSERT.match(self._source.peek(_HEAD))
        table = ("", "") if head is None else self._table(head)
        if head is None or not is_wanted(table):
            self._source.skip(_REST)
            return
        if head["values"] is None:
            self._source.skip(_REST)  # raises when the file ends before the VALUES do
            raise SyntaxDamage(line, f"this INSERT into {table[1]} has no list of VALUES")
        self._source.advance(head.end())
        columns = None if head["columns"] is None else tuple(_name(name) for name in _split(head["columns"]))
        rows = self._rows()
        yield Insert(table, columns, line, offset, rows)
        for _ in rows:
            pass

    def _table(self, head: re.Match[bytes]) -> Table:
        """Return the table that a statement's head names, in the database that it or the last USE names."""
        return (self.database if head["database"] is None else _name(head["database"])), _name(head["table"])

    def _rows(self) -> Iterator[Row]:
        source = self._source
        while True:
            match = source.require(_ROW, "row")
            line = source.line
            source.advance_over(match)
            if source.line != line:
                line += _breaks_before(match)
            yield Row(line, _values(match["values"]))
            if match["end"] == b";":
                return
            if match["end"] is None:
                source.skip(_REST)
                return

    def _take_comment(self, start: bytes) -> bytes:
        is_conditional = start.startswith((b"/*!", b"/*M!"))
        match = self._source.require(_CONDITIONAL if is_conditional else _COMMENT, "comment")
        self._source.advance_over(match)
        return match[0] if is_conditional else b""

    def _skip_programs(self) -> None:
        """Step over triggers and procedures: what stands between DELIMITER ;; and DELIMITER ; is no data."""
        while line := self._source.take_line(_LINE):
            delimiter = _DELIMITER.match(line)
            if delimiter is not None and delimiter[1] == b";":
                return

    def _note_comment(self, line: bytes) -> None:
        if re.match(rb"-- (?:MySQL|MariaDB) dump ", line):
            self._product_begun = True
        self._product_ended = self._product_ended or line.startswith(b"-- Dump completed")

    def _note_statement(self, match: re.Match[bytes]) -> None:
        self._source.advance_over(match)
        statement = match[0]
        create = _CREATE.match(statement)
        if create is not None:
            self.columns[self._table(create)] = _columns(statement[create.end() :])
        elif (use := _USE.match(statement)) is not None:
            self.database = _name(use[1])
        else:
            self._note_settings(statement)

    def _note_settings(self, statement: bytes) -> None:
        if re.search(rb"\bTIME_ZONE\s*=\s*['\"]\+00:00['\"]", statement, re.IGNORECASE):
            self.is_utc = True
        # Nothing is restored before the end, so that one setting that is restored tells it.
        self._saved = self._saved or re.search(rb"@OLD_\w+\s*=\s*@@", statement) is not None
        self._restored = self._restored or re.search(rb"=\s*@OLD_", statement) is not None


def _breaks_before(match: re.Match[bytes]) -> int:
    text: bytes = match[0]
    return text.count(b"\n", 0, text.index(b"("))


def _split(names: bytes) -> list[bytes]:
    found: list[bytes] = re.findall(_NAME, names)
    return found


def _name(token: bytes) -> str:
    quote = token[:1]
    name = token[1:-1].replace(quote * 2, quote) if quote in b'`"' and len(token) > 1 else token
    return name.decode("utf-8", "replace")


def _columns(definitions: bytes) -> tuple[str, ...]:
    """Return the columns of a CREATE TABLE statement from behind its opening parenthesis, one definition a line."""
    names = [name for name in _COLUMN.findall(definitions) if name.upper() not in _NO_COLUMN]
    return tuple(_name(name) for name in names)


def _values(text: bytes) -> tuple[Value, ...]:
    return tuple(
        [
            # Most values are strings without anything escaped: a function call for each would take half of the time.
            token[1:-1]
            if token[0] == _QUOTE and b"\\" not in token and token.find(b"'", 1) == len(token) - 1
            else _value(token)
            for token in _VALUES.findall(text)
        ]
    )


def _value(token: bytes) -> Value:
    if token[:1] == b"_":  # an introducer says the string's character set; the bytes are the bytes
        token = re.sub(rb"^_\w+?\s*(?=['\"]|0x)", b"", token)
    elif token[:2] in (b"N'", b"n'"):
        token = token[1:]
    first = token[:1]
    if first in b"'\"":
        text = token[1:-1]
        return _unescaped(text, first) if b"\\" in text or first in text else text
    if first in b"xX":
        return bytes.fromhex(token[2:-1].decode())
    if token[:2] in (b"0x", b"0X"):
        digits = token[2:].decode()
        return bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
    upper = token.upper()
    return None if upper == b"NULL" else {b"TRUE": b"1", b"FALSE": b"0"}.get(upper, token)


def _unescaped(text: bytes, quote: bytes) -> bytes:
    pattern = _ESCAPED if quote == b"'" else re.compile(rb'\\(.)|""', re.DOTALL)
    plain: bytes = pattern.sub(lambda match: quote if match[1] is None else _ESCAPES.get(match[1], match[1]), text)
    return plain


__all__ = ["CutOff", "Insert", "Row", "SqlDump", "SyntaxDamage", "Table", "Value"]
