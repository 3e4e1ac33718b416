"""One worker: both faces over one resolver, and the outbox behind them."""

import asyncio
import gc
from typing import Final

from linkmeter.analytics.v1 import ingest_service_pb2_grpc
from linkmeter.redirect.v1 import redirect_service_pb2_grpc
from services.common import bots
from services.common.clock import SystemClock
from services.redirect.data_plane import DataPlane
from services.redirect.following import Following
from services.redirect.http.server import HttpServer
from services.redirect.outbox.outbox import Outbox
from services.redirect.outbox.shipper import Shipper
from services.redirect.recorder import Recorder
from services.redirect.redirect_servicer import RedirectServicer
from services.redirect.request_facts import RequestFactsReader
from services.redirect.resolving import backends
from services.redirect.resolving.cache import Cache
from services.redirect.resolving.invalidation import Watch
from services.redirect.resolving.resolver import Resolver
from services.redirect.scan_limits import ScanLimits
from services.redirect.settings import Settings
from services.redirect.unlocking import Unlocking
from services.runtime import log, rpc_client
from services.runtime.health import HealthPoller
from services.runtime.redis_client import open_redis
from services.runtime.rpc_server import RpcServer

SERVICE_NAME: Final = "linkmeter.redirect.v1.RedirectService"
# Answers under way get so long after SIGTERM, the last clicks so long to reach analytics.
DRAIN_SECONDS: Final = 10.0
LAST_SHIPMENT_SECONDS: Final = 2.0

_logger = log.get(__name__)


class Worker:
    """Everything that one process runs beside its HTTP server."""

    def __init__(self, settings: Settings) -> None:
        clock = SystemClock()
        self._settings = settings
        self._redis = open_redis(settings.redis_url) if settings.redis_url else None
        self._links_channel = rpc_client.open_channel(
            settings.links_address,
            idempotent=backends.IDEMPOTENT,
            tls=settings.server.tls,
            peer_name=settings.links_tls_name,
        )
        self._analytics_channel = rpc_client.open_channel(
            settings.analytics_address, tls=settings.server.tls, peer_name=settings.analytics_tls_name
        )
        links = backends.LinksClient(self._links_channel)
        resolver = Resolver(cache=Cache(), shared=backends.RedisLinks(self._redis), links=links)
        self._outbox = Outbox(settings.outbox_dir, max_bytes=settings.outbox_max_bytes, sync=settings.outbox_sync)
        ingest: ingest_service_pb2_grpc.IngestServiceAsyncStub = ingest_service_pb2_grpc.IngestServiceStub(
            self._analytics_channel
        )
        self._shipper = Shipper(outbox=self._outbox, directory=settings.outbox_dir, ingest=ingest, clock=clock)
        self._watch = Watch(url=settings.redis_url, resolver=resolver) if settings.redis_url else None
        # Redirects go on without any dependency, so a worker that is up can serve.
        self._rpc = RpcServer(address=settings.server.listen, health=HealthPoller(), tls=settings.server.tls)
        redirect_service_pb2_grpc.add_RedirectServiceServicer_to_server(
            RedirectServicer(resolver=resolver, links=links, hosts=settings.hosts, clock=clock), self._rpc.server
        )
        following = Following(
            resolver=resolver,
            consumer=links,
            recorder=Recorder(self._outbox),
            limits=ScanLimits(
                enabled=settings.rate_limits,
                secret=settings.secret,
                redis_url=settings.redis_url,
                redis_client=self._redis,
            ),
            clock=clock,
            secret=settings.secret,
            is_indexable=settings.crawlers == "index",
        )
        self.data_plane = DataPlane(
            following=following,
            unlocking=Unlocking(following=following, checker=links),
            hosts=settings.hosts,
            lets_crawl=settings.crawlers != "refuse",
        )

    async def start(self) -> None:
        """Open the outbox and start what runs in the background."""
        bots.warm_up()
        self._settings.outbox_dir.mkdir(parents=True, exist_ok=True)
        self._outbox.open()
        self._shipper.start()
        if self._watch:
            self._watch.start()
        await self._rpc.start([SERVICE_NAME])
        # What is here now stays: looking through it for garbage again and again would keep visitors waiting.
        gc.collect()
        gc.freeze()

    async def leave(self, server: HttpServer) -> None:
        """Serve visitors still, and give proxies the time to notice that they should send no more.

        Only then are connections ended, each with an answer that says so: sooner, the next request would need a new
        one. Who asks for nothing in that time has hardly kept one for its next request.
        """
        self.data_plane.leave()
        await asyncio.sleep(self._settings.server.drain_seconds / 2)
        server.begin_to_leave()
        await asyncio.sleep(self._settings.server.drain_seconds / 2)

    async def stop(self) -> None:
        """End in the order that loses nothing: no more visitors come by now."""
        await self._rpc.stop()
        await self._shipper.stop(LAST_SHIPMENT_SECONDS)
        self._outbox.close()
        if self._watch:
            await self._watch.stop()
        await self._links_channel.close()
        await self._analytics_channel.close()
        if self._redis is not None:
            await self._redis.aclose()


class RedirectServer:
    """One running worker with its HTTP server."""

    def __init__(self, settings: Settings) -> None:
        self._worker = Worker(settings)
        self._http = _http_server(settings, self._worker)

    async def start(self) -> None:
        """Serve; raise SystemExit when nobody can listen at the HTTP address."""
        await self._worker.start()
        try:
            await self._http.start()
        except OSError as problem:
            _logger.failure("http_server_failed", problem)
            await self._worker.stop()
            raise SystemExit(1) from None

    async def stop(self) -> None:
        """Finish the requests in hand, then close; a client that never reads its answer does not keep us."""
        await self._worker.leave(self._http)
        await self._http.stop(DRAIN_SECONDS)
        await self._worker.stop()


def _http_server(settings: Settings, worker: Worker) -> HttpServer:
    return HttpServer(
        settings.http_listen,
        data_plane=worker.data_plane,
        facts=RequestFactsReader(hosts=settings.hosts, trusted_proxies=settings.trusted_proxies),
        tls=settings.server.tls if settings.http_tls != "off" else None,
        asks_certificate=settings.http_tls == "mutual",
    )
