"""One SQLite file of recorded clicks that analytics has not acknowledged yet."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

# What a row costs beyond its click: the key, the time, the cell and its share of the pages above.
ROW_OVERHEAD: Final = 32
BUSY_MILLISECONDS: Final = 2000
# Half of SQLite's own: a commit writes whole pages to the log, and most groups of clicks are smaller than a page.
PAGE_BYTES: Final = 2048
# Pages given back to the file system in one go when the outbox runs empty: a megabyte.
VACUUM_PAGES: Final = 512

_OPEN: Final = f"""
PRAGMA page_size = {PAGE_BYTES};
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 4194304;
CREATE TABLE IF NOT EXISTS clicks (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    time_us INTEGER NOT NULL,
    click BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS dropped (reason TEXT PRIMARY KEY, clicks INTEGER NOT NULL) WITHOUT ROWID;
"""
_INSERT: Final = "INSERT INTO clicks (sequence, time_us, click) VALUES (?, ?, ?)"
_DROP: Final = """
INSERT INTO dropped (reason, clicks) VALUES (?, ?)
ON CONFLICT (reason) DO UPDATE SET clicks = clicks + excluded.clicks
"""
# 0 when there is none.
_OLDEST: Final = "SELECT coalesce((SELECT time_us FROM clicks ORDER BY sequence LIMIT 1), 0)"
_SIZE: Final = f"SELECT count(*), coalesce(sum(length(click) + {ROW_OVERHEAD}), 0) FROM clicks"  # noqa: S608 - a constant


class NewRow(NamedTuple):
    """A click on its way into the file."""

    time_us: int
    click: bytes

    @property
    def size(self) -> int:
        """How many bytes the row is taken to need."""
        return len(self.click) + ROW_OVERHEAD


class Row(NamedTuple):
    """A click in the file."""

    sequence: int
    time_us: int
    click: bytes


class OutboxFile:
    """The rows of one source. Every method is synchronous and takes well under a millisecond for small groups."""

    def __init__(self, path: Path, *, sync: str = "normal") -> None:
        self._path = path
        # A large file is opened in a thread and used on the event loop; never by two at once.
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=32, check_same_thread=False)
        self.last_sequence = self.pending_rows = self.pending_bytes = self.oldest_time_us = 0
        self.dropped: dict[str, int] = {}
        try:
            self._open(sync)
        except sqlite3.Error:
            self._connection.close()
            raise

    def _open(self, sync: str) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        self._connection.executescript(_OPEN)
        self._connection.execute(f"PRAGMA synchronous = {sync}")
        self.pending_rows, self.pending_bytes = self._one(_SIZE)
        (self.last_sequence,) = self._one("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'clicks'")
        (self.oldest_time_us,) = self._one(_OLDEST)
        self.dropped.update(self._connection.execute("SELECT reason, clicks FROM dropped").fetchall())

    @property
    def source(self) -> str:
        """The UUID that names this outbox for ever."""
        return self._path.stem

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._path

    def append(self, rows: Sequence[NewRow], dropped: Mapping[str, int]) -> None:
        """Store new rows under the next sequences, and counts of dropped clicks: all or nothing, durable on return.

        Raise sqlite3.Error when that fails; then nothing is stored.

        The sequences are given here rather than by SQLite, so that what is in memory and in the file cannot differ;
        AUTOINCREMENT keeps the highest one over the deletion of all rows.
        """
        numbered = [(self.last_sequence + place, *row) for place, row in enumerate(rows, start=1)]
        self._write(numbered, dropped)
        for reason, clicks in dropped.items():
            self.dropped[reason] = self.dropped.get(reason, 0) + clicks
        if numbered:
            self.last_sequence += len(numbered)
            self.pending_bytes += sum(row.size for row in rows)
            self.oldest_time_us = self.oldest_time_us if self.pending_rows else numbered[0][1]
            self.pending_rows += len(numbered)

    def _write(self, numbered: list[tuple[int, int, bytes]], dropped: Mapping[str, int]) -> None:
        if len(numbered) == 1 and not dropped:
            self._connection.execute(_INSERT, numbered[0])  # its own transaction
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_INSERT, numbered)
            self._connection.executemany(_DROP, list(dropped.items()))
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself after some errors.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def read(self, limit: int, max_bytes: int, after: int = 0) -> list[Row]:
        """Return the oldest rows after a sequence, at most so many and so many bytes, but one if there is any.

        Raise sqlite3.Error when that fails.
        """
        rows: list[Row] = []
        size = 0
        cursor = self._connection.execute(
            "SELECT sequence, time_us, click FROM clicks WHERE sequence > ? ORDER BY sequence LIMIT ?", (after, limit)
        )
        for sequence, time_us, click in cursor:
            size += len(click) + ROW_OVERHEAD
            if rows and size > max_bytes:
                break
            rows.append(Row(sequence, time_us, click))
        cursor.close()
        return rows

    def acknowledge(self, sequence: int) -> None:
        """Delete all rows up to a sequence, and give space back once nothing is left; raise sqlite3.Error."""
        rows, size = self._one(f"{_SIZE} WHERE sequence <= ?", sequence)
        if rows:
            self._connection.execute("DELETE FROM clicks WHERE sequence <= ?", (sequence,))
            self.pending_rows -= rows
            self.pending_bytes -= size
            (self.oldest_time_us,) = self._one(_OLDEST)
        if not self.pending_rows and self._one("PRAGMA freelist_count")[0] > VACUUM_PAGES:
            # As a script, because execute stops after the first page.
            self._connection.executescript(f"PRAGMA incremental_vacuum({VACUUM_PAGES})")

    def _one(self, query: str, *parameters: int) -> tuple[int, ...]:
        row: tuple[int, ...] = self._connection.execute(query, parameters).fetchone()
        return row

    def close(self) -> None:
        """Close; the last one to close a file folds its log into it."""
        self._connection.close()
