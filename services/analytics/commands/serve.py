"""Without a command: serve."""

import os
from functools import partial

from services.analytics.server import AnalyticsServer, build_enricher
from services.analytics.settings import read_settings
from services.runtime import program
from services.runtime.commands import refuse


def run(arguments: list[str]) -> None:
    """Read the settings and serve."""
    refuse(arguments)
    settings = read_settings(os.environ)
    program.run(
        "analytics",
        settings.server,
        lambda: AnalyticsServer(settings, load_enricher=partial(build_enricher, settings)),
    )
