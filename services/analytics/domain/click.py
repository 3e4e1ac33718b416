"""A click: as redirect recorded it, and as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.analytics.domain.classes import ClickClass

# The link of visits that found none.
ORPHAN_LINK_ID: Final = 0


class Fault(StrEnum):
    """Why a click was set aside."""

    UNDECODABLE = "undecodable"
    NO_LINK = "no_link"
    ABSURD_TIME = "absurd_time"
    NUL_IN_TEXT = "nul_in_text"
    BAD_VALUE = "bad_value"
    REFUSED_BY_DATABASE = "refused_by_database"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedClick:
    """What redirect knew when a link was followed."""

    time: datetime
    link_id: int
    owner_id: int
    domain_id: int
    domain: str
    code: str
    destination: str
    http_status: int
    method: str
    scheme: str
    ip: str
    user_agent: str
    referrer: str
    accept_language: str
    query: str
    purpose: str
    variant: str
    latency_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """What a user agent says of the visitor's software; empty where it says nothing."""

    browser: str = ""
    browser_family: str = ""
    browser_version: str = ""
    os: str = ""
    device_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where an address is; empty and 0 where that is unknown."""

    country: str = ""
    city: str = ""
    city_geoname_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """The page that referred the visitor, at several depths; all empty when the visit was direct."""

    referrer: str = ""
    host: str = ""
    origin: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """The UTM parameters."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A click as it is kept: (source, sequence) identifies it for ever."""

    source: UUID
    sequence: int
    time: datetime
    link_id: int
    owner_id: int
    domain_id: int
    domain: str
    code: str
    destination: str
    http_status: int
    method: str
    scheme: str
    ip: str
    user_agent: str
    purpose: str
    variant: str
    latency_us: int
    agent: Agent
    # True for every class but people. Of clicks that are older than the classes, all that is known.
    is_bot: bool
    click_class: ClickClass
    # The definition that class and is_bot follow.
    definition: int
    whereabouts: Whereabouts
    referral: Referral
    social_network: str
    campaign: Campaign
    language: str
    visitor: bytes

    @property
    def is_orphan(self) -> bool:
        """True for a visit that found no link."""
        return self.link_id == ORPHAN_LINK_ID


@dataclass(frozen=True, slots=True)
class SetAside:
    """An outbox row that is no click we can store, kept for inspection."""

    sequence: int
    fault: Fault
    content: bytes
