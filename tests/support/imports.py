"""Links and analytics together, as whoever moves in sees them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from linkmeter.analytics.v1 import clicks_pb2, stats_service_pb2
from linkmeter.links.v1 import import_service_pb2 as pb
from linkmeter.links.v1 import links_pb2
from services.common.caller import STATS_READ, Caller
from services.runtime.caller_metadata import metadata_for
from tests.support.analytics import Analytics, running_analytics
from tests.support.clicks import recorded_click, timestamp
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, OWNER_ID, Links, Metadata, running_links

AS_READER = metadata_for(Caller(owner_id=OWNER_ID, scopes=frozenset({STATS_READ})))
IDENTITY = "https://old.example"


@dataclass(frozen=True, slots=True)
class Moving:
    """Both services."""

    links: Links
    analytics: Analytics
    clock: FakeClock

    async def begin(self, identity: str = IDENTITY, metadata: Metadata = OWNER) -> pb.Import:
        """Begin an import, or get it."""
        request = pb.CreateImportRequest(origin="yourls", origin_identity=identity)
        return await self.links.imports.CreateImport(request, metadata=metadata)

    async def get(self, import_id: int, metadata: Metadata = OWNER) -> pb.Import:
        """Get an import."""
        return await self.links.imports.GetImport(pb.GetImportRequest(import_id=import_id), metadata=metadata)

    async def bring_links(
        self, import_id: int, *links: pb.ImportedLink, dry: bool = False, metadata: Metadata = OWNER
    ) -> Sequence[pb.ImportLinkResult]:
        """Import links."""
        request = pb.ImportLinksRequest(import_id=import_id, links=links, validate_only=dry)
        return (await self.links.imports.ImportLinks(request, metadata=metadata)).results

    async def bring_clicks(
        self, import_id: int, *clicks: pb.ImportedClick, dry: bool = False, metadata: Metadata = OWNER
    ) -> pb.ImportClicksResponse:
        """Import clicks."""
        request = pb.ImportClicksRequest(import_id=import_id, clicks=clicks, validate_only=dry)
        return await self.links.imports.ImportClicks(request, metadata=metadata)

    async def undo(self, import_id: int, metadata: Metadata = OWNER) -> pb.UndoImportResponse:
        """Undo an import."""
        return await self.links.imports.UndoImport(pb.UndoImportRequest(import_id=import_id), metadata=metadata)

    async def stats(self, link_id: int) -> stats_service_pb2.GetLinkStatsResponse:
        """Read the statistics of a link since 1995."""
        request = stats_service_pb2.GetLinkStatsRequest(link_id=link_id, bucket=stats_service_pb2.BUCKET_MONTH)
        request.interval.start_time.FromDatetime(datetime(1995, 1, 1, tzinfo=UTC))
        return await self.analytics.stats.GetLinkStats(request, metadata=AS_READER)

    async def follow(self, link: links_pb2.Link, times: int = 1) -> None:
        """Let an outbox bring clicks of a link."""
        when = self.clock.now() - timedelta(minutes=1)
        clicks: list[clicks_pb2.RecordedClick] = [
            recorded_click(when, link_id=link.link_id, owner_id=link.owner_id, domain=link.domain, code=link.code)
            for _ in range(times)
        ]
        await self.analytics.take(uuid4(), *clicks)


@asynccontextmanager
async def running_moving(postgres_url: str, redis_url: str, clock: FakeClock) -> AsyncIterator[Moving]:
    """Run links and analytics on a database with the tables of both."""
    async with (
        running_analytics(postgres_url, clock=clock) as analytics,
        running_links(postgres_url, redis_url, clock=clock, analytics_address=analytics.address) as links,
    ):
        yield Moving(links, analytics, clock)


def old_link(code: str, destination: str = "https://example.com/", **fields: object) -> pb.ImportedLink:
    """Build a link as its origin had it; fields of the link itself have names that begin with link_."""
    own = {name.removeprefix("link_"): value for name, value in fields.items() if name.startswith("link_")}
    rest = {name: value for name, value in fields.items() if not name.startswith("link_")}
    link = links_pb2.Link(code=code, destination=destination, **own)  # type: ignore[arg-type]
    return pb.ImportedLink(link=link, **rest)  # type: ignore[arg-type]


def old_clicks(code: str, *times: datetime, first: int = 1, **fields: object) -> list[pb.ImportedClick]:
    """Build clicks as their origin had them."""
    return [
        pb.ImportedClick(sequence=first + number, time=timestamp(time), code=code, **fields)  # type: ignore[arg-type]
        for number, time in enumerate(times)
    ]
