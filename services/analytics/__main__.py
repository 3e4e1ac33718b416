"""Run analytics, or one of its commands: python -m services.analytics COMMAND.

settle runs the program that moves clicks into segments, migrate brings the schema to the program's version, convert
moves clicks that an older version stored in tables into segments, and reclassify brings the stored clicks to the
program's definition of classes. check compares the files of settled clicks with the database, save-segments copies
them beside a dump of it, and segments lists them for another engine.
"""

import sys
from typing import Final

from services.runtime import commands

_COMMANDS: Final = ("settle", "migrate", "convert", "reclassify", "check", "save-segments", "segments")

if __name__ == "__main__":
    commands.run("analytics", _COMMANDS, sys.argv[1:])
