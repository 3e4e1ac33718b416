"""Read what Short.io's statistics need from links and analytics."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shortio import ids
from gateway.compat.shortio.access import reading_metadata
from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.statistics import queries
from gateway.compat.shortio.statistics.parse import PathSince, StatisticsQuery, TopQuery
from linkmeter.analytics.v1.stats_service_pb2 import DIMENSION_CODE, Filter, QueryStatsRequest, ReportResult

# So many queries of one call may be under way at once.
_AT_ONCE: Final = 8


class TopByInterval(NamedTuple):
    """Two reports: all buckets, and the clicks of the top values by bucket."""

    buckets: ReportResult
    values: ReportResult


class StatisticsReader:
    """Queries links and analytics on an account's behalf; every method raises what these raise."""

    def __init__(self, *, backends: Backends) -> None:
        self._backends = backends

    async def results(self, account: Account, request: QueryStatsRequest) -> Sequence[ReportResult]:
        """Return one result for each report that is asked for."""
        response = await self._backends.stats.QueryStats(request, metadata=account.metadata)
        return response.results

    async def result(self, account: Account, request: QueryStatsRequest) -> ReportResult:
        """Return the result of the only report that is asked for."""
        return (await self.results(account, request))[0]

    async def totals_before(self, account: Account, selection: Filter, query: StatisticsQuery) -> ReportResult | None:
        """Return the totals of the period before; None for a period without one."""
        request = queries.previous(selection, query)
        return None if request is None else await self.result(account, request)

    async def clicks_by(self, account: Account, request: QueryStatsRequest) -> dict[str, int]:
        """Return the clicks by value of a report with one dimension and one metric."""
        result = await self.result(account, request)
        return {row.dimensions[0].value: row.metrics[0] for row in result.rows}

    async def clicks_by_path(
        self, account: Account, selection: Filter, paths: Sequence[PathSince], interval: Interval
    ) -> list[int]:
        """Return the clicks of each path since its own moment, in the order of the paths; none before the interval."""
        codes_by_start: dict[datetime, list[str]] = defaultdict(list)
        for row in paths:
            codes_by_start[row.since].append(ids.code_of(row.path))
        slots = asyncio.Semaphore(_AT_ONCE)

        async def count(since: datetime, codes: Sequence[str]) -> dict[str, int]:
            request = queries.clicks_by(selection, DIMENSION_CODE, codes, Interval(since).within(interval))
            async with slots:
                return await self.clicks_by(account, request)

        counted = await asyncio.gather(*(count(since, codes) for since, codes in codes_by_start.items()))
        clicks = dict(zip(codes_by_start, counted, strict=True))
        return [clicks[row.since].get(ids.code_of(row.path), 0) for row in paths]

    async def top_by_interval(
        self, account: Account, selection: Filter, query: StatisticsQuery, top: TopQuery
    ) -> TopByInterval | None:
        """Return the values with most clicks in the whole period, bucket by bucket; None when there are none."""
        request = queries.top(selection, query, top)
        if request is None:
            return None
        values = list(await self.clicks_by(account, request))
        if not values:
            return None
        return TopByInterval(*await self.results(account, queries.top_by_interval(request, query, values)))

    async def links_created(self, account: Account, host: str, interval: Interval | None) -> int:
        """Count the links of a domain that were created in an interval, archived ones among them; 0 without one."""
        if interval is None:
            return 0
        pages = await asyncio.gather(
            *(
                self._backends.links.ListLinks(
                    queries.links_created(host, interval, archived=archived), metadata=reading_metadata(account)
                )
                for archived in (False, True)
            )
        )
        return sum(page.total_size for page in pages)
