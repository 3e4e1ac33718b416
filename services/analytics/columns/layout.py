"""How a click is laid out in a copy: a few numbers, and its places in dictionaries of what occurs together."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import Agent, Campaign, Whereabouts
from services.analytics.domain.dimensions import TRAITS, Dimension
from services.analytics.domain.query import Value


def names_of(part: type) -> tuple[str, ...]:
    """Return the names of the fields of a part of a click."""
    return tuple(field.name for field in dataclasses.fields(part))


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
    PLACE = names_of(Whereabouts)
    AGENT = names_of(Agent)
    REFERRAL = ("referrer_page", "referrer_host", "referrer_origin", "social_network")
    CAMPAIGN = names_of(Campaign)


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


_IS_BOT: Final = Group.REQUEST.value.index("is_bot")
_CLASS: Final = Group.REQUEST.value.index("click_class")
_OWNER: Final = Group.REQUEST.value.index("owner_id")
_SPECIAL: Final[Mapping[Dimension, Callable[[Fields], Value]]] = {
    Dimension.IS_BOT: lambda fields: Value(_BOOLEANS[fields[_IS_BOT]]),
    Dimension.CLICK_CLASS: lambda fields: Value(ClickClass(int(fields[_CLASS])).label),
}


def _place(dimension: Dimension) -> Place:
    trait = TRAITS[dimension]
    group = next(group for group in Group if trait.field in group.value)
    index, details = group.value.index(trait.field), [group.value.index(name) for name in trait.detail]
    if not details:
        return Place(group, _SPECIAL.get(dimension, lambda fields: Value(fields[index])))
    return Place(
        group, lambda fields: Value(fields[index], ":".join(fields[i] for i in details) if fields[index] else "")
    )


PLACES: Final[Mapping[Dimension, Place]] = {
    dimension: _place(dimension) for dimension in Dimension if dimension is not Dimension.LINK
}


def is_human(fields: Fields) -> bool:
    """Say whether a request's combination is a person's."""
    return fields[_IS_BOT] == "f"


def owner_of(fields: Fields) -> int:
    """Answer the owner in a request's combination."""
    return int(fields[_OWNER])
