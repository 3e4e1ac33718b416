"""Statistics as files: a ZIP of CSV files, a workbook, JSON, XML."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

import xlsxwriter

_SHEET_NAME_LENGTH: Final = 31
_COLUMN_WIDTH: Final = 25
# Programs for tables take a cell that begins like this for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

Body = Mapping[str, Any]
Row = Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to download."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a name, the first of them headings."""

    name: str
    rows: Sequence[Row]


def write(kind: str, body: Body, tables: Iterable[Table], *, name: str = "spoo-me-export") -> File:
    """Write the file of a format."""
    content_type, ending, writer = _WRITERS[kind]
    return File(name=f"{name}{ending}", content_type=content_type, data=writer(body, list(tables)))


def tables_of(body: Body) -> list[Table]:
    """Return statistics as tables: the sums, then one for each list that is not empty."""
    summary = Table("summary", [("Field", "Value"), *body["summary"].items()])
    lists = [
        Table(name, [tuple(rows[0]), *(tuple(row.values()) for row in rows)])
        for name, rows in body["metrics"].items()
        if rows
    ]
    return [summary, *lists]


def _csv_zip(body: Body, tables: list[Table]) -> bytes:
    del body
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            text = io.StringIO(newline="")
            csv.writer(text).writerows([_safe(cell) for cell in row] for row in table.rows)
            archive.writestr(f"{table.name}.csv", text.getvalue())
    return out.getvalue()


def _safe(cell: object) -> object:
    """Keep text from being taken for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return f"'{cell}"
    return cell


def _workbook(body: Body, tables: list[Table]) -> bytes:
    del body
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        heading = book.add_format({"bold": True, "align": "center"})
        for table in tables:
            name = table.name.capitalize() if table.name == "summary" else table.name
            sheet = book.add_worksheet(name[:_SHEET_NAME_LENGTH])
            sheet.set_column(0, 1, _COLUMN_WIDTH)
            for number, row in enumerate(table.rows):
                for column, cell in enumerate(row):
                    _write_cell(sheet, number, column, cell, None if number else heading)
    return out.getvalue()


def _write_cell(sheet: Any, row: int, column: int, cell: object, form: object) -> None:
    # Each kind by name: text is never looked at for what else it might be.
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, form)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, form)
    elif cell is not None:
        sheet.write_string(row, column, _NOT_IN_XML.sub("", str(cell)), form)


def _json(body: Body, tables: list[Table]) -> bytes:
    del tables
    return json.dumps(body, indent=4).encode()


def _xml(body: Body, tables: list[Table]) -> bytes:
    del tables
    root = ET.Element("root")
    for name, value in body.items():
        _add(root, name, value)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, value: object) -> None:
    # A value from outside may be the name of an entry, and is not always one of an element.
    is_name = _XML_NAME.fullmatch(name) is not None
    element = ET.SubElement(parent, name if is_name else "key", {"type": _type_of(value)})
    if not is_name:
        element.set("name", _NOT_IN_XML.sub("", name))
    if isinstance(value, Mapping):
        for inner, item in value.items():
            _add(element, inner, item)
    elif isinstance(value, list):
        for item in value:
            _add(element, "item", item)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _NOT_IN_XML.sub("", str(value))


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    return "dict" if isinstance(value, Mapping) else type(value).__name__


_Writer = Callable[[Body, list[Table]], bytes]
_WRITERS: Final[Mapping[str, tuple[str, str, _Writer]]] = {
    "csv": ("application/zip", "-csv.zip", _csv_zip),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", _workbook),
    "json": ("application/json", ".json", _json),
    "xml": ("application/xml", ".xml", _xml),
}
