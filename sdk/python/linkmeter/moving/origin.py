"""What every origin of an import offers, whether it is a file or another service's API: its links and its clicks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginLink:
    """A short link as the origin has it. Nothing is checked yet: the importing account's service says what it takes."""

    place: str  # where it stands, for messages: "line 12", "page 3"
    domain: str  # host name at the origin; "" when it does not say
    code: str
    destination: str
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    create_time: datetime | None = None
    start_time: datetime | None = None  # not followed before
    expire_time: datetime | None = None
    max_clicks: int | None = None
    is_enabled: bool = True
    clicks_before: int = 0  # clicks that the origin knows only as a sum, which no OriginClick brings


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginClick:
    """A click as the origin recorded it."""

    place: str
    domain: str
    code: str
    time: datetime  # aware, UTC
    referrer: str = ""
    user_agent: str = ""
    ip: str = ""
    country: str = ""  # ISO 3166-1 alpha-2 as the origin says; used where no address tells
    accept_language: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be read; the rest goes on."""

    place: str
    reason: str  # UPPER_SNAKE
    message: str


class Origin(Protocol):
    """Where links and clicks come from. Both can be read several times, and say the same each time."""

    name: str  # "yourls"

    @property
    def identity(self) -> str:
        """Stable address of what is imported, for instance the origin's URL: the import's source is made from it."""
        ...

    def links(self) -> Iterator[OriginLink | Problem]:
        """Yield the origin's links, streamed. Raise OriginError when it cannot be read."""
        ...

    def clicks(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks, oldest first, streamed, in an order that never changes between runs.

        Raise OriginError when the origin cannot be read.
        """
        ...

    def count_links(self) -> int | None:
        """Return how many links there are; None when that cannot be known beforehand."""
        ...

    def count_clicks(self) -> int | None:
        """Return how many clicks there are; None when that cannot be known beforehand."""
        ...


class OriginError(Exception):
    """The origin cannot be read at all (cut-off dump, wrong key, wrong columns); the sentence says what to do."""
