"""Child processes that never outlive this one, with a log file each."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_DIE_WITH_PARENT = Path(__file__).with_name("die_with_parent.py")
# Of each program, twice: the file that is written, and the one before.
LOG_BYTES = 10 * 1024 * 1024
_LAST_LINES_SECONDS = 10.0
_POLL_SECONDS = 0.01
_TAIL_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run and how to end it."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] | None = None
    # Sent to stop it in order; after stop_seconds it is killed.
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    # Sent by the kernel when this process dies without stopping it.
    death_signal: signal.Signals = signal.SIGKILL
    # How far others go first when processors are short.
    niceness: int = 0
    # Whether it never takes a processor from who has one just now (the kernel's SCHED_BATCH): nobody waits for it.
    is_batch: bool = False
    # Who runs it; empty for whoever runs this process.
    user: str = ""
    inherited_files: Sequence[int] = field(default_factory=tuple)


class Process:
    """One running command."""

    def __init__(self, command: Command, log_folder: Path) -> None:
        self.command = command
        self.log_path = log_folder / f"{command.name}.log"
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        # What earlier processes logged is not ours.
        self._log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        self._child = _spawn(command, self.log_path)

    @property
    def pid(self) -> int:
        """The process id, which is also the id of its process group."""
        return self._child.pid

    @property
    def exit_status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._child.poll()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.exit_status is None

    def stop(self) -> None:
        """Ask it to end, wait, and kill what does not."""
        if self.is_running:
            self._child.send_signal(self.command.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(self.command.stop_seconds)
        self.kill()

    def ask_to_stop(self) -> None:
        """Send the stop signal without waiting."""
        if self.is_running:
            self._child.send_signal(self.command.stop_signal)

    def kill(self) -> None:
        """Kill it and everything that it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def describe_end(self) -> str:
        """Return in words how it ended."""
        status = self.exit_status
        if status is None:
            return "is running"
        if status < 0:
            return f"was ended by signal {-status}"
        return f"ended with status {status}"

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that it logged; of a program that has ended, the last ones of all."""
        if not self.is_running:
            _wait_until_written(self.log_path)
        return tail(self.log_path, lines, self._log_start)


def tail(path: Path, lines: int, start: int = 0) -> str:
    """Return the last lines of a file from a place on; nothing when there is none."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        # There is none yet, or it is just being replaced.
        return ""
    with file:
        size = os.fstat(file.fileno()).st_size
        # A file that is shorter than it was is another one.
        file.seek(max(start if start <= size else 0, size - _TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def _spawn(command: Command, log_path: Path) -> "subprocess.Popen[bytes]":
    ending = [str(os.getpid()), str(int(command.death_signal))]
    log = [str(log_path), str(LOG_BYTES)]
    priority = [str(command.niceness), "batch" if command.is_batch else "normal"]
    isolated_python = [sys.executable, "-I", "-S"]
    die_with_parent = [str(_DIE_WITH_PARENT), *ending, *priority, command.user, *log]
    return subprocess.Popen(
        [*isolated_python, *die_with_parent, *command.arguments],
        stdin=subprocess.DEVNULL,
        # Until die_with_parent.py has opened the log.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        env=None if command.environment is None else dict(command.environment),
        # Own session: Ctrl-C at the terminal reaches only the supervisor, which then stops all in order.
        start_new_session=True,
        pass_fds=tuple(command.inherited_files),
    )


def _wait_until_written(log_path: Path) -> None:
    """Wait for who writes the log of a program that has ended; not for ever, as what it started may go on."""
    deadline = time.monotonic() + _LAST_LINES_SECONDS
    with contextlib.suppress(FileNotFoundError), log_path.open("rb") as log:
        while time.monotonic() < deadline:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(_POLL_SECONDS)
