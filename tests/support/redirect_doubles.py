"""Doubles of links and analytics at their contracts, as far as redirect knows them."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2, ingest_service_pb2_grpc
from linkmeter.links.v1 import resolution_service_pb2, resolution_service_pb2_grpc
from services.common import access_ticket, errors
from services.runtime import request_id
from services.runtime.health import HealthPoller
from services.runtime.interceptors import Context
from services.runtime.rpc_server import Limits, RpcServer

SECRET = "a secret of thirty-two characters"
HOST = "localhost"


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
        # Of codes that take their own time.
        self.seconds_for: dict[str, float] = {}
        # False: a version that resolves one link at a time.
        self.knows_bulk = True
        self.bulk_calls = 0
        # A code that no call may name.
        self.refused = ""

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
        if self.refused and request.code == self.refused:
            raise errors.InvalidArgument("code", "is refused")
        self.lookups += 1
        self.request_ids.append(request_id.current())
        await asyncio.sleep(self.seconds_for.get(request.code, self.seconds_for_lookup))
        link = self.links.get(f"{request.host}/{request.code}")
        if request.host not in self.domains:
            return resolution_service_pb2.ResolveLinkResponse()
        if link is not None and link.max_clicks:
            is_exhausted = self.consumed[link.link_id] >= link.max_clicks
            link = resolution_service_pb2.Resolution(**_fields(link) | {"exhausted": is_exhausted})
        return resolution_service_pb2.ResolveLinkResponse(
            resolution=link, domain_id=1, domain=request.host, domain_owner_id=self.domains[request.host]
        )

    async def ResolveLinks(  # noqa: N802 - named by the contract
        self, request: resolution_service_pb2.ResolveLinksRequest, context: Context
    ) -> resolution_service_pb2.ResolveLinksResponse:
        """Find many links."""
        if not self.knows_bulk:
            await context.abort(grpc.StatusCode.UNIMPLEMENTED)
        self.bulk_calls += 1
        found = await asyncio.gather(*(self.ResolveLink(each, context) for each in request.links))
        return resolution_service_pb2.ResolveLinksResponse(links=found)

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
