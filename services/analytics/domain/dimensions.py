"""What clicks can be grouped and filtered by: the table from which SQL, sums and filters are derived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from typing import Any, Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import CLICK_FIELDS, Click
from services.analytics.domain.countries import continent_name, country_name


class Dimension(IntEnum):
    """What clicks can be grouped and filtered by; the numbers are the contract's."""

    LINK = 1
    CODE = 2
    DOMAIN = 3
    COUNTRY = 4
    CITY = 5
    BROWSER = 6
    BROWSER_FAMILY = 7
    BROWSER_VERSION = 8
    OS = 9
    DEVICE_TYPE = 10
    REFERRER = 11
    REFERRER_HOST = 12
    REFERRER_ORIGIN = 13
    SOCIAL_NETWORK = 14
    LANGUAGE = 15
    UTM_SOURCE = 16
    UTM_MEDIUM = 17
    UTM_CAMPAIGN = 18
    UTM_TERM = 19
    UTM_CONTENT = 20
    IS_BOT = 21
    HTTP_STATUS = 22
    METHOD = 23
    SCHEME = 24
    VARIANT = 25
    CLICK_CLASS = 26
    REGION = 27
    CONTINENT = 28


@dataclass(frozen=True, slots=True)
class Trait:
    """Where a dimension's value comes from, and how it is counted and shown."""

    # Name of the click's field.
    field: str
    # Names of the fields that distinguish equal values, such as two cities of one name; unused where a click has none.
    detail: tuple[str, ...] = ()
    # The name for people of a value that is a code.
    label: Callable[[str], str] = lambda _: ""


TRAITS: Final[Mapping[Dimension, Trait]] = {
    Dimension.LINK: Trait("link_id"),
    Dimension.CODE: Trait("code"),
    Dimension.DOMAIN: Trait("domain"),
    Dimension.COUNTRY: Trait("country", label=country_name),
    Dimension.CITY: Trait("city", detail=("country", "city_geoname_id")),
    Dimension.BROWSER: Trait("browser"),
    Dimension.BROWSER_FAMILY: Trait("browser_family"),
    Dimension.BROWSER_VERSION: Trait("browser_version"),
    Dimension.OS: Trait("os"),
    Dimension.DEVICE_TYPE: Trait("device_type"),
    Dimension.REFERRER: Trait("referrer_page"),
    Dimension.REFERRER_HOST: Trait("referrer_host"),
    Dimension.REFERRER_ORIGIN: Trait("referrer_origin"),
    Dimension.SOCIAL_NETWORK: Trait("social_network"),
    Dimension.LANGUAGE: Trait("language"),
    Dimension.UTM_SOURCE: Trait("utm_source"),
    Dimension.UTM_MEDIUM: Trait("utm_medium"),
    Dimension.UTM_CAMPAIGN: Trait("utm_campaign"),
    Dimension.UTM_TERM: Trait("utm_term"),
    Dimension.UTM_CONTENT: Trait("utm_content"),
    Dimension.IS_BOT: Trait("is_bot"),
    Dimension.HTTP_STATUS: Trait("http_status"),
    Dimension.METHOD: Trait("method"),
    Dimension.SCHEME: Trait("scheme"),
    Dimension.VARIANT: Trait("variant"),
    Dimension.CLICK_CLASS: Trait("click_class"),
    Dimension.REGION: Trait("region", detail=("country",)),
    Dimension.CONTINENT: Trait("continent", label=continent_name),
}


def value_of(dimension: Dimension) -> Callable[[Click], str]:
    """Return the function from a click to its value of a dimension."""
    field = CLICK_FIELDS[TRAITS[dimension].field]
    get: Callable[[Click], Any] = attrgetter(field.path)
    return get if field.type is str else lambda click: text_of(get(click))


def text_of(value: int | ClickClass) -> str:
    """Return the text by which queries name a number, a boolean or a class."""
    if isinstance(value, ClickClass):
        return value.label
    return str(value).lower() if isinstance(value, bool) else str(value)


def detail_of(dimension: Dimension, click: Click) -> str:
    """Return what distinguishes equal values of a dimension, joined by colons; empty for most dimensions."""
    get = _DETAILS.get(dimension)
    return get(click) if get else ""


def _detail_from(dimension: Dimension) -> Callable[[Click], str]:
    value, details = value_of(dimension), [attrgetter(CLICK_FIELDS[name].path) for name in TRAITS[dimension].detail]
    return lambda click: ":".join(str(get(click)) for get in details) if value(click) else ""


_DETAILS: Final = {dimension: _detail_from(dimension) for dimension, trait in TRAITS.items() if trait.detail}
