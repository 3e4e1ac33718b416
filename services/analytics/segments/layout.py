"""What the files of a segment hold: their columns, their order, and how sums are made from clicks.

The files are plain on purpose, so that any program that knows Parquet reads them: flat columns with stable names, no
binary values, statistics in the footers (docs/scaling.md).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from services.analytics.domain.click import CLICK_FIELDS
from services.analytics.domain.dimensions import Dimension
from services.analytics.segments.expressions import DAY, EXPRESSIONS, QUARTER


class Kind(StrEnum):
    """What a file of a segment holds."""

    # Raw clicks, each with its visitor's number.
    CLICKS = "clicks"
    # The visitors that have their number since this segment.
    VISITORS = "visitors"
    # Sums by link, UTC day and value of each dimension: only where there are no raw clicks, which tell the same; and of
    # all links of an owner.
    DAILY = "daily"
    OWNER_DAILY = "owner_daily"
    # Sums by link and value of each dimension, whenever it was; and of all links of an owner.
    VALUES = "values"
    OWNER_VALUES = "owner_values"
    # Sums by link and quarter of an hour; and of all links of an owner.
    TOTALS = "totals"
    OWNER_TOTALS = "owner_totals"
    # Sums by link, and the times of its first and last click.
    LINKS = "links"


_TYPES: Final[Mapping[str, str]] = {
    "source": "VARCHAR",
    "time": "TIMESTAMPTZ",
    "http_status": "SMALLINT",
    "city_geoname_id": "INTEGER",
    "latency_us": "INTEGER",
    "is_bot": "BOOLEAN",
    "click_class": "SMALLINT",
    "definition": "SMALLINT",
    "visitor": "INTEGER",
}


def _type_of(name: str) -> str:
    return _TYPES.get(name) or ("VARCHAR" if CLICK_FIELDS[name].type is str else "BIGINT")


# A click in a segment, by column. The visitor is a number here, dense over the whole installation.
CLICK_COLUMNS: Final[Mapping[str, str]] = {name: _type_of(name) for name in CLICK_FIELDS}
# A click as landing gives it: the visitor is a hash.
LANDING_COLUMNS: Final[Mapping[str, str]] = {**CLICK_COLUMNS, "visitor": "BIGINT"}
# Rows that the sums are kept by.
DIMENSIONS: Final = tuple(dimension for dimension in Dimension if dimension is not Dimension.LINK)

_COUNTS: Final = "count(*)::BIGINT AS clicks, (count(*) FILTER (WHERE NOT is_bot))::BIGINT AS human_clicks"
_SUMS: Final = "sum(clicks)::BIGINT AS clicks, sum(human_clicks)::BIGINT AS human_clicks"


def columns_of(columns: Mapping[str, str]) -> str:
    """Return a list of columns with their types, as CREATE TABLE has it."""
    return ", ".join(f"{name} {type_}" for name, type_ in columns.items())


def select(kind: Kind, clicks: str) -> str:
    """Return the statement that makes a kind of rows from a table of clicks, in the order that files have."""
    return f"SELECT {_COLUMNS[kind]} FROM ({_SELECT[kind].format(clicks=clicks)}) AS rows ORDER BY {ORDER[kind]}"


def select_again(kind: Kind, rows: str) -> str:
    """Return the statement that makes one file of sums from the rows of several, given as a relation."""
    return f"{_AGAIN[kind].format(rows=rows)} ORDER BY {ORDER[kind]}"


def _by_value(*keys: str) -> str:
    """Return the statement of the sums of every dimension by its value, and by some keys."""
    return " UNION ALL ".join(
        f"SELECT {', '.join(keys)}, {dimension.value}::SMALLINT AS dimension, "
        f"{EXPRESSIONS[dimension].value} AS value, {EXPRESSIONS[dimension].detail} AS detail, {_COUNTS} "
        "FROM {clicks} GROUP BY ALL"
        for dimension in DIMENSIONS
    )


_DAILY: Final = _by_value("owner_id", "link_id", f"{DAY} AS day")
_OWNER_DAILY: Final = _by_value("owner_id", f"{DAY} AS day")
_VALUES: Final = _by_value("owner_id", "link_id")
_TOTALS: Final = (
    f"SELECT owner_id, link_id, {QUARTER} AS start, {_COUNTS} FROM {{clicks}} GROUP BY owner_id, link_id, start"
)
_LINKS: Final = (
    f"SELECT owner_id, link_id, {_COUNTS}, min(time) AS first_time, max(time) AS last_time "
    "FROM {clicks} GROUP BY owner_id, link_id"
)
_DAILY_AGAIN: Final = (
    f"SELECT owner_id, link_id, dimension, day, value, detail, {_SUMS} FROM {{rows}} "
    "GROUP BY owner_id, link_id, dimension, day, value, detail"
)
_OWNER_DAILY_AGAIN: Final = (
    f"SELECT owner_id, dimension, day, value, detail, {_SUMS} FROM {{rows}} "
    "GROUP BY owner_id, dimension, day, value, detail"
)
_VALUES_AGAIN: Final = (
    f"SELECT owner_id, link_id, dimension, value, detail, {_SUMS} FROM {{rows}} "
    "GROUP BY owner_id, link_id, dimension, value, detail"
)
_OWNER_VALUES_AGAIN: Final = (
    f"SELECT owner_id, dimension, value, detail, {_SUMS} FROM {{rows}} GROUP BY owner_id, dimension, value, detail"
)
_TOTALS_AGAIN: Final = f"SELECT owner_id, link_id, start, {_SUMS} FROM {{rows}} GROUP BY owner_id, link_id, start"
_OWNER_TOTALS_AGAIN: Final = f"SELECT owner_id, start, {_SUMS} FROM {{rows}} GROUP BY owner_id, start"
_LINKS_AGAIN: Final = (
    f"SELECT owner_id, link_id, {_SUMS}, min(first_time) AS first_time, max(last_time) AS last_time "
    "FROM {rows} GROUP BY owner_id, link_id"
)

_SELECT: Final[Mapping[Kind, str]] = {
    Kind.CLICKS: "SELECT * FROM {clicks}",
    Kind.DAILY: _DAILY,
    Kind.OWNER_DAILY: _OWNER_DAILY,
    Kind.VALUES: _VALUES,
    Kind.TOTALS: _TOTALS,
    Kind.LINKS: _LINKS,
}
_AGAIN: Final[Mapping[Kind, str]] = {
    Kind.CLICKS: f"SELECT {', '.join(CLICK_COLUMNS)} FROM {{rows}}",
    Kind.VISITORS: "SELECT visitor_hash, visitor FROM {rows}",
    Kind.DAILY: _DAILY_AGAIN,
    Kind.OWNER_DAILY: _OWNER_DAILY_AGAIN,
    Kind.VALUES: _VALUES_AGAIN,
    Kind.OWNER_VALUES: _OWNER_VALUES_AGAIN,
    Kind.TOTALS: _TOTALS_AGAIN,
    Kind.OWNER_TOTALS: _OWNER_TOTALS_AGAIN,
    Kind.LINKS: _LINKS_AGAIN,
}
_COLUMNS: Final[Mapping[Kind, str]] = {
    Kind.CLICKS: ", ".join(CLICK_COLUMNS),
    Kind.DAILY: "owner_id, link_id, dimension, day, value, detail, clicks, human_clicks",
    Kind.OWNER_DAILY: "owner_id, dimension, day, value, detail, clicks, human_clicks",
    Kind.VALUES: "owner_id, link_id, dimension, value, detail, clicks, human_clicks",
    Kind.TOTALS: "owner_id, link_id, start, clicks, human_clicks",
    Kind.LINKS: "owner_id, link_id, clicks, human_clicks, first_time, last_time",
}
# Questions are about an owner or a link: what they need lies together, and the rest of a file is not read.
ORDER: Final[Mapping[Kind, str]] = {
    Kind.CLICKS: "owner_id, link_id, time, source, sequence",
    Kind.VISITORS: "visitor_hash",
    Kind.DAILY: "owner_id, link_id, dimension, day, value, detail",
    Kind.OWNER_DAILY: "owner_id, dimension, day, value, detail",
    Kind.VALUES: "owner_id, link_id, dimension, value, detail",
    Kind.OWNER_VALUES: "owner_id, dimension, value, detail",
    Kind.TOTALS: "owner_id, link_id, start",
    Kind.OWNER_TOTALS: "owner_id, start",
    Kind.LINKS: "owner_id, link_id",
}
