"""Run links: `python -m services.links` serves, with `migrate` prepares the database, with `admin` obeys operators."""

import sys
from typing import Final

from services.runtime import commands

_COMMANDS: Final = ("migrate", "admin")

if __name__ == "__main__":
    commands.run("links", _COMMANDS, sys.argv[1:])
