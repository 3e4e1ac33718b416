"""What Short.io can show the top values of, in our dimensions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.compat.shortio import ids
from linkmeter.analytics.v1.stats_service_pb2 import (
    DIMENSION_BROWSER,
    DIMENSION_BROWSER_VERSION,
    DIMENSION_CITY,
    DIMENSION_CODE,
    DIMENSION_COUNTRY,
    DIMENSION_HTTP_STATUS,
    DIMENSION_IS_BOT,
    DIMENSION_METHOD,
    DIMENSION_OS,
    DIMENSION_REFERRER_HOST,
    DIMENSION_SCHEME,
    DIMENSION_SOCIAL_NETWORK,
    DIMENSION_UTM_CAMPAIGN,
    DIMENSION_UTM_MEDIUM,
    DIMENSION_UTM_SOURCE,
    DIMENSION_VARIANT,
    Dimension,
    DimensionValue,
)
from services.common import errors

NOT_FOUND: Final = "404"
_HUMAN: Final = {"false": "true", "true": "false"}


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A value as clients see it."""

    column: str
    display_name: str


def _as_is(value: DimensionValue) -> ColumnValue:
    return ColumnValue(value.value, value.label or value.value)


def _path(value: DimensionValue) -> ColumnValue:
    return ColumnValue(ids.path_of(value.value), ids.path_of(value.value))


def _city(value: DimensionValue) -> ColumnValue:
    return ColumnValue(str(value.geoname_id) if value.geoname_id else value.value, value.value)


def _human(value: DimensionValue) -> ColumnValue:
    human = _HUMAN.get(value.value, value.value)
    return ColumnValue(human, human)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; without a dimension it never has values."""

    name: str
    dimension: "Dimension.ValueType | None"
    show: Callable[[DimensionValue], ColumnValue] = _as_is
    # Only visits with this HTTP status, orphan ones among them.
    status: str = ""
    # Whether visits that found no link count.
    has_orphans: bool = False


_COLUMNS: Final = {
    column.name: column
    for column in (
        Column("path", DIMENSION_CODE, _path),
        Column("path_404", DIMENSION_CODE, _path, status=NOT_FOUND, has_orphans=True),
        Column("method", DIMENSION_METHOD),
        Column("st", DIMENSION_HTTP_STATUS, has_orphans=True),
        Column("proto", DIMENSION_SCHEME),
        Column("human", DIMENSION_IS_BOT, _human),
        Column("browser", DIMENSION_BROWSER),
        Column("browser_version", DIMENSION_BROWSER_VERSION),
        Column("country", DIMENSION_COUNTRY),
        Column("city", DIMENSION_CITY, _city),
        Column("social", DIMENSION_SOCIAL_NETWORK),
        Column("refhost", DIMENSION_REFERRER_HOST),
        Column("os", DIMENSION_OS),
        Column("utm_source", DIMENSION_UTM_SOURCE),
        Column("utm_medium", DIMENSION_UTM_MEDIUM),
        Column("utm_campaign", DIMENSION_UTM_CAMPAIGN),
        Column("goal_completed", None),
        Column("ab_path", DIMENSION_VARIANT),
    )
}


def named(name: str) -> Column:
    """Return the column of a name; raise InvalidArgument for any other."""
    if column := _COLUMNS.get(name):
        return column
    raise errors.InvalidArgument("column", f"must be one of {', '.join(_COLUMNS)}")
