"""How a program of ours runs: set up, build, start, wait until told to stop, stop."""

import asyncio
import signal
from collections.abc import Callable
from typing import Protocol

import uvloop

from services.runtime import log, metrics, tracing
from services.runtime.shared_settings import ProgramSettings


class Server(Protocol):
    """What a program serves: built without waiting for anything, then started once and stopped once."""

    async def start(self) -> None:
        """Serve from now on."""
        ...

    async def stop(self) -> None:
        """Finish what is under way, then close all that start opened."""
        ...


def set_up(name: str, settings: ProgramSettings) -> None:
    """Write logs and send traces as the settings say; the name is the program's."""
    log.configure(name, settings.log_level, settings.log_format)
    tracing.configure(name, settings.otlp_endpoint)


def run(
    name: str,
    settings: ProgramSettings,
    build: Callable[[], Server],
    watch: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until what watch is given is called; the server is built in its own loop."""
    set_up(name, settings)
    metrics.serve(settings.metrics_listen)
    uvloop.run(_serve(build, watch))


def stop_event() -> asyncio.Event:
    """Return an event of the running loop that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _serve(build: Callable[[], Server], watch: Callable[[Callable[[], None]], None] | None) -> None:
    stopping = stop_event()
    if watch:
        watch(stopping.set)
    server = build()
    await server.start()
    await stopping.wait()
    await server.stop()
