"""The command settle: move clicks into segments until told to stop."""

import os

from services.analytics.settings import read_settle_settings
from services.analytics.settle import SettleServer
from services.runtime import program
from services.runtime.commands import refuse


def run(arguments: list[str]) -> None:
    """Run the program."""
    refuse(arguments)
    settings = read_settle_settings(os.environ)
    program.run("settle", settings.server, lambda: SettleServer(settings))
