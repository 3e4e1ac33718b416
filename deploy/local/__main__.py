"""Run the whole system on this machine: python -m deploy.local run."""

import os
import sys

from deploy.local import settings
from deploy.local.supervisor import supervise
from services.common.settings import SettingsError, stop


def main() -> int:
    """Do what the command line says."""
    if sys.argv[1:] != ["run"]:
        sys.stderr.write("usage: python -m deploy.local run\n")
        return 2
    try:
        read = settings.read(os.environ)
    except SettingsError as problem:
        stop("linkmeter", problem)
    return supervise(read)


if __name__ == "__main__":
    sys.exit(main())
