"""Temporary files that keep memory flat: clicks to be put into order, and names that have been seen."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from linkmeter.moving.origin import OriginClick
from linkmeter.moving.origins.sorting import ClickSorter, microseconds, room, temporary_database

# Clicks younger than this are left to the next run. Those that are older have arrived at the origin, whatever
# way they took: nothing comes in between them any more, so that the order of what was read once stays as it was.
SETTLED_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A click with what decides its place among those of the same link and moment: a smaller tie comes first."""

    click: OriginClick
    tie: int | str


class ClickSpool:
    """Clicks in any order in; oldest first out: by time, then domain and code, then tie."""

    def __init__(self, sorter: ClickSorter) -> None:
        self._sorter = sorter

    def add(self, clicks: Iterable[Spooled]) -> None:
        """Keep clicks. Raise OriginError when the disk is full."""
        for spooled in clicks:
            click = spooled.click
            link = f"{click.domain}\0{click.code}"
            self._sorter.add(microseconds(click.time), click, tie_group=link, tie=spooled.tie)

    def oldest_first(self) -> Iterator[OriginClick]:
        """Yield the clicks in their order, streamed. Raise OriginError when the disk is full."""
        return (click for _, click in self._sorter.sorted())


class Seen:
    """A set of names on disk: a list that is read page by page shows some links twice when new ones come in."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, *name: str) -> bool:
        """Return whether a name, of one or more parts, is met for the first time, and remember it."""
        with room():
            cursor = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", ["\0".join(name)])
        return cursor.rowcount == 1


@contextmanager
def click_spool() -> Iterator[ClickSpool]:
    """Lend a spool."""
    with closing(ClickSorter()) as sorter:
        yield ClickSpool(sorter)


@contextmanager
def seen_names() -> Iterator[Seen]:
    """Lend an empty set."""
    with closing(temporary_database()) as database:
        yield Seen(database)
