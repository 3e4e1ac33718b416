"""Files of statistics."""

import csv
import io
import json
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gateway.compat.spoo.stats import exports

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")


def body(*labels: str) -> dict[str, Any]:
    return {
        "scope": "all",
        "filters": {"utm_source": list(labels)},
        "summary": {"total_clicks": 3, "first_click": None, "avg_redirection_time": 7.25},
        "metrics": {
            "clicks_by_utm_source": [{"utm_source": label, "clicks": 1} for label in labels],
            "clicks_by_city": [],
        },
    }


def archive(*labels: str) -> dict[str, list[list[str]]]:
    file = exports.write("csv", body(*labels), exports.tables_of(body(*labels)))
    assert (file.name, file.content_type) == ("spoo-me-export-csv.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(file.data)) as found:
        texts = {name: found.read(name).decode() for name in found.namelist()}
    return {name: list(csv.reader(io.StringIO(text, newline=""))) for name, text in texts.items()}


def test_csv_is_an_archive_of_tables() -> None:
    """The sums, and a table for each list that is not empty."""
    assert archive("mail", 'a,"b"') == {
        "summary.csv": [
            ["Field", "Value"],
            ["total_clicks", "3"],
            ["first_click", ""],
            ["avg_redirection_time", "7.25"],
        ],
        "clicks_by_utm_source.csv": [["utm_source", "clicks"], ["mail", "1"], ['a,"b"', "1"]],
    }


@pytest.mark.parametrize("text", [*EVIL, "https://evil.example", "12"])
def test_cells_of_a_workbook_are_text(text: str) -> None:
    """Neither formula, nor link, nor number is made of a text."""
    file = exports.write("xlsx", body(text), exports.tables_of(body(text)))
    assert file.name == "spoo-me-export.xlsx"
    with zipfile.ZipFile(io.BytesIO(file.data)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
        strings = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - We wrote it.
        names = book.read("xl/workbook.xml").decode()
    assert len(sheets) == 2
    assert 'name="Summary"' in names
    assert 'name="clicks_by_utm_source"' in names
    assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)
    assert text.strip() in {"".join(item.itertext()).replace("_x000D_", "").strip() for item in strings}


def test_json_is_the_answer_itself() -> None:
    """Indented."""
    file = exports.write("json", body("mail"), [])
    assert json.loads(file.data) == body("mail")
    assert file.name == "spoo-me-export.json"


@pytest.mark.parametrize("text", ["<b>&amp;", "\0\x01x", "]]>", "ä🐍", "\ud7ff\uffff"])
def test_xml_holds_any_text(text: str) -> None:
    """Markup is escaped, and what XML cannot hold is left out."""
    root = ET.fromstring(exports.write("xml", body(text), []).data)  # noqa: S314 - We wrote it.
    cleaned = text.replace("\0", "").replace("\x01", "").replace("\uffff", "")
    assert root.findtext("metrics/clicks_by_utm_source/item/utm_source") == cleaned
    assert root.find("summary/first_click") is not None
    assert root.findtext("summary/avg_redirection_time") == "7.25"


def test_names_that_xml_does_not_take_become_attributes() -> None:
    """Browsers and days are names of entries in the first API."""
    root = ET.fromstring(exports.write("xml", {"counter": {"2025-01-01": 2}}, []).data)  # noqa: S314 - We wrote it.
    entry = root.find("counter/key")
    assert entry is not None
    assert (entry.get("name"), entry.text) == ("2025-01-01", "2")
