"""Files of exports: what is written, and that an interrupted one is gone on with to the byte."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyarrow import parquet

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import links_pb2
from linkmeter.moving.exporting.batches import export
from linkmeter.moving.exporting.clicks import Place, clicks_after
from linkmeter.moving.exporting.columns import CLICK_COLUMNS, LINK_COLUMNS, chosen, row_of
from linkmeter.moving.exporting.outputs import ExportError, FileOutput, Output, StreamOutput
from linkmeter.moving.exporting.parquet import ParquetOutput
from linkmeter.moving.exporting.text_formats import CsvFormat, JsonLinesFormat

SOURCE = "8085e2c7-b3ac-40a6-b0a6-382f594ec34a"
NEWEST = datetime(2026, 5, 1, tzinfo=UTC)
FEW = chosen(CLICK_COLUMNS, ["click_id", "time", "code", "is_bot"])
Make = Callable[[Path, str], Output]


def click(number: int) -> clicks_pb2.Click:
    """Return a click; the higher its number, the newer. Two and two are of the same moment."""
    made = clicks_pb2.Click(click_id=f"{SOURCE}/{number}", code="hello")
    made.time.FromDatetime(NEWEST - timedelta(seconds=(5000 - number) // 2))
    return made


def listed(until: datetime | None, *, count: int = 5000) -> Iterator[clicks_pb2.Click]:
    """List clicks as the server does."""
    clicks = (click(number) for number in range(count, 0, -1))
    return (each for each in clicks if until is None or each.time.ToDatetime(UTC) < until)


def csv_output(path: Path, request: str) -> Output:
    return FileOutput(path, CsvFormat(FEW), request=request)


def parquet_output(path: Path, request: str) -> Output:
    return ParquetOutput(path, FEW, request=request)


def run(output: Output, *, most: int | None = None) -> None:
    """Export the clicks to an output, or break off after so many."""
    clicks = clicks_after(output.place, listed, None)

    def counted() -> Iterator[clicks_pb2.Click]:
        for number, each in enumerate(clicks):
            if number == most:
                raise KeyboardInterrupt
            yield each

    export(counted(), FEW, output, place_of=lambda each: str(Place.of(each)))


@pytest.mark.parametrize("make", [csv_output, parquet_output])
def test_interrupted_export_ends_as_one_that_was_not(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkmeter.moving.exporting.parquet.ROWS_IN_GROUP", 1000)
    run(make(tmp_path / "whole", "r"))
    for most in (0, 2500, 1500):
        with pytest.raises(KeyboardInterrupt):
            run(make(tmp_path / "parts", "r"), most=most)
        assert not (tmp_path / "parts").exists()
    run(make(tmp_path / "parts", "r"))
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts", "whole"]


def test_what_was_written_behind_the_last_place_is_cut_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(csv_output(tmp_path / "clicks.csv", "r"), most=2500)
    with (tmp_path / "clicks.csv.part").open("ab") as file:
        file.write(b"half a li")
    run(csv_output(tmp_path / "clicks.csv", "r"))
    lines = (tmp_path / "clicks.csv").read_bytes().splitlines()
    assert [line.split(b",")[0] for line in lines[1:]] == [f"{SOURCE}/{n}".encode() for n in range(5000, 0, -1)]


def test_digest_and_count_are_those_of_the_file(tmp_path: Path) -> None:
    output = csv_output(tmp_path / "clicks.csv", "r")
    with pytest.raises(KeyboardInterrupt):
        run(output, most=2500)
    output = csv_output(tmp_path / "clicks.csv", "r")
    written = export(clicks_after(output.place, listed, None), FEW, output)
    content = (tmp_path / "clicks.csv").read_bytes()
    assert (written.rows, written.bytes) == (5000, len(content))
    assert written.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("make", [csv_output, parquet_output])
def test_other_export_does_not_go_on_with_the_file(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkmeter.moving.exporting.parquet.ROWS_IN_GROUP", 1000)
    with pytest.raises(KeyboardInterrupt):
        run(make(tmp_path / "clicks", "one"), most=1500)
    with pytest.raises(ExportError, match="delete it to begin anew"):
        make(tmp_path / "clicks", "two")


def test_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "clicks.csv").write_text("mine")
    with pytest.raises(ExportError, match="is there already"):
        csv_output(tmp_path / "clicks.csv", "r")
    with pytest.raises(ExportError, match=r"folder .* is not there"):
        csv_output(tmp_path / "nowhere" / "clicks.csv", "r")


def test_parquet_has_row_groups_and_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkmeter.moving.exporting.parquet.ROWS_IN_GROUP", 2000)
    run(parquet_output(tmp_path / "clicks.parquet", "r"))
    file = parquet.ParquetFile(tmp_path / "clicks.parquet")
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [2000, 2000, 1000]
    table = file.read()
    assert table.column("time")[0].as_py() == NEWEST
    assert table.column("is_bot").type == "bool"


def test_cells_that_a_spreadsheet_would_run_are_text_s13() -> None:
    """Promise S13."""
    columns = chosen(LINK_COLUMNS, ["title", "tags", "max_clicks", "indexable", "expire_time"])
    starts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain"]
    links = [links_pb2.Link(title=start, tags=["=a", "b"], max_clicks=3) for start in starts]
    stream = io.BytesIO()
    output = StreamOutput(stream, CsvFormat(columns))
    export(links, columns, output)
    rows = stream.getvalue().decode().split("\r\n")
    assert rows[0] == "title,tags,max_clicks,indexable,expire_time"
    assert rows[1] == "'=1+1,'=a|b,3,,"
    assert [row.lstrip('"')[0] for row in rows[1:7]] == ["'"] * 6
    assert rows[7] == "plain,'=a|b,3,,"


def test_json_lines_have_the_fields_of_the_contract() -> None:
    link = links_pb2.Link(code="hello", tags=["a", "b|c"], forward_query=links_pb2.FORWARD_QUERY_MISSING)
    link.create_time.FromDatetime(NEWEST)
    columns = chosen(LINK_COLUMNS, ["code", "tags", "forward_query", "create_time", "expire_time", "private_stats"])
    row = json.loads(JsonLinesFormat(columns).encode([row_of(columns, link)]))
    assert row == {
        "code": "hello",
        "tags": ["a", "b|c"],
        "forward_query": "missing",
        "create_time": "2026-05-01T00:00:00Z",
        "expire_time": None,
        "private_stats": None,
    }


def test_no_secret_of_a_link_is_a_column() -> None:
    assert {"password", "edit_token", "claim_token"}.isdisjoint(column.name for column in LINK_COLUMNS)


def test_click_that_was_erased_meanwhile_is_no_place_to_stumble_over() -> None:
    place = str(Place.of(click(3000)))

    def without(until: datetime | None) -> Iterator[clicks_pb2.Click]:
        return (each for each in listed(until) if each.click_id != f"{SOURCE}/3000")

    assert next(clicks_after(place, without, None)).click_id == f"{SOURCE}/2999"
