"""S13: no cell of a table that the command line writes is a formula."""

import csv
import io

import pytest

from linkmeter.cli.output import Fields, Format, Output

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_text_behind_a_quote(formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In any column, and in lists of texts."""
    assert _written({"title": formula, "tags": [formula, "b"], "clicks": 1}, capsys) == [
        f"'{formula}",
        f"'{formula},b",
        "1",
    ]


def test_numbers_and_other_texts_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A negative number is one; only the first character of a text makes a formula."""
    assert _written({"title": "a=1", "tags": [" =1"], "clicks": -1}, capsys) == ["a=1", " =1", "-1"]


def _written(row: dict[str, object], capsys: pytest.CaptureFixture[str]) -> list[str]:
    output = Output(Format.CSV, ())
    output.many([row], Fields(("title", "tags", "clicks")))  # type: ignore[list-item] # Values of any kind.
    return list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))[1]
