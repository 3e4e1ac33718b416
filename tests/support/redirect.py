"""A real redirect process between doubles of our own services."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx

from deploy.local.process import Command, Process
from services.runtime.rpc_server import RpcServer
from tests.support.inside import http_client
from tests.support.ports import free_port
from tests.support.redirect_doubles import HOST, SECRET, AnalyticsDouble, LinksDouble, serve_analytics, serve_links
from tests.support.wait import GENEROUS_SECONDS, eventually

# Between one part of an answer and the next; the first may take its time.
SILENCE_SECONDS = 2.0
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass(slots=True)
class System:
    """A redirect process with what is around it."""

    folder: Path
    links: LinksDouble
    analytics: AnalyticsDouble
    links_server: RpcServer
    analytics_server: RpcServer
    environment: dict[str, str]
    http_address: str
    rpc_address: str
    metrics_address: str
    client: httpx.AsyncClient
    process: Process | None = None

    @property
    def outbox(self) -> Path:
        """Where the outbox files lie."""
        return Path(self.environment["LINKMETER_OUTBOX_DIR"])

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        arguments = [sys.executable, "-m", "services.redirect"]
        self.process = Process(Command(name="redirect", arguments=arguments, environment=self.environment), self.folder)
        await eventually(self._answers)

    async def _answers(self) -> bool:
        assert self.process is not None
        if not self.process.is_running:
            raise RuntimeError(self.process.log_tail())
        try:
            # Asked again and again: somebody else may have the port, and answer nothing.
            return (await self.client.get("/healthz", timeout=1)).status_code == 200
        except httpx.TransportError:
            return False

    async def stop(self) -> None:
        """End the process in order; our own doubles go on meanwhile."""
        if self.process is not None:
            await asyncio.to_thread(self.process.stop)

    async def kill(self) -> None:
        """End the process with SIGKILL."""
        assert self.process is not None
        await asyncio.to_thread(self.process.kill)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """Visit a path as a browser does, without following redirects."""
        return await self.client.get(path, **options)

    async def raw(self, request: bytes) -> bytes:
        """Send bytes as they are and answer what comes back until the other side closes or falls silent."""
        host, _, port = self.http_address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        answer = b""
        try:
            writer.write(request)
            await writer.drain()
            while True:
                async with asyncio.timeout(SILENCE_SECONDS if answer else GENEROUS_SECONDS):
                    part = await reader.read(65536)
                if not part:
                    break
                answer += part
        except (ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()
        return answer

    async def metric(self, name: str) -> float:
        """Read a metric, summed over its labels."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"http://{self.metrics_address}/metrics")).text
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name
        )


@asynccontextmanager
async def running_redirect(folder: Path, redis_url: str = "", **environment: str) -> AsyncIterator[System]:
    """Run a redirect process between doubles; environment variables go without LINKMETER_."""
    links, analytics = LinksDouble(), AnalyticsDouble()
    links_server, analytics_server = await serve_links(links), await serve_analytics(analytics)
    http, rpc, metrics = (f"127.0.0.1:{free_port(2)}" for _ in range(3))
    http = environment.get("HTTP_LISTEN", http)
    variables = {
        "LISTEN": rpc,
        "HTTP_LISTEN": http,
        "METRICS_LISTEN": metrics,
        "LINKS_ADDRESS": f"127.0.0.1:{links_server.port}",
        "ANALYTICS_ADDRESS": f"127.0.0.1:{analytics_server.port}",
        "REDIS_URL": redis_url,
        "SECRET": SECRET,
        "PUBLIC_URL": f"http://{HOST}",
        "OUTBOX_DIR": str(folder / "outbox"),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    named = {f"LINKMETER_{name}": value for name, value in (variables | environment).items()}
    headers = {"host": HOST, "user-agent": BROWSER}
    async with http_client(http, headers=headers) as client:
        system = System(
            folder=folder,
            links=links,
            analytics=analytics,
            links_server=links_server,
            analytics_server=analytics_server,
            environment=inherited | named,
            http_address=http,
            rpc_address=rpc,
            metrics_address=metrics,
            client=client,
        )
        try:
            await system.start()
            yield system
        finally:
            await system.stop()
            await system.links_server.server.stop(0)
            await system.analytics_server.server.stop(0)
            await links_server.stop()
            await analytics_server.stop()


def open_channel(address: str) -> grpc.aio.Channel:
    """Open a bare channel, as a caller without our conventions would."""
    return grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])


def statuses(responses: Iterable[httpx.Response]) -> Counter[int]:
    """Count answers by status."""
    return Counter(response.status_code for response in responses)
