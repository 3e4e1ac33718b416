"""The pure functions of the dashboard, tested where they are written: in TypeScript."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.envoy.dashboard import SITE

_FOLDER = SITE.parents[2] / "gateway" / "dashboard"


def test_the_units_of_the_page() -> None:
    """Vitest runs whatever stands beside the sources as *.test.ts."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = ["npm", "run", "--silent", "unit"]
    done = subprocess.run(
        command, cwd=_FOLDER, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
