"""Orders of a list of links."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# How many links take part in an order by clicks, or by their time; analytics answers no more rows.
MOST_RANKED: Final = 10_000


class LinkOrder(StrEnum):
    """What a list is ordered by."""

    CREATE_TIME = "create_time"
    CLICKS = "clicks"
    CODE = "code"
    LAST_CLICK = "last_click"


@dataclass(frozen=True, slots=True)
class Position:
    """A link's place in a list: what it is ordered by, as text, and its id. Links by creation have no such text."""

    link_id: int
    key: str = ""


class Ranking:
    """The links of an account that have clicks, with a number each (of clicks, or a time); all others have 0."""

    def __init__(self, numbers: Mapping[int, int]) -> None:
        self._numbers = numbers
        self._descending = sorted(numbers, key=lambda link_id: (numbers[link_id], link_id), reverse=True)

    @property
    def link_ids(self) -> list[int]:
        """The ids of all, greatest number first, then greatest id."""
        return self._descending

    def position(self, link_id: int) -> Position:
        """Return the place of a link."""
        return Position(link_id, str(self._numbers.get(link_id, 0)))

    def after(self, position: Position | None, *, ascending: bool) -> list[int]:
        """Return the ids that come after a place, which may be that of a link that has another number meanwhile."""
        ordered = self._descending[::-1] if ascending else self._descending
        if position is None:
            return ordered
        mark = (int(position.key), position.link_id)
        return [
            link_id
            for link_id in ordered
            if ((self._numbers[link_id], link_id) > mark if ascending else (self._numbers[link_id], link_id) < mark)
        ]


def is_unranked(position: Position) -> bool:
    """Return whether a place is among the links without clicks."""
    return position.key == "0"
