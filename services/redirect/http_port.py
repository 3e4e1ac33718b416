"""The HTTP port over the whole life of a worker: Granian reads certificates once, so a renewal takes a new server."""

import asyncio
from collections.abc import Callable
from typing import Final

from granian.server.embed import Server

from services.common import log
from services.common.tls import LOOK_SECONDS, Watched

# A server that cannot use its certificates has ended by then.
_TRIAL_SECONDS: Final = 0.5

_logger = log.get(__name__)


class HttpPort:
    """Serves until told to stop; when certificates are renewed, the next server takes over the port from the last."""

    def __init__(self, open_server: Callable[[], Server], certificates: Watched | None = None) -> None:
        self._open_server = open_server
        self._certificates = certificates
        self._leaving: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve; raise what ended the server when nobody stopped it."""
        self._server, self._serving = self._start()
        renewing = asyncio.create_task(self._renew_for_ever(self._certificates)) if self._certificates else None
        try:
            while True:
                serving = self._serving
                await asyncio.wait({serving})
                if serving is self._serving:
                    serving.result()
                    break
            # Requests that an earlier server has in hand.
            if self._leaving:
                await asyncio.wait(self._leaving)
        finally:
            if renewing:
                renewing.cancel()

    def stop(self) -> None:
        """Take no more requests; serve() ends when those in hand are answered."""
        self._server.stop()  # type: ignore[no-untyped-call] # Granian leaves it untyped

    def _start(self) -> tuple[Server, "asyncio.Task[None]"]:
        server = self._open_server()
        return server, asyncio.create_task(server.serve())

    async def _renew_for_ever(self, certificates: Watched) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if certificates.renewed() is not None:
                await self._take_over()

    async def _take_over(self) -> None:
        server, serving = self._start()
        # Both listen for this moment, by SO_REUSEPORT.
        await asyncio.wait({serving}, timeout=_TRIAL_SECONDS)
        if serving.done():
            _logger.error("http_server_not_renewed", error=type(serving.exception()).__name__)
            return
        old, old_serving = self._server, self._serving
        self._server, self._serving = server, serving
        self._leaving.add(old_serving)
        old_serving.add_done_callback(self._leaving.discard)
        old.stop()  # type: ignore[no-untyped-call] # Granian leaves it untyped
