"""Run the compat server: `python -m gateway.compat`."""

import os

from gateway.compat.server import CompatServer
from gateway.compat.settings import Settings
from services.runtime import program
from services.runtime.settings import SettingsError, stop


def main() -> None:
    """Serve until SIGTERM."""
    try:
        settings = Settings.read(os.environ)
    except SettingsError as problem:
        stop("compat", problem)
    program.run("compat", settings.server, lambda: CompatServer(settings))


if __name__ == "__main__":
    main()
