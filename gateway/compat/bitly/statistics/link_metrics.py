"""The metrics of one link, and of all links of an account."""

from gateway.compat.backends import Backends
from gateway.compat.bitly.access import Client
from gateway.compat.bitly.envelope import Result, Row
from gateway.compat.bitly.links import parse as links_parse
from gateway.compat.bitly.links.finder import Finder
from gateway.compat.bitly.statistics import parse, queries, render
from gateway.compat.bitly.statistics.parse import MetricsQuery
from gateway.compat.bitly.statistics.windows import ALL, MOST_MINUTES, Unit, Window
from linkmeter.analytics.v1.stats_service_pb2 import (
    DIMENSION_COUNTRY,
    DIMENSION_REFERRER,
    DIMENSION_REFERRER_HOST,
    Dimension,
    QueryStatsRequest,
    QueryStatsResponse,
    StatsRow,
)
from linkmeter.compat.bitly.v3 import bitly_pb2
from services.common.clock import Clock

LinkRequest = bitly_pb2.LinkMetricsRequest
UserRequest = bitly_pb2.UserMetricsRequest
AnyRequest = LinkRequest | UserRequest

_DAYS = 7
_WINDOW_FIELDS = ("unit", "units", "timezone", "tz_offset", "rollup", "limit", "unit_reference_ts")


class LinkMetrics:
    """Serves the metrics calls by QueryStats.

    Each raises Failure for parameters that break their bounds and, INVALID_ARG_LINK, for a link that is not the
    caller's.
    """

    def __init__(self, *, backends: Backends, finder: Finder, clock: Clock) -> None:
        self._backends = backends
        self._finder = finder
        self._clock = clock

    async def link_clicks(self, request: LinkRequest, client: Client) -> Result:
        """Return the clicks of a link: one number, or one for each unit, newest first."""
        query, link_ids = await self._asked(request, client)
        return await self._clicks(query, link_ids, client, "link_clicks")

    async def user_clicks(self, request: UserRequest, client: Client) -> Result:
        """Return the clicks of all of the caller's links; without parameters, of seven days in the older shape."""
        if any(getattr(request, name) for name in _WINDOW_FIELDS):
            return await self._clicks(parse.metrics(request, self._clock.now()), [], client, "user_clicks")
        days = render.steps(await self.newest_days(_DAYS, [], client), "day_start")
        total = sum(int(str(day["clicks"])) for day in days)
        return Result(data={"clicks": days, "days": _DAYS, "total_clicks": total})

    async def countries(self, request: AnyRequest, client: Client) -> Result:
        """Return clicks by country."""
        query, rows = await self._breakdown(request, client, DIMENSION_COUNTRY)
        return _listed(request, "countries", render.countries(rows), query)

    async def referrers(self, request: AnyRequest, client: Client) -> Result:
        """Return clicks by referring page."""
        query, rows = await self._breakdown(request, client, DIMENSION_REFERRER)
        return _listed(request, "referrers", render.referrers(rows), query)

    async def referrers_by_domain(self, request: AnyRequest, client: Client) -> Result:
        """Return clicks by referring page, grouped by site."""
        query, rows = await self._breakdown(request, client, DIMENSION_REFERRER)
        return Result(data={"referrers": render.referrers_by_domain(rows), **render.window_echo(query)})

    async def referring_domains(self, request: AnyRequest, client: Client) -> Result:
        """Return clicks by referring host."""
        query, rows = await self._breakdown(request, client, DIMENSION_REFERRER_HOST)
        return _listed(request, "referring_domains", render.referring_domains(rows), query)

    async def newest_days(self, days: int, link_ids: list[int], client: Client) -> list[StatsRow]:
        """Return the clicks of so many days of New York up to today, newest first."""
        return await self._steps(self._until_now(Unit.DAY, days), days, link_ids, client)

    async def newest_minutes(self, link_ids: list[int], client: Client) -> list[StatsRow]:
        """Return the clicks of the last 60 minutes, newest first."""
        return await self._steps(self._until_now(Unit.MINUTE, MOST_MINUTES), MOST_MINUTES, link_ids, client)

    async def query_stats(self, stats_query: QueryStatsRequest, client: Client) -> QueryStatsResponse:
        """Return the result of a query on the caller's behalf."""
        response: QueryStatsResponse = await self._backends.stats.QueryStats(stats_query, metadata=client.metadata)
        return response

    async def _asked(self, request: AnyRequest, client: Client) -> tuple[MetricsQuery, list[int]]:
        if isinstance(request, UserRequest):
            return parse.metrics(request, self._clock.now()), []
        # The link first: it is what clients get wrong, and what everything else is about.
        link = links_parse.link(request.link)
        query = parse.metrics(request, self._clock.now())
        return query, [(await self._finder.own(link, client)).link_id]

    async def _clicks(self, query: MetricsQuery, link_ids: list[int], client: Client, name: str) -> Result:
        window = query.window
        if query.rollup:
            stats_query = queries.stats_query(queries.TOTAL, interval=window.interval, link_ids=link_ids)
            total = queries.total(await self.query_stats(stats_query, client))
            return Result(data={name: total, **render.clicks_echo(query)}, text=str(total))
        units = await self._rows_of(window, query.limit, link_ids, client)
        rows = await self._steps(window, units, link_ids, client)
        return Result(data={name: render.steps(rows, "dt"), **render.clicks_echo(query)})

    async def _rows_of(self, window: Window, limit: int, link_ids: list[int], client: Client) -> int:
        """Return how many units the result has; of all time, those since the first click, at most limit."""
        if window.units != ALL:
            return min(window.units, limit)
        if window.unit is Unit.MINUTE:
            return min(MOST_MINUTES, limit)
        stats_query = queries.stats_query(queries.TOTAL, interval=window.interval, link_ids=link_ids)
        response = await self.query_stats(stats_query, client)
        if not response.HasField("first_click_time"):
            return 1
        return window.units_since(queries.moment(response.first_click_time), limit)

    async def _steps(self, window: Window, units: int, link_ids: list[int], client: Client) -> list[StatsRow]:
        report = queries.by_unit(window.unit, units)
        stats_query = queries.stats_query(report, interval=window.newest(units), zone=window.zone, link_ids=link_ids)
        return list(queries.rows(await self.query_stats(stats_query, client)))

    async def _breakdown(
        self, request: AnyRequest, client: Client, dimension: Dimension.ValueType
    ) -> tuple[MetricsQuery, list[StatsRow]]:
        query, link_ids = await self._asked(request, client)
        report = queries.by_dimension(dimension, query.limit)
        stats_query = queries.stats_query(report, interval=query.window.interval, link_ids=link_ids)
        return query, list(queries.rows(await self.query_stats(stats_query, client)))

    def _until_now(self, unit: Unit, units: int) -> Window:
        now = self._clock.now()
        return Window(unit=unit, unit_name=unit.value, units=units, zone=parse.DEFAULT_ZONE, reference=now)


def _listed(request: AnyRequest, name: str, rows: list[Row], query: MetricsQuery) -> Result:
    """Return a list under its name; of all links also under the name that the older pages give it."""
    older: Row = {f"user_{name}": rows} if isinstance(request, UserRequest) else {}
    return Result(data={name: rows, **older, **render.window_echo(query)})
