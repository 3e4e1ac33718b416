"""R17 on running containers: the nightly job's dump is one that can be restored."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from tests.k8s.rendering import ROOT
from tests.rehearsal.installed import Installed


async def test_the_nightly_dump_can_be_restored(installed: Installed) -> None:
    """The job runs as its manifest says, waits for every outbox, and leaves a dump that restores elsewhere."""
    said, claims = await asyncio.to_thread(installed.cluster.run_job, "backup")
    written = json.loads(said.splitlines()[-1])
    assert (written["event"], written["caught_up"]) == ("backup_written", "on")
    file = claims["backups"] / Path(written["file"]).name
    assert file.stat().st_size == written["bytes"]
    verify = [sys.executable, "-m", "deploy.backup", "verify", str(file), "--rehearse"]
    done = await asyncio.to_thread(subprocess.run, verify, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
