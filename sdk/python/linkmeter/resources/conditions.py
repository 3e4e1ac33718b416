"""Conditions on clicks, the same for statistics and for lists of clicks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from linkmeter.analytics.v1 import stats_service_pb2 as messages
from linkmeter.convert import enum_value

# What clicks are grouped and filtered by; what each means is documented at the contract's Dimension.
Dimension = Literal[
    "link",
    "code",
    "domain",
    "country",
    "city",
    "browser",
    "browser_family",
    "browser_version",
    "os",
    "device_type",
    "referrer",
    "referrer_host",
    "referrer_origin",
    "social_network",
    "language",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "is_bot",
    "http_status",
    "method",
    "scheme",
    "variant",
    "click_class",
    "region",
    "continent",
]


Values = Sequence[str | int] | str | int


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on clicks: the value of a dimension equals one of some values."""

    # A word of Dimension.
    dimension: str
    # Case-sensitive; empty text is "none" or "unknown". Of links the ids, as text or as numbers.
    values: Values
    # True to turn the condition round: the value equals none of them.
    negated: bool = False
    # True to compare the beginning of the click's value instead of the whole.
    prefix: bool = False
    # True to look for the values anywhere in the click's value, in whichever case. Not together with prefix.
    contains: bool = False


# What methods take as filters, joined by AND; in short {"country": ["DE", "CH"], "is_bot": "false"}.
Filters = Sequence[Filter] | Mapping[str, Values]


def dimension_value(dimension: str) -> messages.Dimension.ValueType:
    """Return a dimension as the contract has it. InvalidArgument: there is none of this name."""
    value: messages.Dimension.ValueType = enum_value(messages.Dimension, "DIMENSION", dimension, "dimension")
    return value


def filter_messages(filters: Filters) -> list[messages.Filter]:
    """Return filters as messages. InvalidArgument: there is no such dimension."""
    if isinstance(filters, Mapping):
        filters = [Filter(dimension, values) for dimension, values in filters.items()]
    return [
        messages.Filter(
            dimension=dimension_value(condition.dimension),
            values=_texts(condition.values),
            negated=condition.negated,
            prefix=condition.prefix,
            contains=condition.contains,
        )
        for condition in filters
    ]


def _texts(values: Values) -> list[str]:
    if isinstance(values, str | int):
        values = [values]
    # True is "true" in the contract.
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
