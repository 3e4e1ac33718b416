"""A click: as redirect recorded it, and as it is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, get_type_hints
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
    # The country as the origin of an imported click had it; may be anything.
    country_hint: str = ""


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
    region: str = ""
    continent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """The page that referred the visitor, at several depths; all empty when the visit was direct."""

    referrer: str = ""
    referrer_host: str = ""
    referrer_origin: str = ""
    referrer_page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """The UTM parameters."""

    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A click as it is kept: (source, sequence) identifies it for ever.

    No two fields have the same name, those of its parts included: storage and contracts know fields by their names.
    """

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
class ClickField:
    """Where a field is in a Click, dotted within a part, and what it holds."""

    path: str
    type: type


def _fields_of(kind: type, prefix: str = "") -> Iterator[tuple[str, ClickField]]:
    hints: dict[str, type] = get_type_hints(kind)
    for name, hint in hints.items():
        if is_dataclass(hint):
            yield from _fields_of(hint, f"{name}.")
        else:
            yield name, ClickField(f"{prefix}{name}", hint)


# A click's fields by their names, as rows have them: class and visitor are numbers, if they are there at all.
ClickFields = Mapping[str, Any]

# Every field of a click by its name.
CLICK_FIELDS: Final[Mapping[str, ClickField]] = dict(_fields_of(Click))
_PARTS: Final[Mapping[str, Any]] = {name: hint for name, hint in get_type_hints(Click).items() if is_dataclass(hint)}
_PART_NAMES: Final = {part: [field.name for field in fields(kind)] for part, kind in _PARTS.items()}
# Those that are in no part.
OWN_NAMES: Final = tuple(name for name, field in CLICK_FIELDS.items() if field.path == name)


def click_from(values: Mapping[str, Any]) -> Click:
    """Return the click of fields by name; raise KeyError when one is missing."""
    parts = {part: kind(**{name: values[name] for name in _PART_NAMES[part]}) for part, kind in _PARTS.items()}
    return Click(**{name: values[name] for name in OWN_NAMES}, **parts)


@dataclass(frozen=True, slots=True)
class SetAside:
    """An outbox row that is no click we can store, kept for inspection."""

    sequence: int
    fault: Fault
    content: bytes
