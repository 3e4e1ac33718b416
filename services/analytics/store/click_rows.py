"""A click as a row of a table: each field is the column of its name."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import CLICK_FIELDS, Click, click_from

COLUMNS: Final = tuple(CLICK_FIELDS)
_VISITOR: Final = COLUMNS.index("visitor")
_HASH_BYTES: Final = 8

# Returns a click's row: its values in the order of COLUMNS.
record_of: Final[Callable[[Click], tuple[object, ...]]] = attrgetter(*(field.path for field in CLICK_FIELDS.values()))


def landing_record_of(click: Click) -> tuple[object, ...]:
    """Return a click's row of landing, where the visitor is a number."""
    record = list(record_of(click))
    record[_VISITOR] = visitor_hash(click.visitor)
    return tuple(record)


def visitor_hash(visitor: bytes) -> int:
    """Return the number of 64 bits, with a sign, that a visitor is known by outside of orphans."""
    return int.from_bytes(visitor[:_HASH_BYTES].ljust(_HASH_BYTES, b"\0"), "big", signed=True)


def click_of(row: Mapping[str, Any]) -> Click:
    """Return the click of a row; raise KeyError when a column is missing."""
    return click_from({**row, "click_class": ClickClass(row["click_class"])})
