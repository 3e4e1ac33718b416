"""The reader of SQL dumps against a writer that follows the rules of mysqldump and phpMyAdmin."""

from io import BytesIO
from pathlib import Path
from typing import IO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkmeter.moving.origins import sqlsource
from linkmeter.moving.origins.sqldump import CutOff, SqlDump, SyntaxDamage
from tests.moving import dump_writer
from tests.moving.dump_writer import Style, Value

# What a reader may stumble over stands more often than in any bytes.
awkward = st.one_of(
    st.binary(max_size=40),
    st.lists(
        st.sampled_from([b"'", b"\\", b'"', b"`", b";", b",", b"(", b")", b"--", b"/*", b"*/", b"\n", b"\r", b"\0"]),
        max_size=12,
    ).map(b"".join),
    st.sampled_from([b"", b"NULL", b"0x41", b"_binary 'x'", b"');\nINSERT INTO `t` VALUES ('", "é🎉".encode()]),
)
values = st.one_of(st.none(), st.integers(-(2**63), 2**64 - 1), awkward)
tables = st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[values] * width), min_size=1, max_size=8))
styles = st.builds(
    Style,
    rows_a_statement=st.integers(1, 9),
    names_columns=st.booleans(),
    doubles_quotes=st.booleans(),
    introducer=st.sampled_from([b"", b"_binary ", b"_utf8mb4"]),
    is_hex=st.booleans(),
    between_rows=st.sampled_from([b",", b",\n", b" ,\r\n\t"]),
    line_break=st.sampled_from([b"\n", b"\r\n"]),
)


class Dribble(BytesIO):
    """A file that gives a few bytes at a time, so that every token is torn apart somewhere."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1, /) -> bytes:
        """Return no more than the step."""
        return super().read(min(self._step, size) if size is not None and size >= 0 else self._step)


def read(data: bytes, table: str = "t", step: int = 1 << 20) -> list[tuple[bytes | None, ...]]:
    dump = SqlDump(cast("IO[bytes]", Dribble(data, step)))
    return [row.values for insert in dump.inserts(lambda name: name[1] == table) for row in insert.rows]


def as_read(value: Value) -> bytes | None:
    return b"%d" % value if isinstance(value, int) else value


@settings(deadline=None, max_examples=60)
@given(tables, styles, st.integers(1, 7))
def test_rows_come_out_as_they_went_in(rows: list[tuple[Value, ...]], style: Style, step: int) -> None:
    columns = [f"c{number}" for number in range(len(rows[0]))]
    data = (
        dump_writer.HEAD
        + dump_writer.inserts("before", columns, rows, style)
        + dump_writer.inserts("t", columns, rows, style)
        + dump_writer.TAIL
    )
    assert read(data, step=step) == [tuple(as_read(value) for value in row) for row in rows]


@settings(deadline=None, max_examples=60)
@given(tables, styles, st.data())
def test_a_cut_anywhere_loses_the_end_only_and_is_noticed(
    rows: list[tuple[Value, ...]], style: Style, draw: st.DataObject
) -> None:
    columns = [f"c{number}" for number in range(len(rows[0]))]
    data = dump_writer.HEAD + dump_writer.inserts("t", columns, rows, style) + dump_writer.TAIL
    end = draw.draw(st.integers(len(dump_writer.HEAD), len(data) - len(b"-- Dump completed on 2024-05-31 18:05:00\n")))
    dump = SqlDump(BytesIO(data[:end]))
    got: list[tuple[bytes | None, ...]] = []

    def read_all() -> None:
        for insert in dump.inserts(lambda name: name[1] == "t"):
            got.extend(row.values for row in insert.rows)
        dump.check_whole()

    with pytest.raises(CutOff):
        read_all()
    assert got == [tuple(as_read(value) for value in row) for row in rows][: len(got)]


def test_columns_are_those_of_the_definition_without_its_keys() -> None:
    dump = SqlDump(BytesIO(dump_writer.create_table("t", ("id", "key", "primary", "été"))))
    assert list(dump.inserts(lambda _: True)) == []
    assert dump.columns == {("", "t"): ("id", "key", "primary", "été")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rb"'a\'b\"c\\d'", b"a'b\"c\\d"),
        (rb"'100\% a\_b \q'", rb"100\% a\_b q"),
        (rb"'\t\b\0\Z'", b"\t\b\0\x1a"),
        (b"'it''s'", b"it's"),
        (b'"say ""x"" it\'s"', b'say "x" it\'s'),
        (b"0x", None),
        (b"0x4", b"\x04"),
        (b"x'4142'", b"AB"),
        (b"_binary 0x4142", b"AB"),
        (b"N'x'", b"x"),
        (b"-1.5e+10", b"-1.5e+10"),
        (b"true", b"1"),
        (b"null", None),
    ],
)
def test_literals(text: bytes, value: bytes | None) -> None:
    if text == b"0x":
        with pytest.raises(CutOff):
            read(b"INSERT INTO t VALUES (0x);")
    else:
        assert read(b"INSERT INTO t VALUES (" + text + b");") == [(value,)]


@pytest.mark.parametrize(
    "statement",
    [
        b"INSERT INTO `t` VALUES (1);",
        b"insert ignore into t values(1);",
        b"REPLACE INTO `t` (`a`) VALUES\r\n ( 1 ) ;",
        b"INSERT INTO `db`.`t` VALUES (1);",
        b'INSERT INTO "t" ("a") VALUES (1);',
        b"INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = ';';",
        b"/* don't */ -- won't\n# can't\nINSERT INTO t VALUES (1);",
        b"DELIMITER ;;\nCREATE TRIGGER x INSERT INTO t VALUES (2); ;;\nDELIMITER ;\nINSERT INTO t VALUES (1);",
        b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB's\nINSERT INTO t VALUES (1);",
        b"CREATE VIEW v AS SELECT ';' FROM `a;b`;\nINSERT INTO t VALUES (1);",
        b"/*!50001 CREATE VIEW w AS SELECT '*/;' */;\nINSERT INTO t VALUES (1);",
    ],
)
def test_statements_that_hold_one_row(statement: bytes) -> None:
    assert read(statement, step=3) == [(b"1",)]


def test_rows_that_are_left_unread_do_not_get_in_the_way() -> None:
    dump = SqlDump(BytesIO(b"INSERT INTO a VALUES (1),(2),(3);\nINSERT INTO b VALUES (4);"))
    assert [insert.table for insert in dump.inserts(lambda _: True)] == [("", "a"), ("", "b")]


def test_lines_bytes_and_databases_are_counted() -> None:
    data = b"USE `one`;\n\nINSERT INTO t VALUES (1),\n(2);\nUSE `two`;\nINSERT INTO t VALUES ('\n'),('x');\n"
    dump = SqlDump(BytesIO(data))
    seen = [
        (insert.table, insert.line, insert.offset, [row.line for row in insert.rows])
        for insert in dump.inserts(lambda _: True)
    ]
    assert seen == [
        (("one", "t"), 3, data.index(b"INSERT"), [3, 4]),
        (("two", "t"), 6, data.rindex(b"INSERT"), [6, 7]),
    ]
    assert dump.offset == len(data)


def test_an_insert_that_is_no_list_of_values_is_said() -> None:
    with pytest.raises(SyntaxDamage, match="line 2: this INSERT into t has no list of VALUES"):
        read(b"\nINSERT INTO t SELECT * FROM u;")


def test_a_string_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlsource, "_LONGEST", 1 << 16)
    with pytest.raises(SyntaxDamage, match="line 1: no row ends within"):
        read(b"INSERT INTO t VALUES ('" + b"x" * (1 << 22) + b"');", step=1 << 14)
    with pytest.raises(SyntaxDamage, match="a string that begins here does not end"):
        read(b"INSERT INTO other VALUES ('" + b"x" * (1 << 22) + b"');", step=1 << 14)


def test_no_more_than_a_chunk_and_a_row_is_held(tmp_path: Path) -> None:
    """What is held is looked at while a file of many chunks is read: one, and what is looked ahead for a head."""
    path = tmp_path / "dump.sql"
    row = b"('" + b"x" * 1000 + b"')"
    with path.open("wb") as file:
        for _ in range(8):
            file.write(b"INSERT INTO t VALUES " + b",".join([row] * 1000) + b";\n")
    with path.open("rb") as file:
        dump = SqlDump(file)
        held = {len(dump._source._data) for insert in dump.inserts(lambda _: True) for _ in insert.rows}  # noqa: SLF001
    assert path.stat().st_size > 7 << 20
    assert max(held) < (1 << 20) + (1 << 17)
