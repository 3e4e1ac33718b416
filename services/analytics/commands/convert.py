"""The command convert: move clicks that an older version stored in tables into segments."""

import os

from services.analytics.commands import rewriting_all
from services.analytics.segments.conversion import Conversion
from services.analytics.settings import read_settle_settings
from services.analytics.settle import log_conversion
from services.runtime.commands import refuse


def run(arguments: list[str]) -> None:
    """Convert them, from where an interrupted run ended."""
    refuse(arguments)
    settings = read_settle_settings(os.environ)
    rewriting_all.run(
        "convert", settings, lambda pool, files, limits: Conversion(pool, files, limits).run(log_conversion)
    )
