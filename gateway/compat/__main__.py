"""Run the compat server: `python -m gateway.compat`."""

import asyncio
import os

import uvloop

from gateway.compat import server
from gateway.compat.settings import Settings
from services.runtime import log, metrics, settings, tracing


def main() -> None:
    """Serve until SIGTERM."""
    try:
        ours = Settings.read(os.environ)
    except settings.SettingsError as problem:
        settings.stop("compat", problem)
    log.configure("compat", ours.server.log_level)
    tracing.configure("compat", ours.server.otlp_endpoint)
    metrics.serve(ours.server.metrics_listen)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.run(ours))


if __name__ == "__main__":
    main()
