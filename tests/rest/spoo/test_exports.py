"""Statistics as files."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.rest.spoo import examples
from tests.rest.spoo.conftest import Shorten, SpooLink, assert_error
from tests.rest.spoo.examples import FIRST_DAY

PERIOD = "start_date=2025-01-01&end_date=2025-01-03"


@pytest.fixture
async def example(owner: httpx.AsyncClient, shorten: Shorten) -> SpooLink:
    """Return a link whose clicks carry a campaign that is a formula."""
    link = await shorten(owner)
    clicks = list(examples.filter_example())
    clicks.append(examples.click(FIRST_DAY, query="utm_source=%3D1%2B1"))
    await link.ingest(clicks)
    return link


async def test_csv(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """An archive with a table for the sums and one for each list; no cell is a formula (S13)."""
    answer = await owner.get(
        f"/api/v1/export?format=csv&{PERIOD}&group_by=utm_source,country&short_code={example.alias}"
    )
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="spoo-me-export-csv.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        tables = {
            name: list(csv.reader(io.StringIO(archive.read(name).decode(), newline=""))) for name in archive.namelist()
        }
    assert set(tables) == {
        "summary.csv",
        *(f"{metric}_by_{name}.csv" for metric in ("clicks", "unique_clicks") for name in ("utm_source", "country")),
    }
    assert tables["summary.csv"][:2] == [["Field", "Value"], ["total_clicks", "13"]]
    assert tables["clicks_by_utm_source.csv"] == [
        ["utm_source", "clicks", "clicks_percentage"],
        ["(none)", "12", "92.31"],
        ["'=1+1", "1", "7.69"],
    ]


async def test_json_and_xml_say_what_stats_says(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """The same numbers."""
    query = f"{PERIOD}&group_by=time,city&url_id={example.url_id}"
    stats = (await owner.get(f"/api/v1/stats?{query}")).json()
    answer = await owner.get(f"/api/v1/export?format=json&{query}")
    assert answer.headers["content-disposition"] == 'attachment; filename="spoo-me-export.json"'
    body = json.loads(answer.content)
    for name in ("summary", "metrics", "time_range", "computed_metrics", "time_bucket_info", "filters"):
        assert body[name] == stats[name]
    root = ET.fromstring((await owner.get(f"/api/v1/export?format=xml&{query}")).content)  # noqa: S314 - It is ours.
    assert root.findtext("summary/total_clicks") == str(stats["summary"]["total_clicks"])
    assert [item.text for item in root.findall("metrics/clicks_by_city/item/city")] == [
        row["city"] for row in stats["metrics"]["clicks_by_city"]
    ]


async def test_xlsx(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """A workbook with a sheet for the sums and one for each list; no cell is a formula."""
    answer = await owner.get(f"/api/v1/export/links/{example.url_id}?format=xlsx&{PERIOD}&group_by=utm_source")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = book.read("xl/workbook.xml").decode()
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert all(f'name="{name}"' in names for name in ("Summary", "clicks_by_utm_source", "unique_clicks_by_utm_source"))
    assert not any("<f>" in sheet for sheet in sheets)


async def test_everybody_may_have_what_everybody_may_see(
    anyone: httpx.AsyncClient, owner: httpx.AsyncClient, shorten: Shorten, example: SpooLink
) -> None:
    """Without a key those of public links."""
    public = await shorten(anyone)
    answer = await anyone.get(f"/api/v1/export?format=json&scope=anon&short_code={public.alias}")
    assert answer.status_code == 200
    assert_error(await anyone.get(f"/api/v1/export?format=json&scope=anon&short_code={example.alias}"), 401)
    assert_error(await anyone.get("/api/v1/export?format=json"), 401)
    assert_error(await owner.get("/api/v1/export"), 400)
    assert_error(await owner.get("/api/v1/export?format=pdf"), 400)
