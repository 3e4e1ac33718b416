"""Short.io's statistics: convert, call, convert."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from google.protobuf.struct_pb2 import Struct

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.query import listed
from gateway.compat.shortio import ids
from gateway.compat.shortio.access import Access, reading_metadata
from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.limits import CallLimits
from gateway.compat.shortio.statistics import clickstream, parse, queries, render
from linkmeter.analytics.v1.stats_service_pb2 import (
    DIMENSION_CODE,
    DIMENSION_LINK,
    DeleteStatsRequest,
    Filter,
    QueryStatsRequest,
    ReportResult,
)
from linkmeter.compat.shortio.v2 import statistics_pb2, statistics_service_pb2, statistics_service_pb2_grpc
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import caller as callers
from services.common.clock import Clock

_POPULAR_PATHS: Final = 100
# So many questions of one call may be under way at once.
_AT_ONCE: Final = 8
# All that a call has.
_ERASURE_SECONDS: Final = 9.0


class StatisticsServicer(statistics_service_pb2_grpc.StatisticsServiceServicer):
    """Answers statistics through links and analytics."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits, clock: Clock) -> None:
        self._backends = backends
        self._clock = clock
        self._limits = limits
        self._access = access

    async def GetLinkStatistics(
        self, request: statistics_service_pb2.GetLinkStatisticsRequest, context: Context
    ) -> statistics_pb2.LinkStatistics:
        """Answer a link's statistics."""
        return await self._link_statistics(request.link_id, parse.options_of(request), context)

    async def QueryLinkStatistics(
        self, request: statistics_service_pb2.QueryLinkStatisticsRequest, context: Context
    ) -> statistics_pb2.LinkStatistics:
        """Answer a link's statistics."""
        return await self._link_statistics(request.link_id, request.options, context)

    async def QueryLinkIntervals(
        self, request: statistics_service_pb2.QueryLinkIntervalsRequest, context: Context
    ) -> statistics_pb2.IntervalClicks:
        """Answer a link's clicks over time."""
        account, scope = await self._link(request.link_id, context)
        return await self._intervals(account, scope, request.options)

    async def QueryLinkTop(
        self, request: statistics_service_pb2.QueryLinkTopRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.TopValue]:
        """Answer the top values of a link's clicks."""
        account, scope = await self._link(request.link_id, context)
        for value in await self._top(account, scope, request.options):
            yield value

    async def GetDomainStatistics(
        self, request: statistics_service_pb2.GetDomainStatisticsRequest, context: Context
    ) -> statistics_pb2.DomainStatistics:
        """Answer a domain's statistics."""
        return await self._domain_statistics(request.domain_id, parse.options_of(request), context)

    async def QueryDomainStatistics(
        self, request: statistics_service_pb2.QueryDomainStatisticsRequest, context: Context
    ) -> statistics_pb2.DomainStatistics:
        """Answer a domain's statistics."""
        return await self._domain_statistics(request.domain_id, request.options, context)

    async def QueryDomainIntervals(
        self, request: statistics_service_pb2.QueryDomainIntervalsRequest, context: Context
    ) -> statistics_pb2.IntervalClicks:
        """Answer a domain's clicks over time."""
        account, domain = await self._domain(request.domain_id, context)
        return await self._intervals(account, queries.of_domain(domain.host), request.options)

    async def QueryDomainTop(
        self, request: statistics_service_pb2.QueryDomainTopRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.TopValue]:
        """Answer the top values of a domain's clicks."""
        account, domain = await self._domain(request.domain_id, context)
        for value in await self._top(account, queries.of_domain(domain.host), request.options):
            yield value

    async def QueryDomainTopByInterval(
        self, request: statistics_service_pb2.QueryDomainTopByIntervalRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.IntervalTop]:
        """Answer the top values of a domain's clicks step by step."""
        account, domain = await self._domain(request.domain_id, context)
        asked, wanted = parse.statistics_query(request.options, self._clock.now()), parse.top_query(request.options)
        query = queries.top(queries.of_domain(domain.host), asked, wanted)
        if query is None:
            return
        values = [row.dimensions[0].value for row in (await self._results(account, query))[0].rows]
        if not values:
            return
        steps, result = await self._results(account, queries.top_by_interval(query, asked, values))
        for step in render.interval_top(wanted.column, steps, result):
            yield step

    async def GetLinkClicks(self, request: statistics_service_pb2.GetLinkClicksRequest, context: Context) -> Struct:
        """Answer the clicks of links."""
        account, domain = await self._domain(request.domain_id, context)
        known = parse.link_ids(listed(context, "ids") or [request.ids])
        interval = parse.interval_of_dates(request.start_date, request.end_date)
        if not known:
            return Struct()
        names = [str(number) for number in known.values()]
        query = queries.clicks_by(queries.of_domain(domain.host), DIMENSION_LINK, names, interval)
        clicks = render.clicks_of((await self._results(account, query))[0])
        return render.clicks_by_name(list(known), [clicks.get(name, 0) for name in names])

    async def QueryPathClicks(self, request: statistics_service_pb2.QueryPathClicksRequest, context: Context) -> Struct:
        """Answer the clicks of paths, of each since its own birth."""
        account, domain = await self._domain(request.domain_id, context)
        asked = parse.paths_dates(request.body.paths_dates)
        interval = parse.interval_of_dates(request.start_date, request.end_date)
        by_birth: dict[datetime, list[str]] = defaultdict(list)
        for row in asked:
            by_birth[row.since].append(ids.code_of(row.path))
        scope = queries.of_domain(domain.host)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def count(since: datetime, codes: Sequence[str]) -> dict[str, int]:
            query = queries.clicks_by(scope, DIMENSION_CODE, codes, Interval(since).within(interval))
            async with gate:
                return render.clicks_of((await self._results(account, query))[0])

        counted = await asyncio.gather(*(count(since, codes) for since, codes in by_birth.items()))
        clicks = dict(zip(by_birth, counted, strict=True))
        return render.clicks_by_name(
            [row.path for row in asked], [clicks[row.since].get(ids.code_of(row.path), 0) for row in asked]
        )

    async def ListPaths(
        self, request: statistics_service_pb2.ListPathsRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.PopularPath]:
        """Answer the paths with most clicks."""
        account, domain = await self._domain(request.domain_id, context)
        asked = parse.statistics_query(parse.options_of(request), self._clock.now())
        query = queries.popular_paths(queries.of_domain(domain.host), asked, _POPULAR_PATHS)
        for path in render.paths((await self._results(account, query))[0]):
            yield path

    async def ListLastClicks(
        self, request: statistics_service_pb2.ListLastClicksRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.LastClick]:
        """List the newest visits of a domain."""
        account, domain = await self._domain(request.domain_id, context)
        asked = parse.clickstream_query(request.options, self._clock.now())
        listed = await self._backends.clicks.ListClicks(
            queries.last_clicks(domain.host, asked), metadata=account.metadata
        )
        for click in listed.clicks:
            yield clickstream.last_click(click, asked.time_zone)

    async def DeleteDomainStatistics(
        self, request: statistics_service_pb2.DeleteDomainStatisticsRequest, context: Context
    ) -> statistics_service_pb2.DeleteDomainStatisticsResponse:
        """Forget the clicks of a domain."""
        account = await self._account(context, callers.LINKS_WRITE)
        domain = await self._access.domain(account, request.domain_id)
        await self._backends.stats.DeleteStats(
            DeleteStatsRequest(domain=domain.host), metadata=account.metadata, timeout=_ERASURE_SECONDS
        )
        return statistics_service_pb2.DeleteDomainStatisticsResponse(success=True)

    async def _link_statistics(
        self, link_id: str, options: statistics_pb2.StatisticsOptions, context: Context
    ) -> statistics_pb2.LinkStatistics:
        account, scope = await self._link(link_id, context)
        asked = parse.statistics_query(options, self._clock.now())
        results, before = await asyncio.gather(
            self._results(account, queries.statistics(scope, asked, queries.LINK_BREAKDOWNS)),
            self._results(account, queries.previous(scope, asked)),
        )
        return render.link_statistics(asked, results, before[0] if before else None)

    async def _domain_statistics(
        self, domain_id: str, options: statistics_pb2.StatisticsOptions, context: Context
    ) -> statistics_pb2.DomainStatistics:
        account, domain = await self._domain(domain_id, context)
        asked = parse.statistics_query(options, self._clock.now())
        scope = queries.of_domain(domain.host)
        results, before, links, links_before = await asyncio.gather(
            self._results(account, queries.statistics(scope, asked, queries.DOMAIN_BREAKDOWNS)),
            self._results(account, queries.previous(scope, asked)),
            self._links_created(account, domain, asked.period.interval),
            self._links_created(account, domain, asked.period.previous),
        )
        return render.domain_statistics(asked, results, before[0] if before else None, links, links_before)

    async def _intervals(
        self, account: Account, scope: Filter, options: statistics_pb2.StatisticsOptions
    ) -> statistics_pb2.IntervalClicks:
        asked = parse.statistics_query(options, self._clock.now())
        return render.interval_clicks((await self._results(account, queries.chart(scope, asked)))[0])

    async def _top(
        self, account: Account, scope: Filter, options: statistics_pb2.StatisticsOptions
    ) -> list[statistics_pb2.TopValue]:
        asked, wanted = parse.statistics_query(options, self._clock.now()), parse.top_query(options)
        query = queries.top(scope, asked, wanted)
        if query is None:
            return []
        return render.top_values(wanted.column, (await self._results(account, query))[0])

    async def _account(self, context: Context, scope: str) -> Account:
        account = await self._access.account(context, scope)
        await self._limits.spend_statistics(account.caller)
        return account

    async def _link(self, link_id: str, context: Context) -> tuple[Account, Filter]:
        account = await self._account(context, callers.STATS_READ)
        ids.link_id(link_id)
        link = await self._access.link(account, link_id)
        return account, queries.of_link(link.link_id)

    async def _domain(self, domain_id: str, context: Context) -> tuple[Account, links_pb2.Domain]:
        account = await self._account(context, callers.STATS_READ)
        return account, await self._access.domain(account, domain_id)

    async def _results(self, account: Account, query: QueryStatsRequest | None) -> Sequence[ReportResult]:
        if query is None:
            return ()
        answer = await self._backends.stats.QueryStats(query, metadata=account.metadata)
        return answer.results

    async def _links_created(self, account: Account, domain: links_pb2.Domain, interval: Interval | None) -> int:
        if interval is None:
            return 0
        counts = await asyncio.gather(
            *(
                self._backends.links.ListLinks(
                    link_service_pb2.ListLinksRequest(
                        page_size=1,
                        domain=domain.host,
                        created=interval.to_message(),
                        archived=archived,
                        with_total_size=True,
                    ),
                    metadata=reading_metadata(account),
                )
                for archived in (False, True)
            )
        )
        return sum(count.total_size for count in counts)
