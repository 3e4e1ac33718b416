"""Short.io's statistics: convert, call, convert."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from google.protobuf.struct_pb2 import Struct

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.query import listed
from gateway.compat.shortio.access import Access
from gateway.compat.shortio.limits import CallLimits
from gateway.compat.shortio.statistics import clickstream, parse, queries, render
from gateway.compat.shortio.statistics.reader import StatisticsReader
from linkmeter.analytics.v1.stats_service_pb2 import DIMENSION_LINK, DeleteStatsRequest, Filter
from linkmeter.compat.shortio.v2 import statistics_pb2, statistics_service_pb2, statistics_service_pb2_grpc
from linkmeter.links.v1 import links_pb2
from services.common import caller as callers
from services.common.clock import Clock

_POPULAR_PATHS: Final = 100
# All that a call has.
_ERASURE_SECONDS: Final = 9.0


class StatisticsServicer(statistics_service_pb2_grpc.StatisticsServiceServicer):
    """Serves statistics from links and analytics."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits, clock: Clock) -> None:
        self._backends = backends
        self._reader = StatisticsReader(backends=backends)
        self._clock = clock
        self._limits = limits
        self._access = access

    async def GetLinkStatistics(
        self, request: statistics_service_pb2.GetLinkStatisticsRequest, context: Context
    ) -> statistics_pb2.LinkStatistics:
        """Return a link's statistics."""
        return await self._link_statistics(request.link_id, parse.options_of(request), context)

    async def QueryLinkStatistics(
        self, request: statistics_service_pb2.QueryLinkStatisticsRequest, context: Context
    ) -> statistics_pb2.LinkStatistics:
        """Return a link's statistics."""
        return await self._link_statistics(request.link_id, request.options, context)

    async def QueryLinkIntervals(
        self, request: statistics_service_pb2.QueryLinkIntervalsRequest, context: Context
    ) -> statistics_pb2.IntervalClicks:
        """Return a link's clicks over time."""
        account, selection = await self._link(request.link_id, context)
        return await self._intervals(account, selection, request.options)

    async def QueryLinkTop(
        self, request: statistics_service_pb2.QueryLinkTopRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.TopValue]:
        """Return the top values of a link's clicks."""
        account, selection = await self._link(request.link_id, context)
        for value in await self._top(account, selection, request.options):
            yield value

    async def GetDomainStatistics(
        self, request: statistics_service_pb2.GetDomainStatisticsRequest, context: Context
    ) -> statistics_pb2.DomainStatistics:
        """Return a domain's statistics."""
        return await self._domain_statistics(request.domain_id, parse.options_of(request), context)

    async def QueryDomainStatistics(
        self, request: statistics_service_pb2.QueryDomainStatisticsRequest, context: Context
    ) -> statistics_pb2.DomainStatistics:
        """Return a domain's statistics."""
        return await self._domain_statistics(request.domain_id, request.options, context)

    async def QueryDomainIntervals(
        self, request: statistics_service_pb2.QueryDomainIntervalsRequest, context: Context
    ) -> statistics_pb2.IntervalClicks:
        """Return a domain's clicks over time."""
        account, domain = await self._domain(request.domain_id, context)
        return await self._intervals(account, queries.of_domain(domain.host), request.options)

    async def QueryDomainTop(
        self, request: statistics_service_pb2.QueryDomainTopRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.TopValue]:
        """Return the top values of a domain's clicks."""
        account, domain = await self._domain(request.domain_id, context)
        for value in await self._top(account, queries.of_domain(domain.host), request.options):
            yield value

    async def QueryDomainTopByInterval(
        self, request: statistics_service_pb2.QueryDomainTopByIntervalRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.IntervalTop]:
        """Return the top values of a domain's clicks bucket by bucket."""
        account, domain = await self._domain(request.domain_id, context)
        query, top = parse.statistics_query(request.options, self._clock.now()), parse.top_query(request.options)
        found = await self._reader.top_by_interval(account, queries.of_domain(domain.host), query, top)
        for bucket in render.interval_top(top.column, found.buckets, found.values) if found else ():
            yield bucket

    async def GetLinkClicks(self, request: statistics_service_pb2.GetLinkClicksRequest, context: Context) -> Struct:
        """Return the clicks of links."""
        account, domain = await self._domain(request.domain_id, context)
        known = parse.link_ids(listed(context, "ids") or [request.ids])
        interval = parse.interval_of_dates(request.start_date, request.end_date)
        if not known:
            return Struct()
        names = [str(number) for number in known.values()]
        clicks = await self._reader.clicks_by(
            account, queries.clicks_by(queries.of_domain(domain.host), DIMENSION_LINK, names, interval)
        )
        return render.clicks_by_name(list(known), [clicks.get(name, 0) for name in names])

    async def QueryPathClicks(self, request: statistics_service_pb2.QueryPathClicksRequest, context: Context) -> Struct:
        """Return the clicks of paths, of each since its own createdAt."""
        account, domain = await self._domain(request.domain_id, context)
        paths = parse.paths_dates(request.body.paths_dates)
        interval = parse.interval_of_dates(request.start_date, request.end_date)
        clicks = await self._reader.clicks_by_path(account, queries.of_domain(domain.host), paths, interval)
        return render.clicks_by_name([row.path for row in paths], clicks)

    async def ListPaths(
        self, request: statistics_service_pb2.ListPathsRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.PopularPath]:
        """Return the paths with most clicks."""
        account, domain = await self._domain(request.domain_id, context)
        query = parse.statistics_query(parse.options_of(request), self._clock.now())
        result = await self._reader.result(
            account, queries.popular_paths(queries.of_domain(domain.host), query, _POPULAR_PATHS)
        )
        for path in render.paths(result):
            yield path

    async def ListLastClicks(
        self, request: statistics_service_pb2.ListLastClicksRequest, context: Context
    ) -> AsyncIterator[statistics_pb2.LastClick]:
        """Return the newest visits of a domain."""
        account, domain = await self._domain(request.domain_id, context)
        query = parse.clickstream_query(request.options, self._clock.now())
        response = await self._backends.clicks.ListClicks(
            queries.last_clicks(domain.host, query), metadata=account.metadata
        )
        for click in response.clicks:
            yield clickstream.last_click(click, query.time_zone)

    async def DeleteDomainStatistics(
        self, request: statistics_service_pb2.DeleteDomainStatisticsRequest, context: Context
    ) -> statistics_service_pb2.DeleteDomainStatisticsResponse:
        """Delete the clicks of a domain."""
        account = await self._account(context, callers.LINKS_WRITE)
        domain = await self._access.domain(account, request.domain_id)
        await self._backends.stats.DeleteStats(
            DeleteStatsRequest(domain=domain.host), metadata=account.metadata, timeout=_ERASURE_SECONDS
        )
        return statistics_service_pb2.DeleteDomainStatisticsResponse(success=True)

    async def _link_statistics(
        self, link_id: str, options: statistics_pb2.StatisticsOptions, context: Context
    ) -> statistics_pb2.LinkStatistics:
        account, selection = await self._link(link_id, context)
        query = parse.statistics_query(options, self._clock.now())
        results, before = await asyncio.gather(
            self._reader.results(account, queries.statistics(selection, query, queries.LINK_BREAKDOWNS)),
            self._reader.totals_before(account, selection, query),
        )
        return render.link_statistics(query, results, before)

    async def _domain_statistics(
        self, domain_id: str, options: statistics_pb2.StatisticsOptions, context: Context
    ) -> statistics_pb2.DomainStatistics:
        account, domain = await self._domain(domain_id, context)
        query = parse.statistics_query(options, self._clock.now())
        selection = queries.of_domain(domain.host)
        results, before, links, links_before = await asyncio.gather(
            self._reader.results(account, queries.statistics(selection, query, queries.DOMAIN_BREAKDOWNS)),
            self._reader.totals_before(account, selection, query),
            self._reader.links_created(account, domain.host, query.period.interval),
            self._reader.links_created(account, domain.host, query.period.previous),
        )
        return render.domain_statistics(query, results, before, links, links_before)

    async def _intervals(
        self, account: Account, selection: Filter, options: statistics_pb2.StatisticsOptions
    ) -> statistics_pb2.IntervalClicks:
        query = parse.statistics_query(options, self._clock.now())
        return render.interval_clicks(await self._reader.result(account, queries.chart(selection, query)))

    async def _top(
        self, account: Account, selection: Filter, options: statistics_pb2.StatisticsOptions
    ) -> list[statistics_pb2.TopValue]:
        query, top = parse.statistics_query(options, self._clock.now()), parse.top_query(options)
        request = queries.top(selection, query, top)
        return [] if request is None else render.top_values(top.column, await self._reader.result(account, request))

    async def _account(self, context: Context, scope: str) -> Account:
        account = await self._access.account(context, scope)
        await self._limits.spend_statistics(account.caller)
        return account

    async def _link(self, link_id: str, context: Context) -> tuple[Account, Filter]:
        account = await self._account(context, callers.STATS_READ)
        link = await self._access.link(account, link_id)
        return account, queries.of_link(link.link_id)

    async def _domain(self, domain_id: str, context: Context) -> tuple[Account, links_pb2.Domain]:
        account = await self._account(context, callers.STATS_READ)
        return account, await self._access.domain(account, domain_id)
