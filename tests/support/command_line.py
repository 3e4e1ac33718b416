"""The program `linkmeter` as people run it: in a pipe or at a terminal, with settings and caches of its own."""

import fcntl
import os
import select
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.warm_program import WarmProgram

# For a machine that is busy with other tests; no rule of the program's.
_CONTROL_C: Final = "\x03"
_PATIENCE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Done:
    """What a run left: exit code, and what it wrote. At a terminal both streams are in `out`, line ends as usual."""

    code: int
    out: str
    err: str = ""


class CommandLine:
    """Runs the program as somebody with a home of their own."""

    def __init__(self, warm: WarmProgram, home: Path, environment: Mapping[str, str]) -> None:
        self._warm = warm
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINKMETER_", "XDG_", "NO_"))}
        self.environment = {
            **kept,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
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
        with tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            text.write(given.encode() if isinstance(given, str) else given)
            text.seek(0)
            streams = [text.fileno(), out.fileno(), err.fileno()]
            self._warm.start(arguments, self.environment | environment, streams, terminal=False)
            code = self._warm.wait(_PATIENCE_SECONDS)
            out.seek(0)
            err.seek(0)
            return Done(code, out.read().decode(), err.read().decode())

    def at_terminal(
        self,
        *arguments: str,
        given: Path | None = None,
        typed: Sequence[tuple[str, str]] = (),
        columns: int = 120,
        **environment: str,
    ) -> Done:
        """Run it at a terminal.

        `typed` says what is typed once what has been shown, in this order; `given` is a file that is standard input
        instead of the terminal.
        """
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        standard_input = os.open(given, os.O_RDONLY) if given else os.dup(theirs)
        try:
            streams = [standard_input, theirs, theirs]
            self._warm.start(arguments, self.environment | environment, streams, terminal=given is None)
            # Who reads a terminal is told of its end once nobody has it open.
            os.close(standard_input)
            os.close(theirs)
            shown = _converse(ours, typed)
            return Done(self._warm.wait(_PATIENCE_SECONDS), shown.replace("\r\n", "\n"))
        finally:
            os.close(ours)

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """Return what is started by who needs the process itself."""
        return [sys.executable, "-m", "linkmeter.cli", *arguments]


def _converse(terminal: int, typed: Sequence[tuple[str, str]]) -> str:
    """Read everything that is shown, and type what belongs to it."""
    shown, waiting, end = b"", list(typed), time.monotonic() + _PATIENCE_SECONDS
    while True:
        readable, _, _ = select.select([terminal], [], [], 1)
        if not readable and not waiting and typed and typed[-1][1] == _CONTROL_C:
            # Python takes note of a signal between two steps and of none just before it waits for a line: as people
            # do, press it once more.
            os.write(terminal, _CONTROL_C.encode())
        assert readable or time.monotonic() < end, f"nothing more is shown after: {shown.decode(errors='replace')}"
        if not readable:
            continue
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
