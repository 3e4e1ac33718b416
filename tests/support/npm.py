"""Real clients from npm: installed once into a cache outside the repository, by exact version."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

IS_PRESENT = shutil.which("npm") is not None and shutil.which("node") is not None
_SECONDS = 120


def packages(*exact: str) -> Path:
    """Install packages, each named with its exact version, and answer the folder that holds node_modules."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkmeter" / "npm"
    folder = root / hashlib.sha256(" ".join(exact).encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            (folder / "package.json").write_text("{}")
            _run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *exact], cwd=folder)
            (folder / "done").touch()
    return folder


def run_node(*arguments: str, **environment: str) -> Any:
    """Run a script and read the JSON that it prints."""
    return json.loads(_run(["node", *arguments], env=os.environ | environment))


def _run(command: list[str], **options: Any) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return str(done.stdout)
