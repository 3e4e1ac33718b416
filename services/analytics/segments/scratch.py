"""Folders for files in the making, which outlive neither their maker nor its death for long."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

_LOCK: Final = ".lock"


class Scratch:
    """A folder of such folders, which several processes may use at once.

    Beside each folder is a file that its maker holds locked (flock) while it lives, so that what a killed process
    left can be told from what another is still writing. On a network file system that needs one that passes locks on
    between machines, as NFS does.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def remove_leftovers(self) -> None:
        """Remove what processes left that do not live any more."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # Who may only read, as a backup may, leaves it to those who write here.
        if not os.access(self._folder, os.W_OK):
            return
        for lock in self._folder.glob(f"*{_LOCK}"):
            if (held := _take(lock, os.O_RDWR)) is not None:
                _remove(lock, held)

    @contextmanager
    def lent(self) -> Iterator[Path]:
        """Lend an empty folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            lock = self._folder / f"{uuid4()}{_LOCK}"
            # None when another process takes the file for a leftover just between its making and its locking.
            if (held := _take(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL)) is not None:
                break
        try:
            folder = lock.with_suffix("")
            folder.mkdir()
            yield folder
        finally:
            _remove(lock, held)


def _take(lock: Path, flags: int) -> int | None:
    """Return the descriptor of a file that is now locked and still there; None when another process has it."""
    try:
        held = os.open(lock, flags, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(held).st_nlink:
            return held
    except BlockingIOError:
        pass
    except BaseException:
        os.close(held)
        raise
    os.close(held)
    return None


def _remove(lock: Path, held: int) -> None:
    try:
        folder = lock.with_suffix("")
        shutil.rmtree(folder, ignore_errors=True)
        # Last, and while it is held: without it nobody would know of the folder.
        if not folder.exists():
            lock.unlink(missing_ok=True)
    finally:
        os.close(held)
