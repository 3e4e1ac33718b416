"""spoo.me's calls about many links: convert, call, convert."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.compat.backends import Backends
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo import access, ids, rates, scopes, values
from gateway.compat.spoo.access import Access
from gateway.compat.spoo.bulk import parse, render
from gateway.compat.spoo.bulk.parse import Claim
from gateway.compat.spoo.bulk.render import Outcome
from gateway.compat.spoo.errors import invalid, unprocessable
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.tags import parse as parse_tags
from gateway.compat.spoo.tags.reader import TagReader
from gateway.compat.spoo.urls import parse as parse_urls
from linkmeter.compat.spoo.v1 import bulk_service_pb2, bulk_service_pb2_grpc
from linkmeter.links.v1 import domain_service_pb2, link_service_pb2, links_pb2
from services.common import emoji_codes, errors
from services.common.caller import Caller
from services.common.clock import Clock
from services.runtime import caller_metadata

_AT_ONCE: Final = 8
_PAGE: Final = 1000
# More could not be deleted before the gateway gives up waiting.
_MOST_OF_DOMAIN: Final = 2000

Change = Callable[[links_pb2.Link], Awaitable[object]]


class BulkServicer(bulk_service_pb2_grpc.BulkServiceServicer):
    """Implements BulkService through links."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits, clock: Clock) -> None:
        self._backends = backends
        self._access = access
        self._limits = limits
        self._clock = clock
        self._tags = TagReader(backends=backends)

    async def BulkDelete(
        self, request: bulk_service_pb2.BulkRequest, context: Context
    ) -> bulk_service_pb2.BulkResponse:
        """Delete links."""
        caller = await self._manager(context, rates.BULK_DELETE)

        async def delete(link: links_pb2.Link) -> None:
            await self._delete(link, caller)

        return await self._each(request, caller, delete)

    async def BulkSetStatus(
        self, request: bulk_service_pb2.BulkRequest, context: Context
    ) -> bulk_service_pb2.BulkResponse:
        """Switch links off or on."""
        caller = await self._manager(context, rates.BULK_UPDATE)
        status = parse_urls.status(request.status, is_required=True)
        metadata = caller_metadata.metadata_for(caller)

        async def switch(link: links_pb2.Link) -> None:
            if status == "ACTIVE":
                await self._backends.links.EnableLink(
                    link_service_pb2.EnableLinkRequest(link_id=link.link_id), metadata=metadata
                )
            else:
                await self._backends.links.DisableLink(
                    link_service_pb2.DisableLinkRequest(link_id=link.link_id), metadata=metadata
                )

        return await self._each(request, caller, switch)

    async def BulkSetExpiry(
        self, request: bulk_service_pb2.BulkRequest, context: Context
    ) -> bulk_service_pb2.BulkResponse:
        """Set or clear when links end."""
        caller = await self._manager(context, rates.BULK_UPDATE)
        if not values.is_given(request, "expire_after"):
            raise unprocessable("expire_after", "expire_after is required; null clears it")
        end = values.future(request.expire_after, "expire_after", self._clock.now())

        async def set_end(link: links_pb2.Link) -> None:
            asked = link_service_pb2.UpdateLinkRequest(link=links_pb2.Link(link_id=link.link_id))
            asked.update_mask.paths.append("expire_time")
            if end:
                asked.link.expire_time.FromDatetime(end)
            await self._backends.links.UpdateLink(asked, metadata=caller_metadata.metadata_for(caller))

        return await self._each(request, caller, set_end)

    async def BulkSetDomain(
        self, request: bulk_service_pb2.BulkRequest, context: Context
    ) -> bulk_service_pb2.BulkResponse:
        """Check whether links are on a domain: here none can be moved."""
        caller = await self._manager(context, rates.BULK_UPDATE)
        if not values.is_given(request, "domain"):
            raise unprocessable("domain", "domain is required; null is the installation's own")
        wanted = values.text(request.domain, "domain").strip().lower() or self._access.default_host
        if wanted != self._access.default_host and wanted not in await self._own_domains(caller):
            raise invalid("domain", "domain is none of yours")

        async def check(link: links_pb2.Link) -> None:
            if link.domain != wanted:
                raise errors.InvalidArgument("domain", "links keep their domain here")

        return await self._each(request, caller, check)

    async def BulkUpdateTags(
        self, request: bulk_service_pb2.BulkRequest, context: Context
    ) -> bulk_service_pb2.BulkResponse:
        """Add tags to links and remove others."""
        caller = await self._manager(context, rates.BULK_UPDATE)
        changes = parse_tags.tag_changes(request)
        tags = await self._tags.tags(caller)
        add, remove = tags.names(changes.add, "add"), set(tags.names(changes.remove, "remove"))

        async def retag(link: links_pb2.Link) -> None:
            kept = [name for name in link.tags if name not in remove]
            wanted = links_pb2.Link(link_id=link.link_id, tags=dict.fromkeys([*kept, *add]), etag=link.etag)
            if len(tags.of(wanted)) > parse_tags.MOST_ON_LINK:
                raise errors.InvalidArgument("tags", f"at most {parse_tags.MOST_ON_LINK} tags per link")
            if wanted.tags != link.tags:
                asked = link_service_pb2.UpdateLinkRequest(link=wanted)
                asked.update_mask.paths.append("tags")
                await self._backends.links.UpdateLink(asked, metadata=caller_metadata.metadata_for(caller))

        async def retag_newest(link: links_pb2.Link) -> None:
            try:
                await retag(link)
            except errors.Aborted:
                # Somebody changed it since it was read.
                await retag(await self._access.own_link(caller, ids.text(link.link_id)))

        return await self._each(request, caller, retag_newest)

    async def DeleteUrlsOfDomain(
        self, request: bulk_service_pb2.DeleteUrlsOfDomainRequest, context: Context
    ) -> bulk_service_pb2.DeleteUrlsOfDomainResponse:
        """Delete all links on one of the caller's domains."""
        caller = await self._manager(context, rates.DELETE_DOMAIN)
        host = request.domain.strip().lower()
        if not host:
            raise unprocessable("domain", "domain is required")
        if host == self._access.default_host:
            raise invalid("domain", "the links of the default domain cannot be deleted all at once")
        if host not in await self._own_domains(caller):
            raise errors.NotFound("domain", host)
        links = await self._links_of(host, caller)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def delete(link: links_pb2.Link) -> None:
            async with gate:
                await self._delete(link, caller)

        await asyncio.gather(*(delete(link) for link in links))
        return bulk_service_pb2.DeleteUrlsOfDomainResponse(
            message=f"deleted {len(links)} URLs on {host}", count=len(links), domain=host
        )

    async def ClaimUrls(
        self, request: bulk_service_pb2.ClaimUrlsRequest, context: Context
    ) -> bulk_service_pb2.ClaimUrlsResponse:
        """Take over links that were created without a key."""
        caller = await self._manager(context, rates.CLAIM)
        # One after the other: of two claims of one link the first counts.
        results = [await self._claim(claim, caller) for claim in parse.claims(request.claims)]
        return bulk_service_pb2.ClaimUrlsResponse(
            results=results, claimed=sum(result.status == "claimed" for result in results)
        )

    async def _claim(self, claim: Claim, caller: Caller) -> bulk_service_pb2.ClaimResult:
        status = "invalid"
        if claim.link_id is not None:
            request = link_service_pb2.ClaimLinkRequest(link_id=claim.link_id, claim_token=claim.token)
            try:
                claimed = await self._backends.links.ClaimLink(request, metadata=caller_metadata.metadata_for(caller))
                status = "already_yours" if claimed.already_owned else "claimed"
            except errors.PermissionDenied:
                pass
        return bulk_service_pb2.ClaimResult(url_id=claim.url_id, status=status)

    async def _manager(self, context: Context, group: str) -> Caller:
        client = await self._access.client(context)
        await self._limits.spend(group, client)
        return client.require(scopes.URLS_MANAGE, scopes.ADMIN_ALL)

    async def _each(
        self, request: bulk_service_pb2.BulkRequest, caller: Caller, change: Change
    ) -> bulk_service_pb2.BulkResponse:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def outcome(url_id: str) -> Outcome:
            async with gate:
                return await self._outcome(url_id, caller, change)

        outcomes = await asyncio.gather(*(outcome(url_id) for url_id in parse.url_ids(request.ids)))
        return render.response(outcomes)

    async def _outcome(self, url_id: str, caller: Caller, change: Change) -> Outcome:
        """Change one link; what goes wrong with it is its own affair, unless nothing can be changed just now."""
        if ids.number(url_id) is None:
            return Outcome(url_id, error_code="not_found", error="URL not found")
        alias = ""
        try:
            link = await self._access.own_link(caller, url_id)
            alias = emoji_codes.text_of(link.code)
            await change(link)
        except errors.NotFound:
            return Outcome(url_id, error_code="not_found", error="URL not found")
        except errors.InvalidArgument as problem:
            return Outcome(url_id, alias, error_code="validation_error", error=problem.problem)
        return Outcome(url_id, alias)

    async def _delete(self, link: links_pb2.Link, caller: Caller) -> None:
        await self._backends.links.DeleteLink(
            link_service_pb2.DeleteLinkRequest(link_id=link.link_id), metadata=caller_metadata.metadata_for(caller)
        )

    async def _own_domains(self, caller: Caller) -> set[str]:
        listed = await self._backends.domains.ListDomains(
            domain_service_pb2.ListDomainsRequest(), metadata=caller_metadata.metadata_for(access.as_reader(caller))
        )
        return {domain.host for domain in listed.domains if domain.owner_id == caller.owner_id}

    async def _links_of(self, host: str, caller: Caller) -> list[links_pb2.Link]:
        links: list[links_pb2.Link] = []
        for archived in (False, True):
            asked = link_service_pb2.ListLinksRequest(domain=host, archived=archived, page_size=_PAGE)
            while True:
                listed = await self._backends.links.ListLinks(
                    asked, metadata=caller_metadata.metadata_for(access.as_reader(caller))
                )
                links += listed.links
                if len(links) > _MOST_OF_DOMAIN:
                    raise invalid("domain", f"more than {_MOST_OF_DOMAIN} links: delete some of them first")
                if not listed.next_page_token:
                    break
                asked.page_token = listed.next_page_token
        return links
