"""Temporary files that keep memory flat: clicks to be put into order, and names that have been seen.

Both are nameless SQLite files, which the system deletes when they are closed or the program ends, however it ends.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from linkmeter.moving.origin import OriginClick, OriginError

# Clicks younger than this are left to the next run. Those that are older have arrived at the origin, whatever
# way they took: nothing comes in between them any more, so that the order of what was read once stays as it was.
SETTLED_AFTER: Final = timedelta(minutes=10)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CACHE_KIB: Final = 16_384


@dataclass(frozen=True, slots=True)
class Spooled:
    """A click with what decides its place among those of the same link and moment: a smaller tie comes first."""

    click: OriginClick
    tie: int | str


class ClickSpool:
    """Clicks in any order in; oldest first out: by time, then domain and code, then tie."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute(
            "CREATE TABLE clicks (time INTEGER, domain TEXT, code TEXT, tie, place TEXT, referrer TEXT,"
            " user_agent TEXT, ip TEXT, country TEXT)"
        )

    def add(self, clicks: Iterable[Spooled]) -> None:
        """Keep clicks. Raise OriginError when the disk is full."""
        rows = (
            (
                (spooled.click.time - _EPOCH) // _MICROSECOND,
                spooled.click.domain,
                spooled.click.code,
                spooled.tie,
                spooled.click.place,
                spooled.click.referrer,
                spooled.click.user_agent,
                spooled.click.ip,
                spooled.click.country,
            )
            for spooled in clicks
        )
        with _room():
            self._database.executemany("INSERT INTO clicks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def oldest_first(self) -> Iterator[OriginClick]:
        """Yield the clicks in their order, streamed. Raise OriginError when the disk is full."""
        with _room():
            rows = self._database.execute(
                "SELECT time, domain, code, place, referrer, user_agent, ip, country FROM clicks"
                " ORDER BY time, domain, code, tie"
            )
        for time, domain, code, place, referrer, user_agent, ip, country in rows:
            yield OriginClick(
                place=place,
                domain=domain,
                code=code,
                time=_EPOCH + time * _MICROSECOND,
                referrer=referrer,
                user_agent=user_agent,
                ip=ip,
                country=country,
            )


class Seen:
    """A set of names on disk: a list that is read page by page shows some links twice when new ones come in."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, *name: str) -> bool:
        """Return whether a name, of one or more parts, is met for the first time, and remember it."""
        with _room():
            cursor = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", ["\0".join(name)])
        return cursor.rowcount == 1


@contextmanager
def click_spool() -> Iterator[ClickSpool]:
    """Lend a spool."""
    with _temporary() as database:
        yield ClickSpool(database)


@contextmanager
def seen_names() -> Iterator[Seen]:
    """Lend an empty set."""
    with _temporary() as database:
        yield Seen(database)


@contextmanager
def _temporary() -> Iterator[sqlite3.Connection]:
    # The empty name is a file of its own that nobody else can open. Who reads an import may change threads.
    with closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)) as database:
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA temp_store = FILE")
        # One transaction that is never committed: nothing of it outlives the connection.
        database.execute("BEGIN")
        yield database


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OriginError(
            f"there is no room for a temporary file ({error}): free some, or name another folder in SQLITE_TMPDIR"
        ) from None
