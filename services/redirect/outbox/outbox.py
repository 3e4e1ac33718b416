"""The outbox of a running worker: clicks that arrive together are committed together."""

import asyncio
import contextlib
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from services.redirect import metrics
from services.redirect.outbox import folder
from services.redirect.outbox.checkpoint import Checkpointer
from services.redirect.outbox.file import NewRow, OutboxFile, Row
from services.runtime import log

OUTBOX_FULL: Final = "outbox_full"
DISK_FULL: Final = "disk_full"
DISK_ERROR: Final = "disk_error"
REOPEN_SECONDS: Final = 1.0

_logger = log.get(__name__)


class Outbox:
    """Takes clicks, never refuses and never raises: what cannot be kept is counted as dropped, with its reason.

    Commits run on the event loop. In WAL mode one is a few writes into the page cache, cheaper than handing it to a
    thread that has to fight for the interpreter; whoever waits, waits for just this. What takes long has a thread.
    """

    def __init__(
        self,
        directory: Path,
        *,
        max_bytes: int,
        sync: str = "normal",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._sync = sync
        self._monotonic = monotonic
        self._waiting: list[tuple[NewRow, Callable[[], None]]] = []
        self._unsaved: Counter[str] = Counter()
        self._hold: folder.Hold | None = None
        self._file: OutboxFile | None = None
        self._checkpointer: Checkpointer | None = None
        self._reopen_at = 0.0
        self._is_closed = False
        self.arrived = asyncio.Event()

    def open(self) -> None:
        """Adopt a file that nobody holds, or create one; go on without when the disk allows neither."""
        try:
            self._hold = folder.adopt(self._directory) or folder.create(self._directory)
            self._file = self._open_held(self._hold)
        except (OSError, sqlite3.Error) as problem:
            self._reopen_at = self._monotonic() + REOPEN_SECONDS
            self._let_go()
            _logger.failure("outbox_not_opened", problem, reason=_reason(problem))
            return
        self._checkpointer = Checkpointer(self._file.path)
        self._checkpointer.start()
        self._observe()
        _logger.info("outbox_opened", source=self._file.source, pending=self._file.pending_rows)
        if self._file.pending_rows:
            self.arrived.set()

    def _open_held(self, hold: folder.Hold) -> OutboxFile:
        try:
            return OutboxFile(hold.path, sync=self._sync)
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError):
                raise
            hold.set_aside()
            _logger.failure("outbox_damaged", problem, source=hold.path.stem)
            self._hold = folder.create(self._directory)
            return OutboxFile(self._hold.path, sync=self._sync)

    def append(self, row: NewRow) -> asyncio.Future[None]:
        """Append a click; the future is done once it is durable, or counted as dropped."""
        future = asyncio.get_running_loop().create_future()
        self.append_at_once(row, partial(_finish, future))
        return future

    def append_at_once(self, row: NewRow, done: Callable[[], None]) -> None:
        """Append a click; done is called once it is durable, or counted as dropped."""
        if not self._waiting:
            # Everything that arrives until the loop comes round joins this commit.
            asyncio.get_running_loop().call_soon(self._commit)
        self._waiting.append((row, done))

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self._store([row for row, _ in waiting])
        for _, done in waiting:
            try:
                done()
            except Exception as problem:  # noqa: BLE001 - one visitor's trouble is not the others'
                _logger.failure("answer_failed", problem)

    def _store(self, rows: list[NewRow]) -> None:
        self._reopen_when_due()
        if self._file is None:
            self._drop(DISK_ERROR, len(rows))
            return
        fitting = self._fitting(rows)
        self._drop(OUTBOX_FULL, len(rows) - len(fitting))
        try:
            self._file.append(fitting, self._unsaved)
        except sqlite3.Error as problem:
            self._drop(_reason(problem), len(fitting))
            self._recover_from(problem)
            return
        self._unsaved.clear()
        metrics.OUTBOX_RECORDED.inc(len(fitting))
        self._observe()
        self.arrived.set()

    def _fitting(self, rows: list[NewRow]) -> list[NewRow]:
        room = self._max_bytes - (self._file.pending_bytes if self._file else 0)
        if sum(row.size for row in rows) <= room:
            return rows
        fitting = []
        for row in rows:
            if row.size <= room:
                room -= row.size
                fitting.append(row)
        return fitting

    def _drop(self, reason: str, clicks: int) -> None:
        if clicks:
            self._unsaved[reason] += clicks
            metrics.OUTBOX_DROPPED.labels(reason).inc(clicks)

    def _recover_from(self, problem: sqlite3.Error) -> None:
        """Replace the file when it is broken; an operational error (full, busy, I/O) may pass."""
        _logger.error("outbox_failed", error=type(problem).__name__, reason=_reason(problem))
        if not isinstance(problem, sqlite3.OperationalError):
            self._let_go(damaged=True)
            self._reopen_at = self._monotonic() + REOPEN_SECONDS

    def _reopen_when_due(self) -> None:
        if self._file is None and not self._is_closed and self._monotonic() >= self._reopen_at:
            self.open()

    @property
    def source(self) -> str:
        """The source that clicks are recorded under at present; empty when there is no file."""
        return self._file.source if self._file else ""

    @property
    def last_sequence(self) -> int:
        """The highest sequence given so far."""
        return self._file.last_sequence if self._file else 0

    @property
    def pending_rows(self) -> int:
        """How many clicks wait for analytics."""
        return self._file.pending_rows if self._file else 0

    @property
    def oldest_time_us(self) -> int:
        """The time of the oldest waiting click; 0 when none waits."""
        return self._file.oldest_time_us if self._file else 0

    @property
    def dropped(self) -> dict[str, int]:
        """The dropped clicks of this source by reason, also those that could not be noted in the file yet."""
        saved = Counter(self._file.dropped if self._file else {})
        return dict(saved + self._unsaved)

    def read(self, limit: int, max_bytes: int, after: int = 0) -> list[Row]:
        """Return the oldest rows after a sequence, at most so many and about so many bytes; raise sqlite3.Error."""
        if self._file is None:
            return []
        try:
            return self._file.read(limit, max_bytes, after)
        except sqlite3.Error as problem:
            self._recover_from(problem)
            raise

    def acknowledge(self, sequence: int) -> None:
        """Delete all rows up to a sequence; raise sqlite3.Error when that fails."""
        if self._file is None:
            return
        try:
            self._file.acknowledge(sequence)
        except sqlite3.Error as problem:
            self._recover_from(problem)
            raise
        self._observe()

    def save_dropped(self) -> None:
        """Store the counts of dropped clicks that are not in the file yet, and open a file if there is none."""
        self._reopen_when_due()
        if self._unsaved and self._file:
            self._store([])

    def start_anew(self) -> None:
        """Record under a new source from now on; the old file is left to be shipped as it is."""
        if self._hold:
            self._hold.retire()
        self._let_go()
        self.open()

    def close(self) -> None:
        """Commit what waits, fold the log into the file and release it."""
        self._commit()
        self.save_dropped()
        self._is_closed = True
        self._let_go()

    def _let_go(self, *, damaged: bool = False) -> None:
        if self._checkpointer:
            self._checkpointer.stop()
            self._checkpointer = None
        if self._file:
            with contextlib.suppress(sqlite3.Error):
                self._file.close()
            self._file = None
        if self._hold:
            if damaged:
                self._hold.set_aside()
            else:
                self._hold.release()
            self._hold = None

    def _observe(self) -> None:
        if self._file:
            metrics.OUTBOX_ROWS.set(self._file.pending_rows)
            metrics.OUTBOX_BYTES.set(self._file.pending_bytes)
            metrics.OUTBOX_OLDEST.set(self._file.oldest_time_us / 1e6)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _reason(problem: Exception) -> str:
    if getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return DISK_FULL
    return DISK_ERROR
