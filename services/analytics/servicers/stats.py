"""StatsService: statistics, their deletion, and the ledger."""

from datetime import datetime

from linkmeter.analytics.v1 import stats_service_pb2, stats_service_pb2_grpc
from services.analytics.access import audience_of, eraser_of, require_admin
from services.analytics.convert.link_stats import link_query_of, link_stats_message
from services.analytics.convert.stats import ledger_message, query_message, query_of
from services.analytics.domain.ledger import entry_of, total_of
from services.analytics.domain.query import Audience, Query, QueryResult
from services.analytics.query_turns import QueryTurns
from services.analytics.questions.process import QuestionProcess
from services.analytics.store.import_sources import ImportSources
from services.analytics.store.sources import Sources
from services.common.clock import Clock
from services.common.errors import InvalidArgument
from services.runtime import answer_size
from services.runtime.interceptors import Context


class StatsServicer(stats_service_pb2_grpc.StatsServiceServicer):
    """Runs queries, deletes clicks and reads the ledger."""

    def __init__(
        self,
        *,
        questions: QuestionProcess,
        turns: QueryTurns,
        sources: Sources,
        imports: ImportSources,
        clock: Clock,
    ) -> None:
        self._questions = questions
        self._turns = turns
        self._sources = sources
        self._imports = imports
        self._clock = clock

    async def QueryStats(
        self, request: stats_service_pb2.QueryStatsRequest, context: Context
    ) -> stats_service_pb2.QueryStatsResponse:
        """Return the result of a query."""
        query = query_of(request, audience_of(context))
        return answer_size.checked(query_message(query, await self._query(query, self._clock.now())))

    async def GetLinkStats(
        self, request: stats_service_pb2.GetLinkStatsRequest, context: Context
    ) -> stats_service_pb2.GetLinkStatsResponse:
        """Return the usual statistics of one link."""
        now = self._clock.now()
        query = link_query_of(request, audience_of(context), now)
        result = await self._query(query, now)
        return link_stats_message(
            request.link_id, query, result, await self._clicks_before(request.link_id, query.audience)
        )

    async def DeleteStats(
        self, request: stats_service_pb2.DeleteStatsRequest, context: Context
    ) -> stats_service_pb2.DeleteStatsResponse:
        """Delete the clicks of a link or of a domain, and return how many there were."""
        audience = eraser_of(context)
        if request.link_id < 0 or bool(request.link_id) is bool(request.domain):
            raise InvalidArgument("link_id", "either a link or a domain is required")
        if request.link_id:
            deleted = await self._questions.erase_link(audience, request.link_id)
        else:
            deleted = await self._questions.erase_domain(audience, request.domain)
        return stats_service_pb2.DeleteStatsResponse(deleted_clicks=deleted)

    async def GetLedger(
        self, request: stats_service_pb2.GetLedgerRequest, context: Context
    ) -> stats_service_pb2.Ledger:
        """Return what became of all clicks, by outbox and in total."""
        _ = request
        require_admin(context)
        entries = [entry_of(state) for state in await self._sources.list()]
        return ledger_message(entries, total_of(entries))

    async def _clicks_before(self, link_id: int, audience: Audience) -> int:
        """Return how many clicks a link had before it was imported; none for who may not see them."""
        if audience.link_id not in (0, link_id):
            return 0
        return await self._imports.clicks_before(link_id, audience.owner_id)

    async def _query(self, query: Query, now: datetime) -> QueryResult:
        async with self._turns.turn(query.audience):
            return await self._questions.query(query, now)
