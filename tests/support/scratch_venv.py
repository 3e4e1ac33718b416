"""Real clients from PyPI that want other versions than ours: installed once into a cache outside the repository."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_SECONDS = 600


def python_with(*exact: str) -> Path:
    """Install packages, each named with its exact version, and answer the interpreter that has them."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkmeter" / "venv"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = root / hashlib.sha256(" ".join([version, *exact]).encode()).hexdigest()[:16]
    root.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run(sys.executable, "-m", "venv", str(folder))
            _run(str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *exact)
            (folder / "done").touch()
    return folder / "bin" / "python"


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
