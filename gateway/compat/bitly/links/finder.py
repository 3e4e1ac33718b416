"""Which link a short URL or a hash names, and who may know what of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.bitly.access import Client
from gateway.compat.bitly.errors import invalid
from gateway.compat.bitly.links.parse import ShortLink
from gateway.compat.shared.limits import ClientLimits
from linkmeter.links.v1 import (
    domain_service_pb2,
    link_graph_service_pb2,
    link_service_pb2,
    links_pb2,
    resolution_service_pb2,
)
from services.common import caller as callers
from services.common import errors
from services.runtime import caller_metadata

# Domains that are tried for a hash, which does not name one.
_MOST_DOMAINS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleLink:
    """A link that the caller may see."""

    short_url: str
    code: str
    destination: str
    title: str
    # The caller's own link; None when it is somebody else's.
    own: links_pb2.Link | None = None


class Finder:
    """Finds links.

    A client that asks for too many in vain gets ResourceExhausted; errors of links pass through as they are.
    """

    def __init__(self, *, backends: Backends, limits: ClientLimits, default_host: str) -> None:
        self._backends = backends
        self._limits = limits
        self._default_host = default_host

    async def own(self, link: ShortLink, client: Client) -> links_pb2.Link:
        """Return a link of the caller's; raise Failure, INVALID_ARG_LINK, alike for others' links and for none."""
        await self._limits.check_misses(client.client_ip)
        found = await self._own(link, client)
        if found is None:
            await self._limits.count_miss(client.client_ip)
            raise invalid("link")
        return found

    async def own_or_none(self, link: ShortLink | None, client: Client) -> links_pb2.Link | None:
        """Return a link of the caller's; None alike for others' links and for none."""
        await self._limits.check_misses(client.client_ip)
        found = await self._own(link, client) if link else None
        if found is None:
            await self._limits.count_miss(client.client_ip)
        return found

    async def visible(self, link: ShortLink | None, client: Client) -> VisibleLink | None:
        """Return a link of the caller's, or another one that everybody may follow at this moment; else None."""
        await self._limits.check_misses(client.client_ip)
        found = await self._visible(link, client) if link else None
        if found is None:
            await self._limits.count_miss(client.client_ip)
        return found

    async def encoders(
        self, destination: str, *, limit: int = 1, workspace_id: int = 0
    ) -> link_graph_service_pb2.ListEncodersResponse:
        """Return at most so many owners with a public link to a destination, of one workspace or (0) of all.

        Raises InvalidArgument for a destination that no link can have.
        """
        return await self._backends.graph.ListEncoders(
            link_graph_service_pb2.ListEncodersRequest(destination=destination, limit=limit, workspace_id=workspace_id)
        )

    async def aggregate_link(self, found: links_pb2.Link | VisibleLink) -> str:
        """Return the short URL that stands for all links to a link's destination; its own when all are private."""
        return (await self.encoders(found.destination)).aggregate_short_url or found.short_url

    async def aggregate_links(self, links: list[links_pb2.Link]) -> Mapping[int, str]:
        """Return the aggregate link of each link, by link_id."""
        by_destination = {link.destination: link for link in links}
        short_urls = await asyncio.gather(*(self.aggregate_link(link) for link in by_destination.values()))
        aggregates = dict(zip(by_destination, short_urls, strict=True))
        return {link.link_id: aggregates[link.destination] for link in links}

    async def own_to(self, destination: str, client: Client, *, most: int = 1) -> list[links_pb2.Link]:
        """Return at most so many of the caller's links to a destination, oldest first; none where no link can lead."""
        try:
            listed = await self._backends.links.ListLinks(
                link_service_pb2.ListLinksRequest(destination=destination, oldest_first=True, page_size=most),
                metadata=client.metadata,
            )
        except errors.InvalidArgument:
            return []
        return list(listed.links)

    async def domains(self, client: Client) -> list[links_pb2.Domain]:
        """Return the domains that the caller may use."""
        request = domain_service_pb2.ListDomainsRequest()
        return list((await self._backends.domains.ListDomains(request, metadata=client.metadata)).domains)

    async def _own(self, link: ShortLink, client: Client) -> links_pb2.Link | None:
        found = await self._lookup(link.host, link.code, client)
        if found or link.host:
            return found
        others = [domain.host for domain in await self.domains(client) if domain.owner_id][:_MOST_DOMAINS]
        tried = await asyncio.gather(*(self._lookup(host, link.code, client) for host in others))
        return next((candidate for candidate in tried if candidate), None)

    async def _lookup(self, host: str, code: str, client: Client) -> links_pb2.Link | None:
        try:
            return await self._backends.links.LookupLink(
                link_service_pb2.LookupLinkRequest(domain=host, code=code), metadata=client.metadata
            )
        except errors.NotFound:
            return None

    async def _visible(self, link: ShortLink, client: Client) -> VisibleLink | None:
        own = await self._own(link, client)
        if own:
            return VisibleLink(
                short_url=own.short_url, code=own.code, destination=own.destination, title=own.title, own=own
            )
        host = link.host or self._default_host
        resolved = await self._backends.resolution.ResolveLink(
            resolution_service_pb2.ResolveLinkRequest(host=host, code=link.code)
        )
        if not resolved.HasField("resolution") or resolved.resolution.deleted:
            return None
        found = await self._shown(resolved.resolution.link_id)
        if found is None or found.destination_audience != links_pb2.AUDIENCE_ANYBODY:
            return None
        return VisibleLink(short_url=found.short_url, code=found.code, destination=found.destination, title=found.title)

    async def _shown(self, link_id: int) -> links_pb2.Link | None:
        """Return a link as everybody may see it; None when it is gone."""
        reader = callers.Caller(link_id=link_id, scopes=frozenset({callers.LINKS_READ}), credential="public")
        try:
            return await self._backends.links.GetLink(
                link_service_pb2.GetLinkRequest(link_id=link_id), metadata=caller_metadata.metadata_for(reader)
            )
        except errors.NotFound:
            return None
