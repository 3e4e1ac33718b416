"""What a newcomer starts: the command of `make run`, and what it prints."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.support.ports import free_port
from tests.support.wait import eventually

ROOT = Path(__file__).resolve().parents[2]
_KEY = re.compile(r"API key:\s+(lm_\S+)")
_SIGN_IN = re.compile(r"Sign in:\s+(\S+)")


class Run:
    """A running command."""

    def __init__(self, data: Path, port: int, output: Path, settings: Mapping[str, str]) -> None:
        self.port = port
        self._output = output
        machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
        ours = {"LINKMETER_DATA_DIR": str(data), "LINKMETER_PORT": str(port), **settings}
        with output.open("wb") as file:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "deploy.local", "run"],
                cwd=ROOT,
                env={**machine, **ours},
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def output(self) -> str:
        """Everything that it printed so far."""
        return self._output.read_text()

    @property
    def api_key(self) -> str:
        """The key that it printed; empty when it printed none."""
        found = _KEY.search(self.output)
        return found[1] if found else ""

    @property
    def sign_in(self) -> str:
        """The address that signs in once, as it printed it."""
        found = _SIGN_IN.search(self.output)
        return found[1] if found else ""

    @property
    def curl_lines(self) -> list[str]:
        """The commands that it offers to try."""
        return [line.strip() for line in self.output.splitlines() if line.strip().startswith("curl ")]

    async def prints(self, text: str, timeout: float = 60) -> None:  # noqa: ASYNC109 - See eventually.
        """Wait until it has printed a text; fail when it ends without."""
        await eventually(
            lambda: text in self.output or self._child.poll() is not None, timeout, what=f"prints {text!r}"
        )
        assert text in self.output, self.output

    def ended(self) -> int:
        """Wait for its end; return the exit status."""
        return self._child.wait(60)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for its end; return the exit status."""
        self._child.send_signal(number)
        return self.ended()

    def end_for_sure(self) -> None:
        """End it whatever state it is in."""
        if self._child.poll() is None:
            self._child.terminate()
        try:
            self.ended()
        except subprocess.TimeoutExpired:
            self._child.kill()
            self.ended()


@contextmanager
def make_run(
    data: Path, settings: Mapping[str, str] = MappingProxyType({}), *, port: int | None = None
) -> Iterator[Run]:
    """Start the command on a data directory."""
    data.mkdir(parents=True, exist_ok=True)
    output = data.parent / f"output-{len(list(data.parent.glob('output-*')))}"
    run = Run(data, port or free_port(), output, settings)
    try:
        yield run
    finally:
        run.end_for_sure()


def shell(command: str, **environment: str) -> str:
    """Run a line as a person would in a shell; return what it prints."""
    # A proxy setting of the machine has no say about loopback.
    variables = {**os.environ, "no_proxy": "*", **environment}
    bash = shutil.which("bash") or "bash"
    done = subprocess.run([bash, "-c", command], capture_output=True, text=True, check=True, timeout=60, env=variables)
    return done.stdout
