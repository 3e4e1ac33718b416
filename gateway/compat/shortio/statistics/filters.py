"""From include and exclude to our filters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import ids, moments, values
from gateway.compat.shortio.intervals import Interval
from linkmeter.analytics.v1.stats_service_pb2 import (
    DIMENSION_BROWSER,
    DIMENSION_BROWSER_VERSION,
    DIMENSION_CODE,
    DIMENSION_COUNTRY,
    DIMENSION_HTTP_STATUS,
    DIMENSION_IS_BOT,
    DIMENSION_METHOD,
    DIMENSION_REFERRER_HOST,
    DIMENSION_SCHEME,
    DIMENSION_SOCIAL_NETWORK,
    DIMENSION_UTM_CAMPAIGN,
    DIMENSION_UTM_MEDIUM,
    DIMENSION_UTM_SOURCE,
    Dimension,
    Filter,
)
from linkmeter.compat.shortio.v2 import statistics_pb2
from services.common import errors

MOST_VALUES: Final = 1000
# What the clickstream shows for no utm_medium.
NO_UTM_MEDIUM: Final = "unknown"


@dataclass(frozen=True, slots=True)
class _Condition:
    """A list of values: the field of our contract, the name that clients know, and what it is compared with."""

    field: str
    name: str
    dimension: "Dimension.ValueType"
    normal: Callable[[str], str] = str


_CONDITIONS: Final = (
    _Condition("paths", "paths", DIMENSION_CODE, ids.code_of),
    _Condition("countries", "countries", DIMENSION_COUNTRY, str.upper),
    _Condition("browsers", "browsers", DIMENSION_BROWSER),
    _Condition("socials", "socials", DIMENSION_SOCIAL_NETWORK),
    _Condition("browser_versions", "browserVersions", DIMENSION_BROWSER_VERSION),
    _Condition("statuses", "statuses", DIMENSION_HTTP_STATUS),
    _Condition("methods", "methods", DIMENSION_METHOD, str.upper),
    _Condition("protos", "protos", DIMENSION_SCHEME, str.lower),
    _Condition("refhosts", "refhosts", DIMENSION_REFERRER_HOST, str.lower),
    _Condition("utm_sources", "utmSources", DIMENSION_UTM_SOURCE),
    _Condition("utm_mediums", "utmMediums", DIMENSION_UTM_MEDIUM),
    _Condition("utm_campaigns", "utmCampaigns", DIMENSION_UTM_CAMPAIGN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Which clicks are meant."""

    filters: tuple[Filter, ...] = ()
    interval: Interval = field(default_factory=Interval)
    excluded: tuple[Interval, ...] = ()
    # Whether the client asks for certain statuses, and so for visits that found no link, too.
    names_statuses: bool = False


def conditions(options: statistics_pb2.StatisticsOptions, time_zone: tzinfo, *, is_wall_clock: bool) -> Conditions:
    """Parse include and exclude. To be counted a click must meet all that is included and nothing that is excluded.

    Raises InvalidArgument for a list of more than MOST_VALUES values, and for values of another type.
    """
    wanted = _dates(options.include, "include", time_zone, is_wall_clock=is_wall_clock)
    unwanted = _dates(options.exclude, "exclude", time_zone, is_wall_clock=is_wall_clock)
    return Conditions(
        filters=(
            *_filters(options.include, "include", negated=False),
            *_filters(options.exclude, "exclude", negated=True),
        ),
        interval=wanted or Interval(),
        excluded=(unwanted,) if unwanted else (),
        names_statuses=bool(values.texts(options.include.statuses, "include.statuses")),
    )


def _filters(options: statistics_pb2.FilterOptions, owner: str, *, negated: bool) -> Iterator[Filter]:
    for condition in _CONDITIONS:
        name = f"{owner}.{condition.name}"
        listed = {condition.normal(text) for text in values.texts(getattr(options, condition.field), name)}
        if condition.dimension == DIMENSION_UTM_MEDIUM and NO_UTM_MEDIUM in listed:
            listed.add("")
        if len(listed) > MOST_VALUES:
            raise errors.InvalidArgument(name, f"may have at most {MOST_VALUES} values")
        if listed:
            yield Filter(dimension=condition.dimension, values=sorted(listed), negated=negated)
    if not values.is_absent(options.human):
        is_bot = not values.flag(options.human, f"{owner}.human")
        yield Filter(dimension=DIMENSION_IS_BOT, values=["true" if is_bot else "false"], negated=negated)


def _dates(
    options: statistics_pb2.FilterOptions, owner: str, time_zone: tzinfo, *, is_wall_clock: bool
) -> Interval | None:
    """Parse dt: two dates, or none."""
    name = f"{owner}.dt"
    if values.is_absent(options.dt):
        return None
    listed: list[Value] = list(options.dt.list_value.values)
    if options.dt.WhichOneof("kind") != "list_value" or len(listed) not in {0, 2}:
        raise errors.InvalidArgument(name, "must be a list of two dates")
    if not listed:
        return None
    start, end = (moments.read(item, name, time_zone, is_wall_clock=is_wall_clock) for item in listed)
    return Interval(start, end) if start or end else None
