"""A click as a row of the clicks table: each field is the column of its name."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import CLICK_FIELDS, Click, click_from

COLUMNS: Final = tuple(CLICK_FIELDS)

# Returns a click's row: its values in the order of COLUMNS.
record_of: Final[Callable[[Click], tuple[object, ...]]] = attrgetter(*(field.path for field in CLICK_FIELDS.values()))


def click_of(row: Mapping[str, Any]) -> Click:
    """Return the click of a row; raise KeyError when a column is missing."""
    return click_from({**row, "click_class": ClickClass(row["click_class"])})
