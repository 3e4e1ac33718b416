"""Without a command: serve."""

import os

from services.links.server import LinksServer
from services.links.settings import read_settings
from services.runtime import program
from services.runtime.commands import refuse


def run(arguments: list[str]) -> None:
    """Read the settings and serve."""
    refuse(arguments)
    settings = read_settings(os.environ)
    program.run("links", settings.server, lambda: LinksServer(settings))
