"""The folder of outbox files: a file belongs to the process that has locked it."""

import contextlib
import fcntl
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SUFFIX: Final = ".outbox"
_LOCK: Final = ".lock"
_BOOT: Final = ".boot"
_DAMAGED: Final = ".damaged"
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Hold:
    """An outbox file that is this process's own until it is released, or the process ends in any way."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock

    @property
    def may_grow(self) -> bool:
        """Return whether new clicks may go into the file.

        A power cut may have cost a file its last rows, and with them the memory of the last sequences that it gave:
        were they given again, analytics would take new clicks for old ones. So only a file of this boot goes on.
        """
        boot = _boot_id()
        return bool(boot) and _read(self.path.with_suffix(_BOOT)) == boot

    def mark(self) -> None:
        """Record that the file was created in this boot."""
        self.path.with_suffix(_BOOT).write_text(_boot_id())

    def retire(self) -> None:
        """Allow the file to be shipped, but not to grow any more."""
        self.path.with_suffix(_BOOT).unlink(missing_ok=True)

    def release(self) -> None:
        """Unlock the file for others."""
        os.close(self._lock)

    def remove(self) -> None:
        """Delete the file, empty and reported, and release it."""
        for suffix in (SUFFIX, f"{SUFFIX}-wal", f"{SUFFIX}-shm", _BOOT, _LOCK):
            self.path.with_suffix(suffix).unlink(missing_ok=True)
        self.release()

    def set_aside(self) -> None:
        """Keep a damaged file for people to look at, out of the way, and release it."""
        for suffix in ("", "-wal"):
            with contextlib.suppress(OSError):
                Path(f"{self.path}{suffix}").rename(f"{self.path}{suffix}{_DAMAGED}")
        self.remove()


def create(folder: Path) -> Hold:
    """Lock the file of a new source, which is created when it is opened; raise OSError when the disk allows none."""
    hold = _try_hold(folder / f"{uuid.uuid4()}{SUFFIX}")
    if hold is None:
        raise OSError("a new outbox is already held")
    try:
        hold.mark()
    except OSError:
        hold.remove()
        raise
    return hold


def adopt(folder: Path) -> Hold | None:
    """Lock a file that nobody holds and that may grow; None when there is none."""
    for hold in unheld(folder):
        if hold.may_grow:
            return hold
        hold.release()
    return None


def unheld(folder: Path) -> Iterator[Hold]:
    """Lock, one after the other, the files that nobody holds; the caller releases or removes each."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        hold = _try_hold(path)
        if hold is None:
            continue
        # It may have been shipped and removed between the listing and the lock.
        if path.exists():
            yield hold
        else:
            hold.remove()


def _try_hold(path: Path) -> Hold | None:
    # A file of its own: SQLite's locks and ours must not meet.
    lock_path = path.with_suffix(_LOCK)
    lock = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A lock on a file that was removed meanwhile is worth nothing.
        is_current = os.fstat(lock).st_ino == lock_path.stat().st_ino
    except OSError:
        is_current = False
    if not is_current:
        os.close(lock)
        return None
    return Hold(path, lock)


def _boot_id() -> str:
    return _read(_BOOT_ID)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
