"""S13: no cell of an exported table is a formula."""

import csv
import io
import zipfile

import pytest

from gateway.compat.spoo.stats import exports

# A visitor chooses utm_source; programs for tables would calculate these.
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_behind_a_quote(text: str) -> None:
    """Also in the cells that name what was counted."""
    body = {
        "scope": "all",
        "filters": {"utm_source": [text]},
        "summary": {"total_clicks": 1},
        "metrics": {"clicks_by_utm_source": [{"utm_source": text, "clicks": 1}]},
    }
    file = exports.write("csv", body, exports.tables_of(body))
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        table = archive.read("clicks_by_utm_source.csv").decode()
    assert list(csv.reader(io.StringIO(table, newline="")))[1] == [f"'{text}", "1"]


@pytest.mark.parametrize("text", ["mail", "a=1", "x-1", "", " =1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    """Only the first character makes a formula."""
    body = {
        "scope": "all",
        "filters": {},
        "summary": {},
        "metrics": {"clicks_by_utm_source": [{"utm_source": text, "clicks": 1}]},
    }
    file = exports.write("csv", body, exports.tables_of(body))
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        table = archive.read("clicks_by_utm_source.csv").decode()
    assert list(csv.reader(io.StringIO(table, newline="")))[1] == [text, "1"]
