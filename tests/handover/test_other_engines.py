"""Other engines read segments by the manifest, and count what we count: make handover-test."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Metric, Query, Report
from services.analytics.segments.writing import parquet
from tests.handover.others import run_with, spark_counts, spark_type
from tests.support.engine import Engine, running_engine
from tests.support.handover import NOW, erase, listed, many_clicks, settle_in_turns

pytestmark = pytest.mark.handover

CLICKS = many_clicks(11, 30_000)
METRICS = (Metric.CLICKS, Metric.HUMAN_CLICKS, Metric.VISITORS, Metric.HUMAN_VISITORS)
REPORTS = {
    "by_owner": (),
    "by_link": (Dimension.LINK,),
    "by_country": (Dimension.COUNTRY,),
    "by_link_and_country": (Dimension.LINK, Dimension.COUNTRY),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def our_counts(engine: Engine, owners: Sequence[int]) -> dict[str, list[list[Any]]]:
    """Ask for the same numbers as Spark is asked for, an owner after another."""
    counts: dict[str, list[list[Any]]] = {name: [] for name in REPORTS}
    for owner in owners:
        reports = tuple(Report(dimensions=each, metrics=METRICS, limit=1000) for each in REPORTS.values())
        result = await engine.ask(Query(audience=Audience(owner_id=owner), reports=reports), NOW)
        for name, rows in zip(REPORTS, result.results, strict=True):
            for row in rows:
                values = [
                    int(value.text) if dimension is Dimension.LINK else value.text
                    for dimension, value in zip(REPORTS[name], row.values, strict=True)
                ]
                counts[name].append([owner, *values, *row.metrics])
    return {name: sorted(rows) for name, rows in counts.items()}


async def test_spark_counts_what_we_count(analytics_database: str, tmp_path: Path) -> None:
    """Clicks, people and visitors of every owner, link and country, while a link's clicks are still to be erased.

    A cluster of two executors reads several segments of several months; all clicks are settled.
    """
    async with running_engine(analytics_database, tmp_path) as engine:
        first = CLICKS[0]
        await settle_in_turns(engine, CLICKS[:15_000], 2)
        await erase(engine.pool, first.owner_id, first.link_id)
        # What is settled from here on knows of the erasure: there are segments to leave clicks out of, and others.
        after = [item for item in CLICKS[15_000:] if (item.owner_id, item.link_id) != (first.owner_id, first.link_id)]
        await settle_in_turns(engine, after, 2)
        left = [item for item in CLICKS if (item.owner_id, item.link_id) != (first.owner_id, first.link_id)]
        assert 0 < len(left) < len(CLICKS)
        owners = sorted({item.owner_id for item in left})
        ours = await our_counts(engine, owners)
    manifest = listed(analytics_database, tmp_path / "segments", "--erased", "name")
    assert manifest["newest_clicks"] == 0
    assert {len(segment["erased"]) for segment in manifest["segments"]} == {0, 1}
    assert len(manifest["segments"]) > 8
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    theirs = json.loads(spark_counts(tmp_path / "manifest.json", tmp_path).read_text(encoding="utf-8"))
    columns = manifest["kinds"]["clicks"]["columns"]
    assert theirs["columns"] == {name: spark_type(type_) for name, type_ in columns.items()}
    for name, rows in ours.items():
        assert sorted(theirs[name]) == rows, name
    assert sum(row[1] for row in theirs["by_owner"]) == len(left)
    assert len(owners) > 4
    for name, expected in [("first_time", min), ("last_time", max)]:
        assert theirs[name] == (expected(item.time for item in left) - EPOCH) // timedelta(microseconds=1)


async def test_the_older_duckdb_reads_what_ours_wrote_and_the_reverse(analytics_database: str, tmp_path: Path) -> None:
    """Files of every kind, row by row: what the older one copied, ours finds equal to what it was copied from."""
    async with running_engine(analytics_database, tmp_path) as engine:
        await settle_in_turns(engine, CLICKS[:4000], 2)
        # One of them has sums by link and day in place of raw clicks.
        await engine.rewriting.rewrite([(await engine.segments())[0]], keep_clicks=False)
    manifest = listed(analytics_database, tmp_path / "segments")
    files = [Path(file["path"]) for segment in manifest["segments"] for file in segment["files"].values()]
    copies = tmp_path / "copies"
    copies.mkdir()
    assert run_with("duckdb", "older_duckdb.py", copies, *files).startswith("1.5.")
    assert duckdb.__version__.startswith("2.")
    with duckdb.connect(":memory:") as duck:
        for number, file in enumerate(files):
            original, copy = parquet([file]), parquet([copies / f"{number}.parquet"])
            both = [duck.execute(f"SELECT * FROM {rows}").fetchall() for rows in (original, copy)]  # noqa: S608
            assert both[0] == both[1], file.name
            described = [duck.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall() for rows in (original, copy)]  # noqa: S608
            assert described[0] == described[1], file.name
    assert {file.stem for file in files} == set(manifest["kinds"])
