"""Runs `linkmeter` in a process that has loaded it already: loading takes most of the time of a short command.

Each run is a child of its own, forked before anything was done: with its own arguments, environment, streams and end.
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
import termios
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_LONGEST_REQUEST: Final = 1 << 20
_ROOT: Final = Path(__file__).resolve().parents[2]


class WarmProgram:
    """The process that has loaded the program; one run at a time."""

    def __init__(self) -> None:
        self._launch()

    def _launch(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm_program", str(theirs.fileno())],
            cwd=_ROOT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int], *, terminal: bool
    ) -> None:
        """Start a run with three files as its streams; they may be closed here then."""
        request = {"arguments": list(arguments), "environment": dict(environment), "terminal": terminal}
        socket.send_fds(self._socket, [json.dumps(request).encode()], list(streams))

    def wait(self, seconds: float) -> int:
        """Wait for the end of the run; return its exit code. TimeoutError: it does not end, and is ended."""
        self._socket.settimeout(seconds)
        try:
            return int(self._socket.recv(16))
        except TimeoutError:
            # Its end would be taken for that of the next run.
            self.close()
            self._launch()
            raise

    def close(self) -> None:
        """End the process, and a run that has not ended."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


def _serve(channel: socket.socket) -> None:
    # What is slow, once.
    from linkmeter.cli import program  # noqa: PLC0415

    while True:
        message, streams, _, _ = socket.recv_fds(channel, _LONGEST_REQUEST, 3)
        if not message:
            return
        child = os.fork()
        if child == 0:
            channel.close()
            _become(json.loads(message), streams)
            os._exit(_run(program.main))
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(request: dict[str, Any], streams: Sequence[int]) -> None:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if request["terminal"]:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    time.tzset()
    sys.argv = ["linkmeter", *request["arguments"]]
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(at, mode, encoding="utf-8") for at, mode in enumerate("rww"))


def _run(main: Any) -> int:
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001 - As the interpreter does.
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
