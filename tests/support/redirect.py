"""A real redirect process between doubles of our own services, at their contracts."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import httpx
from google.protobuf.timestamp_pb2 import Timestamp

from deploy.local.process import Command, Process
from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2, ingest_service_pb2_grpc
from linkmeter.links.v1 import resolution_service_pb2, resolution_service_pb2_grpc
from services.common import access_ticket, errors
from services.runtime import request_id
from services.runtime.health import HealthPoller
from services.runtime.interceptors import Context
from services.runtime.rpc_server import Limits, RpcServer
from tests.support.inside import http_client
from tests.support.ports import free_port
from tests.support.wait import GENEROUS_SECONDS, eventually

SECRET = "a secret of thirty-two characters"
HOST = "localhost"
# Between one part of an answer and the next; the first may take its time.
SILENCE_SECONDS = 2.0
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


class LinksDouble(resolution_service_pb2_grpc.ResolutionServiceServicer):
    """Links, as far as redirect knows it."""

    def __init__(self) -> None:
        self.links: dict[str, resolution_service_pb2.Resolution] = {}
        # The owner of each domain; 0: the installation.
        self.domains = {HOST: 0}
        self.passwords: dict[int, str] = {}
        self.consumed: Counter[int] = Counter()
        self.guesses: list[resolution_service_pb2.VerifyPasswordRequest] = []
        self.guesses_are_limited = False
        self.lookups = 0
        self.request_ids: list[str] = []
        self.seconds_for_lookup = 0.0

    def add(self, code: str, *, host: str = HOST, **fields: Any) -> resolution_service_pb2.Resolution:
        """Create or change a link."""
        known = self.links.get(f"{host}/{code}")
        values: dict[str, Any] = {
            "link_id": known.link_id if known else len(self.links) + 1,
            "owner_id": 7,
            "domain_id": 1,
            "domain": host,
            "code": code,
            "destination": f"https://example.com/{code}",
            "redirect_status": 302,
            "revision": known.revision + 1 if known else 1,
            "short_url": f"http://{host}/{code}",
        }
        link = resolution_service_pb2.Resolution(**values | fields)
        self.links[f"{host}/{code}"] = link
        self.domains.setdefault(host, 0)
        return link

    async def ResolveLink(  # noqa: N802 - named by the contract
        self, request: resolution_service_pb2.ResolveLinkRequest, context: Context
    ) -> resolution_service_pb2.ResolveLinkResponse:
        """Find a link."""
        del context
        self.lookups += 1
        self.request_ids.append(request_id.current())
        await asyncio.sleep(self.seconds_for_lookup)
        link = self.links.get(f"{request.host}/{request.code}")
        if request.host not in self.domains:
            return resolution_service_pb2.ResolveLinkResponse()
        if link is not None and link.max_clicks:
            is_exhausted = self.consumed[link.link_id] >= link.max_clicks
            link = resolution_service_pb2.Resolution(**_fields(link) | {"exhausted": is_exhausted})
        return resolution_service_pb2.ResolveLinkResponse(
            resolution=link, domain_id=1, domain=request.host, domain_owner_id=self.domains[request.host]
        )

    async def ConsumeClick(  # noqa: N802 - named by the contract
        self, request: resolution_service_pb2.ConsumeClickRequest, context: Context
    ) -> resolution_service_pb2.ConsumeClickResponse:
        """Grant a follow while there is one."""
        del context
        link = next(link for link in self.links.values() if link.link_id == request.link_id)
        granted = self.consumed[link.link_id] < link.max_clicks
        self.consumed[link.link_id] += granted
        return resolution_service_pb2.ConsumeClickResponse(granted=granted)

    async def VerifyPassword(  # noqa: N802 - named by the contract
        self, request: resolution_service_pb2.VerifyPasswordRequest, context: Context
    ) -> resolution_service_pb2.VerifyPasswordResponse:
        """Check a guess."""
        del context
        self.guesses.append(request)
        if self.guesses_are_limited:
            raise errors.ResourceExhausted("too many guesses", retry_after_seconds=42)
        link = self.links.get(f"{request.host}/{request.code}")
        if link is None or self.passwords.get(link.link_id) != request.password:
            raise errors.PermissionDenied("wrong password")
        expires = datetime.now(UTC) + timedelta(hours=1)
        return resolution_service_pb2.VerifyPasswordResponse(
            access_ticket=access_ticket.issue(SECRET, link.link_id, link.password_version, expires),
            expire_time=Timestamp(seconds=int(expires.timestamp())),
            link_id=link.link_id,
        )


def _fields(link: resolution_service_pb2.Resolution) -> dict[str, Any]:
    return {field.name: value for field, value in link.ListFields()}


class AnalyticsDouble(ingest_service_pb2_grpc.IngestServiceServicer):
    """Analytics, as far as redirect knows it: keeps each click once and knows each source's mark."""

    def __init__(self) -> None:
        self.clicks: list[clicks_pb2.RecordedClick] = []
        self.orphans: list[clicks_pb2.RecordedClick] = []
        self.marks: Counter[str] = Counter()
        self.reports: dict[str, ingest_service_pb2.OutboxReport] = {}
        self.batches = 0
        self.gaps: list[str] = []
        self.is_down = False
        # Batches that are stored, but whose answers are lost.
        self.lost_answers = 0

    async def IngestClicks(  # noqa: N802 - named by the contract
        self, request: ingest_service_pb2.IngestClicksRequest, context: Context
    ) -> ingest_service_pb2.IngestClicksResponse:
        """Store what is new in a batch."""
        del context
        if self.is_down:
            raise errors.Unavailable("down")
        self.batches += 1
        for row in request.rows:
            mark = self.marks[request.source]
            if row.sequence > mark + 1:
                self.gaps.append(f"{request.source}: {mark} to {row.sequence}")
            if row.sequence > mark:
                self.marks[request.source] = row.sequence
                click = clicks_pb2.RecordedClick.FromString(row.click)
                # Rows of tests' own making are empty: clicks as good as any.
                shelf = self.orphans if click.http_status and not click.link_id else self.clicks
                shelf.append(click)
        self.reports[request.source] = request.report
        if self.lost_answers:
            self.lost_answers -= 1
            raise errors.Unavailable("the answer is lost")
        return ingest_service_pb2.IngestClicksResponse(acknowledged_sequence=self.marks[request.source])

    def followed(self) -> Counter[str]:
        """Count the stored clicks by their query, in which tests tell requests apart."""
        return Counter(click.query for click in self.clicks)


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


async def serve_links(links: LinksDouble, port: int = 0) -> RpcServer:
    """Serve the double of links."""
    server = RpcServer(address=f"127.0.0.1:{port}", health=HealthPoller(), limits=Limits(grace_seconds=0))
    resolution_service_pb2_grpc.add_ResolutionServiceServicer_to_server(links, server.server)
    await server.start(["linkmeter.links.v1.ResolutionService"])
    return server


async def serve_analytics(analytics: AnalyticsDouble, port: int = 0) -> RpcServer:
    """Serve the double of analytics."""
    server = RpcServer(address=f"127.0.0.1:{port}", health=HealthPoller(), limits=Limits(grace_seconds=0))
    ingest_service_pb2_grpc.add_IngestServiceServicer_to_server(analytics, server.server)
    await server.start(["linkmeter.analytics.v1.IngestService"])
    return server


def open_channel(address: str) -> grpc.aio.Channel:
    """Open a bare channel, as a caller without our conventions would."""
    return grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])


def statuses(responses: Iterable[httpx.Response]) -> Counter[int]:
    """Count answers by status."""
    return Counter(response.status_code for response in responses)
