"""The program `linkmeter` as people run it: a child process of its own, in a pipe or at a terminal."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# For a machine that is busy with other tests; no rule of the program's.
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Done:
    """What a run left: exit code, and what it wrote. At a terminal both streams are in `out`, line ends as usual."""

    code: int
    out: str
    err: str = ""


class CommandLine:
    """Runs the program with settings and caches of its own."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINKMETER_", "XDG_", "NO_"))}
        self.environment = {
            **kept,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "TZ": "UTC",
            "TERM": "xterm-256color",
            # A keyring of the machine's must not be asked.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **environment,
        }

    @property
    def settings(self) -> Path:
        """The folder of its settings."""
        return self.home / "config" / "linkmeter"

    def __call__(self, *arguments: str, given: str | bytes = b"", **environment: str) -> Done:
        """Run it in a pipe, with something on standard input."""
        done = subprocess.run(
            self.command(*arguments),
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
            env=self.environment | environment,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def at_terminal(
        self, *arguments: str, typed: Sequence[tuple[str, str]] = (), columns: int = 120, **environment: str
    ) -> Done:
        """Run it at a terminal; `typed` says what is typed once what has been shown, in this order."""
        return self._at_terminal(self.command(*arguments), typed, columns, environment)

    def in_shell_at_terminal(self, line: str) -> Done:
        """Run a line of a shell at a terminal."""
        return self._at_terminal(["/bin/sh", "-c", line], (), 120, {})

    def _at_terminal(
        self, command: Sequence[str], typed: Sequence[tuple[str, str]], columns: int, environment: Mapping[str, str]
    ) -> Done:
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        child = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # A terminal of its own, so that secrets can be asked for and Ctrl-C arrives.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - No threads in the child yet.
            env={**self.environment, **environment},
        )
        os.close(theirs)
        try:
            shown = _converse(ours, typed)
            return Done(child.wait(_PATIENCE_SECONDS), shown.replace("\r\n", "\n"))
        finally:
            child.kill()
            child.wait()
            os.close(ours)

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """Return what is started."""
        return [sys.executable, "-m", "linkmeter.cli", *arguments]


def _converse(terminal: int, typed: Sequence[tuple[str, str]]) -> str:
    """Read everything that is shown, and type what belongs to it."""
    shown, waiting, end = b"", list(typed), time.monotonic() + _PATIENCE_SECONDS
    while True:
        readable, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        assert readable, f"nothing more is shown after: {shown.decode(errors='replace')}"
        try:
            more = os.read(terminal, 65536)
        except OSError:
            # What Linux says when the other side has closed.
            more = b""
        if not more:
            assert not waiting, f"{waiting[0][0]!r} was never shown: {shown.decode(errors='replace')}"
            return shown.decode(errors="replace")
        shown += more
        while waiting and waiting[0][0].encode() in shown:
            os.write(terminal, waiting.pop(0)[1].encode())
