"""Sync and checkpoint an outbox file in a thread, so that no visitor waits for the disk."""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Final

from services.redirect import metrics
from services.runtime import log

CHECK_SECONDS: Final = 0.5
# Up to here a log may grow before it is folded in: most clicks are shipped and deleted before, and their pages written
# once for many changes.
LOG_BYTES: Final = 64 * 1024 * 1024
# A log that grows faster than it is folded in, which takes thousands of clicks a second without a pause, is emptied
# while writers wait for two syncs: seldom enough that fewer than one visitor in a hundred meets it.
EMPTY_LOG_BYTES: Final = 256 * 1024 * 1024

_logger = log.get(__name__)


class Checkpointer:
    """Syncs the log of one outbox file, and folds it into the file, while it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(path.name + "-wal")
        self._synced_at = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox-checkpoint", daemon=True)

    def start(self) -> None:
        """Start to watch the log."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, once a checkpoint that has begun is done."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        # A connection belongs to the thread that opened it.
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            while not self._stopping.wait(CHECK_SECONDS):
                self._check(connection)
        finally:
            connection.close()

    def _check(self, connection: sqlite3.Connection) -> None:
        try:
            status = self._log.stat()
        except OSError:
            return
        if status.st_mtime_ns != self._synced_at:
            self._synced_at = status.st_mtime_ns
            self._sync()
        if status.st_size >= LOG_BYTES:
            self._checkpoint(connection, status.st_size)

    def _sync(self) -> None:
        """Bound what a power cut can cost, when commits themselves do not sync.

        The log is no file that SQLite locks, so opening and closing it here is safe.
        """
        try:
            log_file = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return
        try:
            os.fdatasync(log_file)
        except OSError as problem:
            _logger.warning("outbox_sync_failed", error=type(problem).__name__)
        finally:
            os.close(log_file)

    def _checkpoint(self, connection: sqlite3.Connection, size: int) -> None:
        try:
            with metrics.OUTBOX_CHECKPOINT_SECONDS.time():
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                if size > EMPTY_LOG_BYTES:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as problem:
            # The log goes on growing and the next check tries again.
            _logger.warning("outbox_checkpoint_failed", error=type(problem).__name__)
