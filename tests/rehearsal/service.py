"""A Service with an address of its own: each new connection goes to some ready pod, and stays with it."""

import asyncio
import itertools
import threading
from collections.abc import Callable, Sequence


class Balancer:
    """Carries TCP connections, as the rules of kube-proxy do, in a thread of its own."""

    def __init__(self, port: int, endpoints: Callable[[], Sequence[tuple[str, int]]]) -> None:
        self._endpoints = endpoints
        self._turns = itertools.count()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._carry, "127.0.0.1", port), self._loop
        ).result(5)

    def stop(self) -> None:
        """End everything."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ready = self._endpoints()
        if not ready:
            writer.close()
            return
        host, port = ready[next(self._turns) % len(ready)]
        try:
            pod_reader, pod_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(_pump(reader, pod_writer), _pump(pod_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
