"""S22: a user of the machine without rights on the data folder can read and change nothing of `make run`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.listening import family, network_ports, unix_sockets
from tests.support.system import System, running_system

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

# Nobody has this id, and so nobody's files.
_STRANGER = 54_321
# Says what of these a stranger can open: sockets by connecting, files by reading.
_STRANGER_TRIES = f"""
import os, socket, sys
os.setgroups([])
os.setgid({_STRANGER})
os.setuid({_STRANGER})
for path in sys.stdin.read().splitlines():
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
        print("connected", path)
    except OSError:
        pass
    try:
        os.close(os.open(path, os.O_RDONLY))
        print("read", path)
    except OSError:
        pass
"""


@pytest.fixture(scope="module", params=["short", "long"])
def local(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Run a system of two workers, whose folder may have a longer path than sockets can."""
    folder = tmp_path_factory.mktemp("s22")
    folder.chmod(0o755)
    data = folder / ("data" if request.param == "short" else "d" * 100)
    with running_system(data, LINKMETER_WORKERS="2") as system:
        yield system


def test_only_the_public_port_can_be_reached_by_the_network(local: System) -> None:
    """No program listens on any port of TCP or UDP but the gateway on the public one."""
    assert {name: ports for name, pids in _programs(local).items() if (ports := network_ports(pids))} == {
        "envoy": {local.settings.port}
    }


def test_every_socket_is_behind_a_closed_door(local: System) -> None:
    """Each listening Unix socket lies in a folder that only its owner enters."""
    paths = _sockets(local)
    names = {path.name for path in paths}
    assert {"links", "analytics", "compat", "redirect", "redirect.1", "redirect-http", "redirect-http.1"} <= names
    assert {"envoy-admin", "envoy-metrics", "valkey", ".s.PGSQL.5432"} <= names
    assert [path for path in paths if path.parent.stat().st_mode & 0o077] == []


def test_what_is_kept_is_behind_a_closed_door(local: System) -> None:
    """No file of the data folder can be read by others, whatever the umask: secrets, outboxes, logs, the database."""
    assert [path for path in _kept(local) if _is_open_to_all(path, local.folder.path)] == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as somebody else; the doors were looked at above")
def test_a_stranger_gets_nowhere(local: System) -> None:
    """Somebody else can connect to no socket and read no file."""
    tried = [*_sockets(local), *_kept(local)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _STRANGER_TRIES],
        input="\n".join(map(str, tried)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert len(tried) > 50


def _programs(local: System) -> dict[str, frozenset[int]]:
    """List the processes of each program."""
    return {name: family(process.pid) for name, process in local.stack.processes.items()}


def _sockets(local: System) -> list[Path]:
    """List the paths of the programs' Unix sockets; one that took another's place was bound beside it."""
    pids = frozenset().union(*_programs(local).values())
    return sorted({path.with_name(path.name.removesuffix("~")) for path in unix_sockets(pids)})


def _kept(local: System) -> list[Path]:
    return [path for path in local.folder.path.rglob("*") if path.is_file()]


def _is_open_to_all(path: Path, folder: Path) -> bool:
    """Return whether a stranger who may enter the data folder can read a file of it."""
    between = path.relative_to(folder).parents
    is_reached = all((folder / parent).stat().st_mode & 0o001 for parent in between if parent != Path())
    return is_reached and bool(path.stat().st_mode & 0o004)
