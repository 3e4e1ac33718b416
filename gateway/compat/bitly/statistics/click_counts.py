"""The older calls that count clicks, by short URL or hash; only the caller's own links have counts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.compat.bitly import values
from gateway.compat.bitly.access import Client
from gateway.compat.bitly.envelope import Result, Row
from gateway.compat.bitly.errors import NOT_FOUND, invalid
from gateway.compat.bitly.links.finder import Finder
from gateway.compat.bitly.links.parse import Item, item_of, items_of
from gateway.compat.bitly.links.render import hashes
from gateway.compat.bitly.statistics import parse, queries, render
from gateway.compat.bitly.statistics.link_metrics import LinkMetrics
from linkmeter.analytics.v1.stats_service_pb2 import (
    DIMENSION_COUNTRY,
    DIMENSION_LINK,
    DIMENSION_REFERRER,
    Dimension,
    StatsRow,
)
from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.links.v1 import links_pb2

LinksRequest = bitly_pb2.LinksRequest

_DEFAULT_DAYS: Final = 7
_MOST_DAYS: Final = 30
# Of the caller's links to one destination, as many are added up for global_clicks.
_MOST_SIBLINGS: Final = 1000


class ClickCounts:
    """Serves the older calls that count clicks.

    In a list, a link that is not the caller's has an error in its place; where it is the only one, Failure is raised,
    as it is for parameters that break their bounds.
    """

    def __init__(self, *, finder: Finder, link_metrics: LinkMetrics) -> None:
        self._finder = finder
        self._link_metrics = link_metrics

    async def clicks(self, request: LinksRequest, client: Client) -> Result:
        """Return all clicks of each link, and those of all of the caller's links to the same destination."""

        async def count(link: links_pb2.Link) -> Row:
            siblings = await self._finder.own_to(link.destination, client, most=_MOST_SIBLINGS)
            link_ids = [link.link_id, *(other.link_id for other in siblings if other.link_id != link.link_id)]
            report = queries.by_dimension(DIMENSION_LINK, len(link_ids))
            rows = queries.rows(
                await self._link_metrics.query_stats(queries.stats_query(report, link_ids=link_ids), client)
            )
            counted = {row.dimensions[0].value: row.metrics[0] for row in rows}
            return {"user_clicks": counted.get(str(link.link_id), 0), "global_clicks": sum(counted.values())}

        return Result(data={"clicks": await self._each(request, client, count)})

    async def clicks_by_minute(self, request: LinksRequest, client: Client) -> Result:
        """Return the clicks of each link in each of the last 60 minutes, newest first."""

        async def count(link: links_pb2.Link) -> Row:
            rows = await self._link_metrics.newest_minutes([link.link_id], client)
            return {"clicks": [row.metrics[0] for row in rows]}

        return Result(data={"clicks_by_minute": await self._each(request, client, count)})

    async def clicks_by_day(self, request: LinksRequest, client: Client) -> Result:
        """Return the clicks of each link on each of the last 1 to 30 days of New York, newest first."""
        days = values.number("days", request.days, default=_DEFAULT_DAYS, least=1, most=_MOST_DAYS)

        async def count(link: links_pb2.Link) -> Row:
            rows = await self._link_metrics.newest_days(days, [link.link_id], client)
            return {"clicks": render.steps(rows, "day_start")}

        return Result(data={"clicks_by_day": await self._each(request, client, count)})

    async def referrers(self, request: LinksRequest, client: Client) -> Result:
        """Return all clicks of a link by referring page."""
        described, link = await self._described(request, client)
        rows = await self._breakdown(link, client, DIMENSION_REFERRER)
        return Result(data={**described, "referrers": render.referrers(rows)})

    async def countries(self, request: LinksRequest, client: Client) -> Result:
        """Return all clicks of a link by country."""
        described, link = await self._described(request, client)
        rows = await self._breakdown(link, client, DIMENSION_COUNTRY)
        return Result(data={**described, "countries": render.countries(rows)})

    async def _each(
        self, request: LinksRequest, client: Client, count: Callable[[links_pb2.Link], Awaitable[Row]]
    ) -> list[Row]:
        async def row(item: Item) -> Row:
            link = await self._finder.own_or_none(item.link, client)
            if link is None:
                return {item.key: item.text, "error": NOT_FOUND}
            hashes, counted = await asyncio.gather(self._hashes(link), count(link))
            return {item.key: item.text, **hashes, **counted}

        return list(await asyncio.gather(*(row(item) for item in items_of(request))))

    async def _described(self, request: LinksRequest, client: Client) -> tuple[Row, links_pb2.Link]:
        item = item_of(request)
        link = await self._finder.own_or_none(item.link, client)
        if link is None:
            raise invalid(item.key.replace("_", ""))
        described: Row = {item.key: item.text, **await self._hashes(link), "created_by": client.owner.login}
        return described, link

    async def _breakdown(self, link: links_pb2.Link, client: Client, dimension: Dimension.ValueType) -> list[StatsRow]:
        report = queries.by_dimension(dimension, parse.MOST_ROWS)
        return list(
            queries.rows(
                await self._link_metrics.query_stats(queries.stats_query(report, link_ids=[link.link_id]), client)
            )
        )

    async def _hashes(self, link: links_pb2.Link) -> Row:
        return hashes(link.code, await self._finder.aggregate_link(link))
