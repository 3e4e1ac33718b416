"""Write a segment of sums alone: of a month whose raw clicks an older version dropped."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb

from services.analytics.domain.dimensions import Dimension
from services.analytics.segments.expressions import QUARTER_US
from services.analytics.segments.layout import DIMENSIONS, ORDER, Kind
from services.analytics.segments.registry import NewSegment
from services.analytics.segments.writing import Written, moment_of, write_files

# Columns of the old tables, as they are read.
OLD_TOTALS: Final[Mapping[str, str]] = {
    "owner_id": "BIGINT",
    "link_id": "BIGINT",
    "start": "TIMESTAMPTZ",
    "clicks": "BIGINT",
    "human_clicks": "BIGINT",
}
OLD_DAILY: Final[Mapping[str, str]] = {
    "owner_id": "BIGINT",
    "link_id": "BIGINT",
    "dimension": "SMALLINT",
    "day": "DATE",
    "value": "VARCHAR",
    "detail": "VARCHAR",
    "clicks": "BIGINT",
    "human_clicks": "BIGINT",
}
# The value of each dimension that had no rows in old sums: its clicks are the totals less those of all others.
_IMPLICIT: Final[Mapping[Dimension, str]] = {
    **dict.fromkeys(DIMENSIONS, ""),
    Dimension.IS_BOT: "false",
    Dimension.HTTP_STATUS: "302",
    Dimension.METHOD: "GET",
    Dimension.SCHEME: "https",
}
_IMPLICIT_ROWS: Final = ", ".join(f"({each.value}::SMALLINT, '{_IMPLICIT[each]}')" for each in DIMENSIONS)
_TOTALS: Final = "SELECT owner_id, link_id, start, clicks, human_clicks FROM {totals}"
# Times are known to a quarter of an hour only.
_LINKS: Final = """
SELECT
    owner_id, link_id, sum(clicks)::BIGINT AS clicks, sum(human_clicks)::BIGINT AS human_clicks,
    min(start) AS first_time, max(start) AS last_time
FROM {totals} GROUP BY owner_id, link_id
"""
_DAILY: Final = f"""
WITH days AS (
    SELECT owner_id, link_id, start::DATE AS day, sum(clicks) AS clicks, sum(human_clicks) AS human_clicks
    FROM {{totals}} GROUP BY owner_id, link_id, start::DATE
), others AS (
    SELECT owner_id, link_id, dimension, day, sum(clicks) AS clicks, sum(human_clicks) AS human_clicks
    FROM {{daily}} GROUP BY owner_id, link_id, dimension, day
)
SELECT owner_id, link_id, dimension, day, value, detail, clicks, human_clicks FROM {{daily}}
UNION ALL
SELECT
    owner_id, link_id, dimension, day, value, '' AS detail,
    (days.clicks - coalesce(others.clicks, 0))::BIGINT AS clicks,
    (days.human_clicks - coalesce(others.human_clicks, 0))::BIGINT AS human_clicks
FROM days CROSS JOIN (VALUES {_IMPLICIT_ROWS}) AS implicit (dimension, value)
LEFT JOIN others USING (owner_id, link_id, dimension, day)
WHERE days.clicks > coalesce(others.clicks, 0)
"""
_ABOUT: Final = "SELECT sum(clicks)::BIGINT, epoch_us(min(start)), epoch_us(max(start)) FROM {totals}"
# Which definition the clicks followed is not known: the first one.
_DEFINITION: Final = 1


def write_old_sums(
    duck: duckdb.DuckDBPyConnection, totals: str, daily: str, *, month: date, erasures_applied: int, scratch: Path
) -> list[Written]:
    """Write the segment of two tables of old sums, all of one month: none when there were no clicks."""
    row = duck.execute(_ABOUT.format(totals=totals)).fetchone()
    assert row is not None, "aggregates have a row"  # noqa: S101
    rows, first, last = row
    if not rows:
        return []
    name = uuid4().hex
    statements = {Kind.TOTALS: _TOTALS, Kind.LINKS: _LINKS, Kind.DAILY: _DAILY}
    filled = {
        kind: f"SELECT * FROM ({sql.format(totals=totals, daily=daily)}) AS sums ORDER BY {ORDER[kind]}"
        for kind, sql in statements.items()
    }
    files, paths = write_files(duck, name, filled, scratch)
    segment = NewSegment(
        name=name,
        month=month,
        rows=rows,
        has_clicks=False,
        first_time=moment_of(first),
        last_time=moment_of(last + QUARTER_US - 1),
        definition=_DEFINITION,
        erasures_applied=erasures_applied,
        files=files,
    )
    return [Written(segment, paths)]
