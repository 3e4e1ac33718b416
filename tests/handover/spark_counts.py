"""Count clicks with Spark as its users do: spark_counts.py MANIFEST RESULT. Needs Spark's own folder on PYTHONPATH."""

import json
import sys
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

# Two executors with a core and a gibibyte each, in processes of their own: what a cluster does, on one machine.
CLUSTER = "local-cluster[2,1,1024]"


def clicks_of(spark: SparkSession, manifest: dict[str, Any]) -> DataFrame:
    """Return the clicks of all segments, less what was erased from each."""
    paths: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for segment in manifest["segments"]:
        if "clicks" in segment["files"]:
            erased = tuple((each["owner_id"], each["link_id"]) for each in segment["erased"])
            paths.setdefault(erased, []).append(segment["files"]["clicks"]["path"])
    parts = [_without(spark, spark.read.parquet(*some), erased) for erased, some in paths.items()]
    return reduce(DataFrame.unionByName, parts)


def _without(spark: SparkSession, clicks: DataFrame, erased: Sequence[tuple[int, int]]) -> DataFrame:
    links = spark.createDataFrame([*erased], "owner_id LONG, link_id LONG")
    return clicks.join(f.broadcast(links), ["owner_id", "link_id"], "left_anti") if erased else clicks


def counts(clicks: DataFrame, *by: str) -> list[list[Any]]:
    """Return clicks, clicks of people, visitors and visitors that are people, by columns."""
    rows = clicks.groupBy(*by).agg(
        f.count("*"),
        f.count_if(~f.col("is_bot")),
        f.count_distinct("visitor"),
        f.count_distinct(f.when(~f.col("is_bot"), f.col("visitor"))),
    )
    return [list(row) for row in rows.collect()]


def main(manifest_path: str, result_path: str) -> None:
    """Write what was counted, and where."""
    manifest = json.loads(Path(manifest_path).read_text(encoding="utf-8"))
    spark = (
        SparkSession.builder.master(CLUSTER)
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    clicks = clicks_of(spark, manifest).cache()
    result = {
        "version": spark.version,
        "columns": dict(clicks.dtypes),
        "first_time": clicks.agg(f.unix_micros(f.min("time"))).collect()[0][0],
        "last_time": clicks.agg(f.unix_micros(f.max("time"))).collect()[0][0],
        "by_owner": counts(clicks, "owner_id"),
        "by_link": counts(clicks, "owner_id", "link_id"),
        "by_country": counts(clicks, "owner_id", "country"),
        "by_link_and_country": counts(clicks, "owner_id", "link_id", "country"),
    }
    Path(result_path).write_text(json.dumps(result), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
