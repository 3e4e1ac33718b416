"""A real analytics service in the test's own loop, and stubs that call it over the wire."""

import atexit
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from linkmeter.analytics.v1 import (
    click_service_pb2_grpc,
    clicks_pb2,
    ingest_service_pb2_grpc,
    stats_service_pb2,
    stats_service_pb2_grpc,
)
from services.analytics.domain.enrich import Enricher
from services.analytics.domain.places import Places
from services.analytics.server import AnalyticsServer, build_enricher
from services.analytics.settings import Settings, read_settings, read_settle_settings
from services.analytics.settle import SettleServer
from services.analytics.watching.limits import WatchLimits
from services.common.caller import ADMIN, LINKS_READ, LINKS_WRITE, STATS_READ, Caller
from services.common.clock import Clock, SystemClock
from services.runtime.caller_metadata import metadata_for
from services.runtime.rpc_client import open_channel
from services.runtime.rpc_server import Limits
from tests.support.clicks import LINK, OWNER, ingest_request

Metadata = tuple[tuple[str, bytes], ...]

AS_OWNER: Metadata = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({STATS_READ})))
AS_OTHER_OWNER: Metadata = metadata_for(Caller(owner_id=OWNER + 1, scopes=frozenset({STATS_READ})))
AS_ADMIN: Metadata = metadata_for(Caller(owner_id=1, scopes=frozenset({ADMIN})))
AS_LINK: Metadata = metadata_for(Caller(link_id=LINK, scopes=frozenset({LINKS_READ, LINKS_WRITE, STATS_READ})))

LIMITS = Limits(message_bytes=64 * 1024 * 1024, grace_seconds=0.2)


@dataclass(frozen=True, slots=True)
class Analytics:
    """Stubs of a running service."""

    ingest: "ingest_service_pb2_grpc.IngestServiceAsyncStub"
    clicks: "click_service_pb2_grpc.ClickServiceAsyncStub"
    stats: "stats_service_pb2_grpc.StatsServiceAsyncStub"
    address: str

    async def take(self, source: UUID, *clicks: clicks_pb2.RecordedClick | bytes, first: int = 1) -> int:
        """Ingest clicks and answer the acknowledged sequence."""
        response = await self.ingest.IngestClicks(ingest_request(source, clicks, first=first))
        return response.acknowledged_sequence

    async def ledger(self) -> stats_service_pb2.Ledger:
        """Read the ledger."""
        return await self.stats.GetLedger(stats_service_pb2.GetLedgerRequest(), metadata=AS_ADMIN)

    async def count(self, metadata: Metadata = AS_OWNER, *, start: datetime, end: datetime) -> int:
        """Count the clicks of an interval, from sums where they apply."""
        request = stats_service_pb2.QueryStatsRequest(reports=[stats_service_pb2.Report()])
        request.interval.start_time.FromDatetime(start)
        request.interval.end_time.FromDatetime(end)
        response = await self.stats.QueryStats(request, metadata=metadata)
        return response.results[0].rows[0].metrics[0]


@asynccontextmanager
async def running_settle(
    postgres_url: str, *, clock: Clock | None = None, **variables: str
) -> AsyncIterator[SettleServer]:
    """Run the program that settles, on the database and the segments of a service of running_analytics."""
    server = SettleServer(
        read_settle_settings(
            {"LINKMETER_POSTGRES_URL": postgres_url, "LINKMETER_SEGMENTS": segments_of(postgres_url), **variables}
        ),
        clock,
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def segments_of(postgres_url: str) -> str:
    """Return the folder of the segments of a database of the tests; it goes with the session's temporary files."""
    name = hashlib.sha256(postgres_url.encode()).hexdigest()[:16]
    return str(_segments() / name)


def settings_for(postgres_url: str, **variables: str) -> Settings:
    """Read settings for a database, as from an environment."""
    return read_settings(
        {
            "LINKMETER_LISTEN": "127.0.0.1:0",
            "LINKMETER_POSTGRES_URL": postgres_url,
            "LINKMETER_SECRET": "a secret of the tests, long enough",
            "LINKMETER_SEGMENTS": segments_of(postgres_url),
            **variables,
        }
    )


@asynccontextmanager
async def running_analytics(
    postgres_url: str,
    *,
    clock: Clock | None = None,
    enricher: Enricher | None = None,
    limits: Limits = LIMITS,
    watches: WatchLimits | None = None,
    **variables: str,
) -> AsyncIterator[Analytics]:
    """Serve a migrated database; watches are bounds that settings do not know."""
    settings = settings_for(postgres_url, **variables)
    settings = replace(settings, watches=watches or settings.watches)
    server = AnalyticsServer(
        settings,
        load_enricher=lambda: enricher or build_enricher(settings, _places()),
        clock=clock or SystemClock(),
        limits=limits,
    )
    await server.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.stop)
        address = f"127.0.0.1:{server.port}"
        channel = await stack.enter_async_context(open_channel(address, deadline_seconds=60))
        yield Analytics(
            ingest=ingest_service_pb2_grpc.IngestServiceStub(channel),
            clicks=click_service_pb2_grpc.ClickServiceStub(channel),
            stats=stats_service_pb2_grpc.StatsServiceStub(channel),
            address=address,
        )


@cache
def _segments() -> Path:
    folder = TemporaryDirectory(prefix="linkmeter-segments-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def _places() -> Places:
    """Read the table once for the session."""
    return Places.load()
