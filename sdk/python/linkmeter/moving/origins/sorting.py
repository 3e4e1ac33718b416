"""What is too much for memory, sorted and counted in temporary files.

They are nameless SQLite files, which the system deletes when they are closed or the program ends, however it ends. They
lie where the environment's TMPDIR (or SQLITE_TMPDIR) says, and take as much room as what is put in.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from linkmeter.moving.origin import OriginClick, OriginError, Problem

_BATCH = 10_000
_IN_MEMORY = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def temporary_database() -> sqlite3.Connection:
    """Return a database of its own on disk, with 16 MiB of it in memory. Nothing of it outlives the connection."""
    # One thread after another may read an import.
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-16384"):
        database.execute(f"PRAGMA {setting}")
    # One transaction that is never committed, which is faster.
    database.execute("BEGIN")
    return database


@contextmanager
def room() -> Iterator[None]:
    """Raise OriginError, which says what to do, when the disk has no room for what is put into a temporary file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OriginError(
            f"there is no room for a temporary file ({error}): free some, or name another folder in SQLITE_TMPDIR"
        ) from None


def microseconds(time: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


class ClickSorter:
    """Clicks that come in any order and are wanted in one."""

    def __init__(self) -> None:
        self._database = temporary_database()
        self._database.execute(
            "CREATE TABLE clicks (key INTEGER, tie_group TEXT, tie, place TEXT, domain TEXT, code TEXT, time INTEGER,"
            " referrer TEXT, user_agent TEXT, ip TEXT, country TEXT, accept_language TEXT)"
        )
        self._waiting: list[tuple[int | str, ...]] = []

    def close(self) -> None:
        """Delete the temporary file."""
        self._database.close()

    def add(self, key: int, click: OriginClick, *, tie_group: str = "", tie: int | str = 0) -> None:
        """Add a click. Raise OriginError when the disk is full.

        key is what it is sorted by, up to 64 bits. Clicks of equal keys are sorted by tie_group, and within one by tie;
        those that are still equal stay in the order in which they came.
        """
        self._waiting.append(
            (
                key,
                tie_group,
                tie,
                click.place,
                click.domain,
                click.code,
                microseconds(click.time),
                click.referrer,
                click.user_agent,
                click.ip,
                click.country,
                click.accept_language,
            )
        )
        if len(self._waiting) >= _BATCH:
            self._flush()

    def sorted(self) -> Iterator[tuple[int, OriginClick]]:
        """Yield each key and its click, the smallest key first, streamed. Raise OriginError when the disk is full."""
        self._flush()
        with room():
            rows = self._database.execute(
                "SELECT key, place, domain, code, time, referrer, user_agent, ip, country, accept_language"
                " FROM clicks ORDER BY key, tie_group, tie, rowid"
            )
            for key, place, domain, code, time, referrer, user_agent, ip, country, accept_language in rows:
                yield (
                    key,
                    OriginClick(
                        place=place,
                        domain=domain,
                        code=code,
                        time=_EPOCH + time * _MICROSECOND,
                        referrer=referrer,
                        user_agent=user_agent,
                        ip=ip,
                        country=country,
                        accept_language=accept_language,
                    ),
                )

    def _flush(self) -> None:
        with room():
            self._database.executemany("INSERT INTO clicks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()


class SortedClicks:
    """Clicks of a file, oldest first: as they are when they stand so, else sorted on disk.

    A first reading counts them and looks at their order, so that what follows holds none of them in memory.
    """

    def __init__(self, read: Callable[[], Iterator[OriginClick | Problem]]) -> None:
        """Take what reads the file from its start, the same each time."""
        self._read = read
        self._counts = Counts()
        self._total: int | None = None
        self._is_sorted = True

    def total(self) -> int:
        """Return how many clicks there are, without rows that cannot be read."""
        self._survey()
        return self._total or 0

    def count(self, domain: str, code: str) -> int:
        """Return how many clicks there are of one link."""
        self._survey()
        return self._counts.count(f"{domain}/{code}")

    def __iter__(self) -> Iterator[OriginClick | Problem]:
        """Yield the clicks; rows that cannot be read come where they stand, or first when clicks have to be sorted."""
        self._survey()
        if self._is_sorted:
            yield from self._read()
            return
        sorter = ClickSorter()
        for click in self._read():
            if isinstance(click, Problem):
                yield click
            else:
                sorter.add(microseconds(click.time), click)
        for _, click in sorter.sorted():
            yield click

    def _survey(self) -> None:
        if self._total is not None:
            return
        total, last = 0, datetime.min.replace(tzinfo=UTC)
        for click in self._read():
            if isinstance(click, OriginClick):
                total += 1
                self._is_sorted = self._is_sorted and click.time >= last
                last = click.time
                self._counts.add(f"{click.domain}/{click.code}")
        self._total = total


class Counts:
    """How often each of any number of codes has been counted."""

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        """Keep `in_memory` codes in memory and the others on disk."""
        self._in_memory = in_memory
        self._counts: Counter[str] = Counter()
        self._database: sqlite3.Connection | None = None

    def add(self, code: str) -> None:
        """Count a code once more. Raise OriginError when the disk is full."""
        self._counts[code] += 1
        if len(self._counts) > self._in_memory:
            self._flush()

    def count(self, code: str) -> int:
        """Return how often a code has been counted."""
        if self._database is None:
            return self._counts[code]
        row = self._database.execute("SELECT count FROM counts WHERE code = ?", (code,)).fetchone()
        return self._counts[code] + (row[0] if row is not None else 0)

    def _flush(self) -> None:
        if self._database is None:
            self._database = temporary_database()
            self._database.execute("CREATE TABLE counts (code TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID")
        with room():
            self._database.executemany(
                "INSERT INTO counts VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET count = count + excluded.count",
                self._counts.items(),
            )
        self._counts.clear()
