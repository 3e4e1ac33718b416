"""Ask analytics, as often as an answer of this API takes."""

from collections.abc import Sequence
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.spoo.stats import parse, queries, render
from gateway.compat.spoo.stats.parse import StatsQuery
from gateway.compat.spoo.stats.queries import Count, Vocabulary
from gateway.compat.spoo.tags.reader import TagReader
from linkmeter.analytics.v1.stats_service_pb2 import Filter, QueryStatsRequest, QueryStatsResponse
from linkmeter.links.v1 import link_service_pb2
from services.common.caller import Caller
from services.common.clock import Clock
from services.runtime import caller_metadata

_MOST_TAGGED: Final = 1000
# Different visitors of ninety days in eleven dimensions take a while; the gateway waits no longer than 20 s.
PATIENCE_SECONDS: Final = 15


class StatsReader:
    """Answers questions about statistics."""

    def __init__(self, *, backends: Backends, clock: Clock) -> None:
        self._backends = backends
        self._clock = clock
        self._tags = TagReader(backends=backends)

    async def read(self, query: StatsQuery, caller: Caller, scope: Sequence[Filter] = ()) -> render.Body:
        """Return a question about the clicks in a scope that the caller may see."""
        vocabulary = await self._vocabulary(query, caller, scope)
        conditions = [*scope, *queries.filters(query, vocabulary), *await self._tagged(query, caller)]
        answered = await self._ask(queries.request(query, conditions), caller)
        breakdowns = {
            name: render.time_counts(query, result) if name == parse.TIME else queries.counts(name, result)
            for name, result in zip(queries.groups(query), answered.results[1:], strict=True)
        }
        exact = await self._with_visitors(query, conditions, caller, breakdowns)
        return render.statistics(query, render.totals(answered), exact, self._clock.now())

    async def _with_visitors(
        self, query: StatsQuery, conditions: Sequence[Filter], caller: Caller, breakdowns: dict[str, list[Count]]
    ) -> dict[str, list[Count]]:
        """Count the visitors of values that were merged, now that it is known which of them are shown."""
        if parse.UNIQUE_CLICKS not in query.metrics:
            return breakdowns
        groups = queries.without_visitors(breakdowns)
        exact = {name: {row.label: row for row in rows} for name, rows in breakdowns.items()}
        for start in range(0, len(groups), queries.MOST_REPORTS):
            part = groups[start : start + queries.MOST_REPORTS]
            answered = await self._ask(queries.visitors_request(query, conditions, part), caller)
            for (name, rows), result in zip(part, answered.results, strict=True):
                exact[name] |= {row.label: row for row in queries.visitors(rows, result)}
        return {name: list(rows.values()) for name, rows in exact.items()}

    async def _vocabulary(self, query: StatsQuery, caller: Caller, scope: Sequence[Filter]) -> Vocabulary:
        if not queries.needs_vocabulary(query):
            return Vocabulary()
        answered = await self._ask(queries.vocabulary_request(query, scope), caller)
        return queries.vocabulary(*answered.results)

    async def _tagged(self, query: StatsQuery, caller: Caller) -> list[Filter]:
        """Filter by the links that carry one of the tags."""
        names, tag_ids = set(query.filters.get(parse.TAG, ())), query.filters.get(parse.TAG_ID, ())
        if not names and not tag_ids:
            return []
        if tag_ids:
            tags = await self._tags.tags(caller)
            names |= {name for tag_id in tag_ids if (name := tags.name(tag_id.lower()))}
        link_ids: set[str] = set()
        for name in sorted(names):
            request = link_service_pb2.ListLinksRequest(tag=name, page_size=_MOST_TAGGED)
            listed = await self._backends.links.ListLinks(request, metadata=caller_metadata.metadata_for(caller))
            link_ids |= {str(link.link_id) for link in listed.links}
        return [queries.of_links(sorted(link_ids))]

    async def _ask(self, request: QueryStatsRequest, caller: Caller) -> QueryStatsResponse:
        answer: QueryStatsResponse = await self._backends.stats.QueryStats(
            request, metadata=caller_metadata.metadata_for(caller), timeout=PATIENCE_SECONDS
        )
        return answer
