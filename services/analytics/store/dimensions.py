"""What each dimension is in the tables: its SQL on raw clicks, its value of a click, its place in the daily rollups."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import Click
from services.analytics.domain.query import Dimension


@dataclass(frozen=True, slots=True)
class Column:
    """A dimension as SQL over the clicks table."""

    value: str
    detail: str = "''"


@dataclass(frozen=True, slots=True)
class Rolled:
    """A dimension in the daily rollups. The implicit value has no rows there: it is what the others leave over."""

    implicit: str
    value_of: Callable[[Click], str]


_CLASS_LABEL: Final = f"""CASE click_class {
    " ".join(f"WHEN {member.value} THEN '{member.label}'" for member in ClickClass if member.label)
} ELSE '' END"""

COLUMNS: Final[Mapping[Dimension, Column]] = {
    Dimension.LINK: Column("link_id::text"),
    Dimension.CODE: Column("code"),
    Dimension.DOMAIN: Column("domain"),
    Dimension.COUNTRY: Column("country"),
    # Cities of one name are told apart; "unknown" is one value whatever the country.
    Dimension.CITY: Column("city", "CASE WHEN city = '' THEN '' ELSE country || ':' || city_geoname_id END"),
    Dimension.BROWSER: Column("browser"),
    Dimension.BROWSER_FAMILY: Column("browser_family"),
    Dimension.BROWSER_VERSION: Column("browser_version"),
    Dimension.OS: Column("os"),
    Dimension.DEVICE_TYPE: Column("device_type"),
    Dimension.REFERRER: Column("referrer_page"),
    Dimension.REFERRER_HOST: Column("referrer_host"),
    Dimension.REFERRER_ORIGIN: Column("referrer_origin"),
    Dimension.SOCIAL_NETWORK: Column("social_network"),
    Dimension.LANGUAGE: Column("language"),
    Dimension.UTM_SOURCE: Column("utm_source"),
    Dimension.UTM_MEDIUM: Column("utm_medium"),
    Dimension.UTM_CAMPAIGN: Column("utm_campaign"),
    Dimension.UTM_TERM: Column("utm_term"),
    Dimension.UTM_CONTENT: Column("utm_content"),
    Dimension.IS_BOT: Column("is_bot::text"),
    Dimension.HTTP_STATUS: Column("http_status::text"),
    Dimension.METHOD: Column("method"),
    Dimension.SCHEME: Column("scheme"),
    Dimension.VARIANT: Column("variant"),
    Dimension.CLICK_CLASS: Column(_CLASS_LABEL),
}

# The implicit values are part of the stored data: changing one needs a migration.
ROLLED: Final[Mapping[Dimension, Rolled]] = {
    Dimension.CODE: Rolled("", lambda click: click.code),
    Dimension.DOMAIN: Rolled("", lambda click: click.domain),
    Dimension.COUNTRY: Rolled("", lambda click: click.whereabouts.country),
    Dimension.CITY: Rolled("", lambda click: click.whereabouts.city),
    Dimension.BROWSER: Rolled("", lambda click: click.agent.browser),
    Dimension.BROWSER_FAMILY: Rolled("", lambda click: click.agent.browser_family),
    Dimension.BROWSER_VERSION: Rolled("", lambda click: click.agent.browser_version),
    Dimension.OS: Rolled("", lambda click: click.agent.os),
    Dimension.DEVICE_TYPE: Rolled("", lambda click: click.agent.device_type),
    Dimension.REFERRER: Rolled("", lambda click: click.referral.page),
    Dimension.REFERRER_HOST: Rolled("", lambda click: click.referral.host),
    Dimension.REFERRER_ORIGIN: Rolled("", lambda click: click.referral.origin),
    Dimension.SOCIAL_NETWORK: Rolled("", lambda click: click.social_network),
    Dimension.LANGUAGE: Rolled("", lambda click: click.language),
    Dimension.UTM_SOURCE: Rolled("", lambda click: click.campaign.source),
    Dimension.UTM_MEDIUM: Rolled("", lambda click: click.campaign.medium),
    Dimension.UTM_CAMPAIGN: Rolled("", lambda click: click.campaign.campaign),
    Dimension.UTM_TERM: Rolled("", lambda click: click.campaign.term),
    Dimension.UTM_CONTENT: Rolled("", lambda click: click.campaign.content),
    Dimension.IS_BOT: Rolled("false", lambda click: "true" if click.is_bot else "false"),
    Dimension.HTTP_STATUS: Rolled("302", lambda click: str(click.http_status)),
    Dimension.METHOD: Rolled("GET", lambda click: click.method),
    Dimension.SCHEME: Rolled("https", lambda click: click.scheme),
    Dimension.VARIANT: Rolled("", lambda click: click.variant),
    # Nothing is implicit but what was not classified, so that clicks of a program without classes are told apart.
    Dimension.CLICK_CLASS: Rolled("", lambda click: click.click_class.label),
}


def detail_of(dimension: Dimension, click: Click) -> str:
    """Answer the detail of a click's value: the same that COLUMNS says in SQL."""
    if dimension is not Dimension.CITY or not click.whereabouts.city:
        return ""
    return f"{click.whereabouts.country}:{click.whereabouts.city_geoname_id}"
