"""Put the service together, and run it."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Final

from linkmeter.analytics.v1 import (
    click_service_pb2_grpc,
    import_source_service_pb2_grpc,
    ingest_service_pb2_grpc,
    stats_service_pb2_grpc,
)
from services.analytics import metrics
from services.analytics.background_jobs import start_jobs
from services.analytics.domain.agents import agent_of
from services.analytics.domain.enrich import Enricher
from services.analytics.domain.geo import locator
from services.analytics.domain.page_token import PageTokens
from services.analytics.domain.places import Places
from services.analytics.domain.position import ResumeTokens
from services.analytics.domain.visitors import visitor_hasher
from services.analytics.geo_files import open_databases
from services.analytics.query_turns import QueryTurns
from services.analytics.questions.engine import EngineSettings
from services.analytics.questions.process import QuestionProcess
from services.analytics.servicers.click import ClickServicer
from services.analytics.servicers.import_source import ImportSourceServicer
from services.analytics.servicers.ingest import IngestServicer
from services.analytics.servicers.stats import StatsServicer
from services.analytics.settings import SCHEMA, Settings
from services.analytics.store.clicks import ClickWriter
from services.analytics.store.import_sources import ImportSources
from services.analytics.store.newest_clicks import NewestClicks
from services.analytics.store.sources import Sources
from services.analytics.watching.signal import Signal
from services.analytics.watching.watches import Watches
from services.common import bots, keyed_hash
from services.common.clock import Clock, SystemClock
from services.runtime import postgres
from services.runtime.health import HealthPoller
from services.runtime.interceptors import LONGEST_DEADLINE_SECONDS
from services.runtime.rpc_server import Limits, RpcServer

SERVICES: Final = (
    "linkmeter.analytics.v1.ClickService",
    "linkmeter.analytics.v1.ImportSourceService",
    "linkmeter.analytics.v1.IngestService",
    "linkmeter.analytics.v1.StatsService",
)
# A full batch of 5,000 clicks with the longest of everything.
_MESSAGE_BYTES: Final = 64 * 1024 * 1024


# Those of questions are in their own process; the ledger is read with these.
_INGEST_CONNECTIONS: Final = 4
# One for what all watchers wait for, one for those that are behind.
_WATCH_CONNECTIONS: Final = 2
# Apart, so that batches of imports keep no outbox waiting.
_IMPORT_CONNECTIONS: Final = 2


class AnalyticsServer:
    """A running analytics service."""

    def __init__(
        self,
        settings: Settings,
        *,
        load_enricher: Callable[[], Enricher],
        clock: Clock | None = None,
        limits: Limits | None = None,
    ) -> None:
        """load_enricher: called in a thread, while the process that answers questions starts."""
        self._settings = settings
        self._load_enricher = load_enricher
        self._clock = clock or SystemClock()
        self._limits = limits or Limits(
            message_bytes=_MESSAGE_BYTES,
            drain_seconds=settings.server.drain_seconds,
            # Streams end by themselves, before the connection would end them.
            connection_grace_seconds=LONGEST_DEADLINE_SECONDS,
        )

    @property
    def port(self) -> int:
        """The port that was taken."""
        return self._rpc.port

    async def start(self) -> None:
        """Listen. PostgreSQL need not be up: calls answer UNAVAILABLE until it is."""
        self._questions = QuestionProcess(_engine_settings(self._settings))
        await self._questions.start()
        enricher = await asyncio.to_thread(self._load_enricher)
        # Apart, so that clicks keep no checks of health waiting, and watchers and imports no clicks.
        self._ingest, self._imports, self._probe, self._watch = [
            await postgres.open_pool(self._settings.postgres_url, SCHEMA, max_size=size)
            for size in (_INGEST_CONNECTIONS, _IMPORT_CONNECTIONS, 1, _WATCH_CONNECTIONS)
        ]
        self._turns = QueryTurns()
        self._signal = Signal(self._settings.redis_url)
        self._watches = Watches(
            newest=NewestClicks(self._watch),
            questions=self._questions,
            turns=self._turns,
            signal=self._signal,
            limits=self._settings.watches,
        )
        self._rpc = RpcServer(
            address=self._settings.server.listen,
            health=HealthPoller({"postgres": lambda: self._probe.execute("SELECT 1")}),
            translate=postgres.outage_of,
            limits=self._limits,
            tls=self._settings.server.tls,
            end_streams=self._watches.end,
        )
        self._add_servicers(enricher)
        self._watches.start()
        await self._rpc.start(SERVICES)
        self._jobs = start_jobs(self._ingest, self._clock)

    async def stop(self) -> None:
        """Finish the calls in flight, then close."""
        await self._rpc.stop()
        await self._jobs.stop()
        await self._watches.stop()
        await self._questions.stop()
        for pool in (self._ingest, self._imports, self._probe, self._watch):
            await pool.close()

    def _add_servicers(self, enricher: Enricher) -> None:
        secret, turns = self._settings.secret, self._turns
        imports = ImportSources(self._ingest, self._imports)
        ingest = IngestServicer(
            enricher=enricher,
            writer=ClickWriter(self._ingest),
            import_writer=ClickWriter(self._imports),
            clock=self._clock,
            tell=self._signal.tell,
        )
        clicks = ClickServicer(
            questions=self._questions,
            page_tokens=PageTokens(keyed_hash.derive(secret, "analytics/page-token")),
            turns=turns,
            watches=self._watches,
            resume_tokens=ResumeTokens(keyed_hash.derive(secret, "analytics/resume-token")),
        )
        stats = StatsServicer(
            questions=self._questions, turns=turns, sources=Sources(self._ingest), imports=imports, clock=self._clock
        )
        sources = ImportSourceServicer(questions=self._questions, sources=imports, clock=self._clock)
        ingest_service_pb2_grpc.add_IngestServiceServicer_to_server(ingest, self._rpc.server)
        click_service_pb2_grpc.add_ClickServiceServicer_to_server(clicks, self._rpc.server)
        import_source_service_pb2_grpc.add_ImportSourceServiceServicer_to_server(sources, self._rpc.server)
        stats_service_pb2_grpc.add_StatsServiceServicer_to_server(stats, self._rpc.server)


def _engine_settings(settings: Settings) -> EngineSettings:
    return EngineSettings(
        postgres_url=settings.postgres_url,
        schema=SCHEMA,
        segments=settings.segments.location,
        cache_folder=settings.segments.cache_folder,
        cache_mib=settings.segments.cache_mib,
        memory_mib=settings.question_memory_mib,
        threads=max(2, len(os.sched_getaffinity(0))) if sys.platform == "linux" else os.cpu_count() or 2,
        log_level=settings.server.log_level,
        log_format=settings.server.log_format,
    )


def build_enricher(settings: Settings, places: Places | None = None) -> Enricher:
    """Load everything that enrichment needs, so that the first click waits for nothing."""
    bots.warm_up()
    agent_of("Mozilla/5.0 (Linux; Android 14; SM-A546B) Mobile")
    databases = open_databases(settings.geoip_databases)
    return Enricher(
        locate=locator(databases, places or Places.load()),
        visitor=visitor_hasher(keyed_hash.derive(settings.secret, "analytics/visitor"), settings.visitor_key_rotation),
        ip_storage=settings.ip_storage,
        on_failure=lambda step: metrics.ENRICHMENT_FAILURES.labels(step).inc(),
    )
