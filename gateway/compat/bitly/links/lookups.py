"""What links are, by short URL, hash or destination; and who else has a link there."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from gateway.compat.bitly import values
from gateway.compat.bitly.access import Client
from gateway.compat.bitly.account.render import person
from gateway.compat.bitly.envelope import Result, Row
from gateway.compat.bitly.errors import NOT_FOUND, Failure, invalid
from gateway.compat.bitly.links import parse, render
from gateway.compat.bitly.links.finder import Finder, VisibleLink
from gateway.compat.bitly.links.parse import Item
from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.links.v1 import link_graph_service_pb2
from services.common import errors

_ENCODERS_TO_SEARCH: Final = 1000


class Lookups:
    """Serves the calls that read links and destinations; each raises Failure for parameters that break their bounds."""

    def __init__(self, *, finder: Finder) -> None:
        self._finder = finder

    async def expand(self, request: bitly_pb2.LinksRequest, client: Client) -> Result:
        """Return where links lead; as text, raise Failure, NOT_FOUND, unless all are found."""
        items = parse.items_of(request)
        found = await asyncio.gather(*(self._finder.visible(item.link, client) for item in items))
        text = "\n".join(link.destination for link in found if link)
        if request.format.strip().lower() == "txt" and not all(found):
            raise Failure(NOT_FOUND, 404)
        return Result(data={"expand": await self._each(items, found, self._expanded)}, text=text)

    async def info(self, request: bitly_pb2.LinksRequest, client: Client) -> Result:
        """Return title, creator and time of creation of links."""
        items = parse.items_of(request)
        expand_user = values.flag("expand_user", request.expand_user)
        found = await asyncio.gather(*(self._finder.visible(item.link, client) for item in items))

        async def describe(link: VisibleLink) -> Row:
            return await self._described(link, client, expand_user=expand_user)

        return Result(data={"info": await self._each(items, found, describe)})

    async def lookup(self, request: bitly_pb2.UrlsRequest, _client: Client) -> Result:
        """Return the aggregate links to destinations."""

        async def look_up(url: str) -> Row | None:
            aggregate = await self._aggregate_of(url)
            return {"short_url": aggregate, "global_hash": render.code_of(aggregate)} if aggregate else None

        return Result(data={"lookup": await _by_url(parse.destinations(request.url), look_up)})

    async def link_lookup(self, request: bitly_pb2.UrlsRequest, client: Client) -> Result:
        """Return links to destinations: the caller's, and the aggregate one."""

        async def look_up(url: str) -> Row | None:
            own, aggregate = await asyncio.gather(self._finder.own_to(url, client), self._aggregate_of(url))
            if not own and not aggregate:
                return None
            row: Row = {"aggregate_link": aggregate or own[0].short_url}
            return {**row, "link": own[0].short_url} if own else row

        return Result(data={"link_lookup": await _by_url(parse.destinations(request.url), look_up)})

    async def user_link_lookup(self, request: bitly_pb2.UrlsRequest, client: Client) -> Result:
        """Return the caller's links to destinations."""

        async def look_up(url: str) -> Row | None:
            own = await self._finder.own_to(url, client)
            if not own:
                return None
            return {"link": own[0].short_url, "aggregate_link": await self._finder.aggregate_link(own[0])}

        return Result(data={"link_lookup": await _by_url(parse.destinations(request.url), look_up)})

    async def link_info(self, request: bitly_pb2.LinkRequest, client: Client) -> Result:
        """Return what is known of a link's page; raise Failure, INVALID_ARG_LINK, for a link that is not visible."""
        link = await self._required(request.link, client)
        aggregate = await self._finder.aggregate_link(link)
        host = urlsplit(link.destination).hostname
        return Result(
            data={
                "aggregate_link": aggregate,
                "canonical_url": link.destination,
                "domain": host,
                "global_hash": render.code_of(aggregate),
                "html_title": link.title or None,
                "original_url": link.destination,
                "source_domain": host,
            }
        )

    async def encoders(self, request: bitly_pb2.EncodersRequest, client: Client) -> Result:
        """Return at most 25 owners with a link to the same destination; raise Failure as link_info does."""
        limit = values.number("limit", request.limit, default=10, least=1, most=parse.MOST_ENCODERS)
        expand_user = values.flag("expand_user", request.expand_user)
        listed = await self._encoders(request, client, limit)
        return Result(data=render.encoders(listed, expand_user=expand_user))

    async def encoders_count(self, request: bitly_pb2.EncodersRequest, client: Client) -> Result:
        """Return how many owners have a link to the same destination; raise Failure as link_info does."""
        return Result(data=render.encoders_count(await self._encoders(request, client, 1)))

    async def _encoders(
        self, request: bitly_pb2.EncodersRequest, client: Client, limit: int
    ) -> link_graph_service_pb2.ListEncodersResponse:
        my_network = values.flag("my_network", request.my_network)
        link = await self._required(request.link, client)
        if not my_network:
            listed = await self._finder.encoders(link.destination, limit=limit)
        elif client.owner.workspace_id:
            listed = await self._finder.encoders(link.destination, limit=limit, workspace_id=client.owner.workspace_id)
        else:
            listed = await self._alone(link, client)
        listed.aggregate_short_url = listed.aggregate_short_url or await self._finder.aggregate_link(link)
        return listed

    async def _alone(self, link: VisibleLink, client: Client) -> link_graph_service_pb2.ListEncodersResponse:
        """Return the encoders in the network of an account without a workspace: itself, if it has a link."""
        own = await self._finder.own_to(link.destination, client)
        return link_graph_service_pb2.ListEncodersResponse(
            encoders=[
                link_graph_service_pb2.Encoder(
                    owner=client.owner, short_url=mine.short_url, create_time=mine.create_time
                )
                for mine in own
            ],
            total_owners=len(own),
        )

    async def _required(self, text: str, client: Client) -> VisibleLink:
        link = await self._finder.visible(parse.link(text), client)
        if link is None:
            raise invalid("link")
        return link

    async def _aggregate_of(self, url: str) -> str:
        try:
            return (await self._finder.encoders(url)).aggregate_short_url
        except errors.InvalidArgument:
            # No link can lead there.
            return ""

    async def _each(
        self,
        items: Sequence[Item],
        found: Sequence[VisibleLink | None],
        render_one: Callable[[VisibleLink], Awaitable[Row]],
    ) -> list[Row]:
        async def row(item: Item, link: VisibleLink | None) -> Row:
            return {item.key: item.text, **(await render_one(link) if link else {"error": NOT_FOUND})}

        return list(await asyncio.gather(*(row(*pair) for pair in zip(items, found, strict=True))))

    async def _expanded(self, link: VisibleLink) -> Row:
        return {**await self._hashes(link), "long_url": link.destination}

    async def _described(self, link: VisibleLink, client: Client, *, expand_user: bool) -> Row:
        row: Row = {**await self._hashes(link), "title": link.title or None, "created_by": None, "created_at": None}
        owner, created = client.owner, link.own.create_time.seconds if link.own else 0
        if not link.own:
            # Who keeps a link private is not among these.
            listed = await self._finder.encoders(link.destination, limit=_ENCODERS_TO_SEARCH)
            encoder = next((one for one in listed.encoders if one.short_url == link.short_url), None)
            if encoder is None:
                return row
            owner, created = encoder.owner, encoder.create_time.seconds
        return {**row, "created_by": person(owner) if expand_user else owner.login, "created_at": created}

    async def _hashes(self, link: VisibleLink) -> Row:
        return render.hashes(link.code, await self._finder.aggregate_link(link))


async def _by_url(urls: Sequence[str], look_up: Callable[[str], Awaitable[Row | None]]) -> list[Row]:
    rows = await asyncio.gather(*(look_up(url) for url in urls))
    return [{"url": url, **(row or {"error": NOT_FOUND})} for url, row in zip(urls, rows, strict=True)]
