"""`make admin`: an operator's commands in the running system."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.make_run import ROOT
from tests.support.system import System


def admin(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run what `make admin ARGS=...` runs."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", "admin", *arguments],
        cwd=ROOT,
        env={**machine, "LINKMETER_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_new_account_creates_a_link_with_its_own_key(system: System) -> None:
    """From nothing to a second person who works beside the first one, with nothing but the data directory known."""
    assert "owner_id: " in admin(system.folder.path, "create-owner", "journey-ada").stdout
    made = admin(system.folder.path, "create-key", "--owner", "journey-ada")
    key = made.stdout.splitlines()[-1].removeprefix("api_key: ")
    async with system.client(api_key=key) as ada, system.client() as first:
        created = await ada.post("/v1/links", json={"destination": "https://example.com/"})
        assert created.status_code == 200, created.text
        link_id = created.json()["linkId"]
        assert (await ada.get(f"/v1/links/{link_id}")).status_code == 200
        assert (await first.get(f"/v1/links/{link_id}")).status_code == 404


def test_system_that_does_not_run_is_told(tmp_path: Path) -> None:
    """In one line that says what to do."""
    refused = admin(tmp_path / "data", "list-owners")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"linkmeter: nothing runs on {tmp_path / 'data'} now")


def test_settings_for_operators_are_private_and_hold_no_more_than_needed(system: System) -> None:
    """Nobody else on the machine reads the database's password; keys and the secret are not there."""
    kept = system.folder.run / "operator.json"
    assert kept.stat().st_mode & 0o077 == 0
    text = kept.read_text()
    assert system.folder.secret() not in text
    assert system.api_key not in text
