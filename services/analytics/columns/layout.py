"""How a click is laid out in a copy: a few numbers, and its places in dictionaries of what occurs together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.query import Dimension, Value


class Group(Enum):
    """Columns of the clicks table that depend on each other, so that few combinations of them occur."""

    REQUEST = (
        "owner_id",
        "domain",
        "code",
        "http_status",
        "method",
        "scheme",
        "variant",
        "is_bot",
        "click_class",
        "language",
    )
    PLACE = ("country", "city", "city_geoname_id")
    AGENT = ("browser", "browser_family", "browser_version", "os", "device_type")
    REFERRAL = ("referrer_page", "referrer_host", "referrer_origin", "social_network")
    CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


Fields = tuple[str, ...]

TIME_DIGITS: Final = 16
LATENCY_DIGITS: Final = 11
LATENCY_OFFSET: Final = 20_000_000_000
# What COPY writes of a click: numbers of always as many digits, the visitor, then the groups one after the other. The
# microseconds of Unix time are exact as floating point numbers until the year 2106.
SELECTED: Final = ", ".join(
    [
        "(date_part('epoch', time) * 1000000)::bigint",
        f"latency_us + {LATENCY_OFFSET}",
        "encode(visitor, 'hex')",
        *(column for group in Group for column in group.value),
    ]
)
FIRST_FIELD: Final = 3
FIELDS: Final = FIRST_FIELD + sum(len(group.value) for group in Group)
# PostgreSQL's booleans in COPY.
_BOOLEANS: Final = {"t": "true", "f": "false"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dimension is: its group, and its value and detail of a combination. The same as COLUMNS says in SQL."""

    group: Group
    value_of: Callable[[Fields], Value]


def _plain(group: Group, column: str) -> Place:
    index = group.value.index(column)
    return Place(group, lambda fields: Value(fields[index]))


def _city(fields: Fields) -> Value:
    country, city, geoname_id = fields
    return Value(city, f"{country}:{geoname_id}" if city else "")


_IS_BOT: Final = Group.REQUEST.value.index("is_bot")
_CLASS: Final = Group.REQUEST.value.index("click_class")
_OWNER: Final = Group.REQUEST.value.index("owner_id")

PLACES: Final[Mapping[Dimension, Place]] = {
    Dimension.CODE: _plain(Group.REQUEST, "code"),
    Dimension.DOMAIN: _plain(Group.REQUEST, "domain"),
    Dimension.COUNTRY: _plain(Group.PLACE, "country"),
    Dimension.CITY: Place(Group.PLACE, _city),
    Dimension.BROWSER: _plain(Group.AGENT, "browser"),
    Dimension.BROWSER_FAMILY: _plain(Group.AGENT, "browser_family"),
    Dimension.BROWSER_VERSION: _plain(Group.AGENT, "browser_version"),
    Dimension.OS: _plain(Group.AGENT, "os"),
    Dimension.DEVICE_TYPE: _plain(Group.AGENT, "device_type"),
    Dimension.REFERRER: _plain(Group.REFERRAL, "referrer_page"),
    Dimension.REFERRER_HOST: _plain(Group.REFERRAL, "referrer_host"),
    Dimension.REFERRER_ORIGIN: _plain(Group.REFERRAL, "referrer_origin"),
    Dimension.SOCIAL_NETWORK: _plain(Group.REFERRAL, "social_network"),
    Dimension.LANGUAGE: _plain(Group.REQUEST, "language"),
    Dimension.UTM_SOURCE: _plain(Group.CAMPAIGN, "utm_source"),
    Dimension.UTM_MEDIUM: _plain(Group.CAMPAIGN, "utm_medium"),
    Dimension.UTM_CAMPAIGN: _plain(Group.CAMPAIGN, "utm_campaign"),
    Dimension.UTM_TERM: _plain(Group.CAMPAIGN, "utm_term"),
    Dimension.UTM_CONTENT: _plain(Group.CAMPAIGN, "utm_content"),
    Dimension.IS_BOT: Place(Group.REQUEST, lambda fields: Value(_BOOLEANS[fields[_IS_BOT]])),
    Dimension.HTTP_STATUS: _plain(Group.REQUEST, "http_status"),
    Dimension.METHOD: _plain(Group.REQUEST, "method"),
    Dimension.SCHEME: _plain(Group.REQUEST, "scheme"),
    Dimension.VARIANT: _plain(Group.REQUEST, "variant"),
    Dimension.CLICK_CLASS: Place(Group.REQUEST, lambda fields: Value(ClickClass(int(fields[_CLASS])).label)),
}


def is_human(fields: Fields) -> bool:
    """Say whether a request's combination is a person's."""
    return fields[_IS_BOT] == "f"


def owner_of(fields: Fields) -> int:
    """Answer the owner in a request's combination."""
    return int(fields[_OWNER])
