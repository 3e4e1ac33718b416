"""Write what comes through a pipe into a log file that never grows beyond a bound and the end of a line.

A process of its own beside each program, because a file that a program holds open cannot be replaced without losing
lines, and because nothing may wait for a log: not even a program whose disk is full. No module of ours is imported,
since die_with_parent.py runs without them.
"""

import fcntl
import os
from pathlib import Path

_READ_BYTES = 65_536


def open_log(path: str) -> int:
    """Open the file to append to it; locked, so that who reads it can wait until everything is there."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    fcntl.flock(log, fcntl.LOCK_SH)
    return log


def write(source: int, log: int, path: str, limit_bytes: int) -> None:
    """Copy until the other end of the pipe is closed; keep at most two files of that size, the older one as PATH.1.

    A line that begins within the size ends in the same file.
    """
    size = os.fstat(log).st_size
    while chunk := os.read(source, _READ_BYTES):
        # A line belongs to one file, unless it is longer than can be read at once.
        fits = chunk.find(b"\n") + 1 if size + len(chunk) > limit_bytes else len(chunk)
        size += _append(log, chunk[:fits])
        if fits < len(chunk):
            Path(path).replace(f"{path}.1")
            os.close(log)
            log = open_log(path)
            size = _append(log, chunk[fits:])


def _append(log: int, data: bytes) -> int:
    """Return how much was written: on a full disk, a log is what can be done without."""
    try:
        return os.write(log, data)
    except OSError:
        return 0
