"""The whole system on this machine: python -m deploy.local run, and beside it python -m deploy.local admin COMMAND."""

import os
import subprocess
import sys

from deploy.local import parts, settings
from deploy.local.data_folder import DataFolder
from deploy.local.errors import CannotStartError
from deploy.local.supervisor import supervise
from services.runtime.settings import SettingsError, stop

_HELP = frozenset({"-h", "--help"})


def main() -> int:
    """Do what the command line says."""
    verb, *arguments = sys.argv[1:] or [""]
    if verb != "admin" and (verb, arguments) != ("run", []):
        sys.stderr.write("usage: python -m deploy.local run | admin COMMAND\n")
        return 2
    try:
        read = settings.read(os.environ)
    except SettingsError as problem:
        stop("linkmeter", problem)
    return supervise(read) if verb == "run" else _administer(DataFolder(read.data_folder), arguments)


def _administer(folder: DataFolder, arguments: list[str]) -> int:
    """Let links do what an operator wants, in the running system."""
    try:
        needs_system = not _HELP & set(arguments)
        command, environment = parts.admin(folder.read_operator_settings() if needs_system else {}, arguments)
    except CannotStartError as problem:
        sys.stderr.write(f"linkmeter: {problem}\n")
        return 1
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
