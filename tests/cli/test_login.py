"""`linkmeter login`, `logout` and profiles: where keys are kept, and which one is shown to whom."""

import json
import stat
from pathlib import Path

from linkmeter.cli.keys import checked_key
from linkmeter.cli.settings import server_url
from tests.support.command_line import CommandLine
from tests.support.system import System

# A keyring of the kind that systems have, which keeps its passwords in a file of the test's.
_KEYRING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 1
    file = pathlib.Path(os.environ["HOME"], "keyring.json")

    def _read(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        return self._read().get(f"{service}/{username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps({**self._read(), f"{service}/{username}": password}))

    def delete_password(self, service, username):
        rest = self._read()
        del rest[f"{service}/{username}"]
        self.file.write_text(json.dumps(rest))
"""


def test_without_a_keyring_the_key_is_in_a_private_file(program: CommandLine, system: System) -> None:
    """It says so once; then commands work without a word about where the server is; logout forgets the key."""
    done = program("login", system.base_url, given=f"{system.api_key}\n")
    assert (done.code, done.out) == (0, "")
    kept = program.settings / "credentials.toml"
    assert f"There is no keyring here: the key is in {kept}" in done.err
    for path in (kept, program.settings / "config.toml"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert system.api_key not in (program.settings / "config.toml").read_text()
    assert program("domain", "list").code == 0

    second = program("login", "--profile", "work", given=system.api_key, LINKMETER_URL=system.base_url)
    assert second.code == 0
    assert "keyring" not in second.err
    assert [row["profile"] for row in map(json.loads, program("config", "list").out.splitlines())] == [
        "default",
        "work",
    ]
    assert program("logout").code == 0
    lost = program("domain", "list")
    assert (lost.code, lost.err.startswith("linkmeter: there is no API key")) == (4, True)
    assert system.api_key in kept.read_text(), "the other profile's key stays"

    kept.chmod(0o644)
    open_to_all = program("domain", "list", "--profile", "work")
    assert open_to_all.code == 1
    assert "others can read" in open_to_all.err


def test_with_a_keyring_the_key_is_there_alone(program: CommandLine, system: System) -> None:
    """No file has it."""
    (program.home / "our_keyring.py").write_text(_KEYRING)
    keyring = {"PYTHON_KEYRING_BACKEND": "our_keyring.Keyring", "PYTHONPATH": str(program.home)}
    done = program("login", system.base_url, given=system.api_key, **keyring)
    assert (done.code, "There is no keyring" in done.err) == (0, False)
    assert system.api_key in (program.home / "keyring.json").read_text()
    assert not any(system.api_key in path.read_text() for path in program.settings.iterdir())
    assert program("domain", "list", **keyring).code == 0
    assert program("logout", **keyring).code == 0
    assert json.loads((program.home / "keyring.json").read_text()) == {}


def test_a_key_that_the_server_refuses_is_not_kept(program: CommandLine, system: System) -> None:
    """Nothing is written, and no message holds the key; neither can it be an argument."""
    refused = program("login", system.base_url, given="lm_no-key-of-anybody")
    assert refused.code == 4
    assert "lm_no-key" not in refused.err
    assert program("login", system.base_url, system.api_key).code == 2
    assert program("login", "localhost:8080", given=system.api_key).code == 2
    assert not program.settings.exists()


def test_a_key_is_for_the_server_that_it_was_given_for(program: CommandLine, system: System) -> None:
    """Named another address, the program shows the profile's key to nobody; variables come before the profile."""
    program("login", system.base_url, given=system.api_key)
    elsewhere = program("domain", "list", "--url", "http://localhost:9")
    assert elsewhere.code == 4
    assert "no API key for http://localhost:9" in elsewhere.err
    assert program("domain", "list", LINKMETER_API_KEY="lm_another").code == 4
    assert program("domain", "list", LINKMETER_URL="http://localhost:9", LINKMETER_API_KEY="lm_x").code == 5
    moved = program("config", "set", "url", "http://localhost:9")
    assert "is forgotten" in moved.err
    assert system.api_key not in (program.settings / "credentials.toml").read_text()


def test_it_asks_at_a_terminal(program: CommandLine, system: System) -> None:
    """For the address and the key, which is not shown."""
    done = program.at_terminal(
        "login", typed=[("Address of the server", f"{system.base_url}/\n"), ("API key", f"{system.api_key}\n")]
    )
    assert done.code == 0
    assert "Logged in to" in done.out
    assert system.api_key not in done.out


def test_settings_are_set_and_wrong_ones_are_told(program: CommandLine) -> None:
    """By name and value; a file that somebody broke is named."""
    assert program("config", "set", "time_zone", "Europe/Berlin").code == 0
    assert program("config", "get", "time_zone").out == "Europe/Berlin\n"
    assert program("config", "set", "time_zone", "Nowhere").code == 2
    assert program("config", "set", "colour", "blue").code == 2
    assert Path(program("config", "path").out.strip()) == program.settings / "config.toml"
    (program.settings / "config.toml").write_text("profile = [")
    broken = program("config", "list")
    assert broken.code == 2
    assert "config.toml is not TOML" in broken.err


def test_addresses_and_keys_are_tidied() -> None:
    """White space and a slash at the end are no part of them."""
    assert server_url(" https://Sho.rt/ ") == "https://sho.rt"
    assert server_url("http://[::1]:8080") == "http://[::1]:8080"
    assert checked_key(" lm_abc\r\n") == "lm_abc"
