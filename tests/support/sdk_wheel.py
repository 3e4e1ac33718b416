"""The wheel of the Python client, installed where nothing else is."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ROOT / ".state/sdk"
_PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Installed:
    """A virtual environment with the wheel and what it says it needs, from the versions of locks/sdk.txt."""

    def __init__(self, path: Path) -> None:
        """Build the wheel and install it without network, index or cache."""
        if not (_PACKAGES / "done").exists():
            _run("make", "--silent", ".state/sdk/done", cwd=ROOT)
        _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(path), cwd=ROOT / "sdk/python")
        (self.wheel,) = path.glob("*.whl")
        self._venv = path / "venv"
        _run(sys.executable, "-m", "venv", "--without-pip", str(self._venv))
        self._folder = path / "empty"
        self._folder.mkdir()
        self.add()

    def add(self, extra: str = "") -> None:
        """Install the wheel, with an extra."""
        wanted = f"{self.wheel}[{extra}]" if extra else str(self.wheel)
        pip = (sys.executable, "-m", "pip", "--python", str(self.program("python")), "--disable-pip-version-check")
        _run(*pip, "install", "--quiet", "--no-index", "--find-links", str(_PACKAGES), "--no-compile", wanted)

    def program(self, name: str) -> Path:
        """Return the path of a program in the environment."""
        return self._venv / "bin" / name

    def run(self, *arguments: str, text: str = "", **settings: str) -> str:
        """Run a program in an empty folder, with settings as in the environment, and return what it prints."""
        name, *rest = arguments
        return _run(str(self.program(name)), *rest, cwd=self._folder, env=self._environment(settings), text=text)

    @contextmanager
    def running(self, *arguments: str, text: str, **settings: str) -> Iterator[IO[str]]:
        """Start a program likewise, lend what it prints, and end it."""
        name, *rest = arguments
        with subprocess.Popen(
            [self.program(name), *rest],
            cwd=self._folder,
            env=self._environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(text)
            process.stdin.close()
            try:
                yield process.stdout
            finally:
                process.kill()

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self._folder), **settings}


def examples(document: Path) -> list[str]:
    """Return the Python examples of a document, as they stand."""
    return _PYTHON_BLOCK.findall(document.read_text())


def _run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None, text: str = "") -> str:
    # No settings of the machine for indexes: what is needed lies there.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    done = subprocess.run(
        command, cwd=cwd, env=env or clean, input=text, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
