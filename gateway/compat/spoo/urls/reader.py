"""The links of an account, with their clicks."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.spoo import access, moments
from gateway.compat.spoo.errors import invalid
from gateway.compat.spoo.stats import queries
from gateway.compat.spoo.stats.reader import PATIENCE_SECONDS
from gateway.compat.spoo.tags.reader import TagReader
from gateway.compat.spoo.urls.listing import CREATED_AT, LAST_CLICK, MOST_LISTED, TOTAL_CLICKS, Listing
from gateway.compat.spoo.urls.render import LinkWithClicks
from linkmeter.analytics.v1 import click_service_pb2
from linkmeter.analytics.v1.stats_service_pb2 import DIMENSION_LINK, METRIC_CLICKS, QueryStatsRequest, Report
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common.caller import Caller
from services.runtime import caller_metadata

_LARGEST_PAGE: Final = 1000
# Each costs a question of its own.
_MOST_BY_LAST_CLICK: Final = 2000
_AT_ONCE: Final = 16


class LinkReader:
    """Lists links."""

    def __init__(self, *, backends: Backends, tags: TagReader) -> None:
        self._backends = backends
        self._tags = tags

    async def page(self, caller: Caller, listing: Listing) -> tuple[list[LinkWithClicks], int]:
        """Return a page of links, and how many there are on all pages."""
        reader = access.as_reader(caller)
        if listing.tags:
            listing = listing.resolved(await self._tags.tags(caller))
        if listing.sort_by == CREATED_AT and not listing.tests:
            return await self._page_of_links(reader, listing)
        links = [link for link in await self._all(reader, listing) if all(test(link) for test in listing.tests)]
        part = slice(listing.skip, listing.skip + listing.size)
        if listing.sort_by == CREATED_AT:
            return await self._with_last_clicks(reader, await self._with_clicks(reader, links[part])), len(links)
        counted = await self._with_clicks(reader, links)
        if listing.sort_by == TOTAL_CLICKS:
            counted.sort(key=lambda item: (item.clicks, item.link.link_id), reverse=not listing.ascending)
            return await self._with_last_clicks(reader, counted[part]), len(links)
        known = await self._by_last_click(reader, counted)
        known.sort(key=_last_click, reverse=not listing.ascending)
        return known[part], len(links)

    async def with_clicks(self, caller: Caller, link: links_pb2.Link) -> LinkWithClicks:
        """Return a link with its clicks."""
        reader = access.as_reader(caller)
        (known,) = await self._with_last_clicks(reader, await self._with_clicks(reader, [link]))
        return known

    async def _page_of_links(self, reader: Caller, listing: Listing) -> tuple[list[LinkWithClicks], int]:
        asked = link_service_pb2.ListLinksRequest(page_size=listing.size, skip=listing.skip, with_total_size=True)
        asked.MergeFrom(listing.request)
        listed = await self._backends.links.ListLinks(asked, metadata=caller_metadata.metadata_for(reader))
        items = await self._with_clicks(reader, listed.links)
        return await self._with_last_clicks(reader, items), listed.total_size

    async def _all(self, reader: Caller, listing: Listing) -> list[links_pb2.Link]:
        """List all links that links itself does not filter out, as far as they can be listed."""
        links: list[links_pb2.Link] = []
        token = ""
        while len(links) < MOST_LISTED:
            asked = link_service_pb2.ListLinksRequest(page_size=_LARGEST_PAGE, page_token=token)
            asked.MergeFrom(listing.request)
            listed = await self._backends.links.ListLinks(asked, metadata=caller_metadata.metadata_for(reader))
            links += listed.links
            token = listed.next_page_token
            if not token:
                break
        return links

    async def _with_clicks(self, reader: Caller, links: Sequence[links_pb2.Link]) -> list[LinkWithClicks]:
        if not links:
            return []
        asked = QueryStatsRequest(
            filters=[queries.of_links(str(link.link_id) for link in links)],
            reports=[Report(dimensions=[DIMENSION_LINK], metrics=[METRIC_CLICKS], limit=MOST_LISTED)],
        )
        answered = await self._backends.stats.QueryStats(
            asked, metadata=caller_metadata.metadata_for(reader), timeout=PATIENCE_SECONDS
        )
        clicks = {row.dimensions[0].value: row.metrics[0] for row in answered.results[0].rows}
        return [LinkWithClicks(link, clicks.get(str(link.link_id), 0)) for link in links]

    async def _by_last_click(self, reader: Caller, items: Sequence[LinkWithClicks]) -> list[LinkWithClicks]:
        if sum(item.clicks > 0 for item in items) > _MOST_BY_LAST_CLICK:
            raise invalid("sortBy", f"more than {_MOST_BY_LAST_CLICK} links cannot be sorted by {LAST_CLICK}")
        return await self._with_last_clicks(reader, items)

    async def _with_last_clicks(self, reader: Caller, items: Iterable[LinkWithClicks]) -> list[LinkWithClicks]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def last_click(item: LinkWithClicks) -> LinkWithClicks:
            if not item.clicks:
                return item
            async with gate:
                listed = await self._backends.clicks.ListClicks(
                    click_service_pb2.ListClicksRequest(link_id=item.link.link_id, page_size=1),
                    metadata=caller_metadata.metadata_for(reader),
                )
            time = moments.of(listed.clicks[0].time) if listed.clicks else None
            return LinkWithClicks(item.link, item.clicks, time)

        return list(await asyncio.gather(*(last_click(item) for item in items)))


def _last_click(item: LinkWithClicks) -> tuple[float, int]:
    # Links that were never followed are the oldest.
    return (item.last_click.timestamp() if item.last_click else 0, item.link.link_id)
