"""Short.io's link API: convert, call, convert."""

import asyncio
from collections.abc import Sequence

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.struct_pb2 import ListValue

from gateway.compat.backends import Backends
from gateway.compat.shared.accounts import Account
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.refusal import Refusal
from gateway.compat.shortio import errors as shortio_errors
from gateway.compat.shortio import ids, moments, values
from gateway.compat.shortio.access import Access
from gateway.compat.shortio.limits import CallLimits
from gateway.compat.shortio.links import parse, queries, render
from gateway.compat.shortio.links.creation import Created, Creation
from gateway.compat.shortio.links.writer import LinkWriter
from linkmeter.compat.shortio.v2 import link_service_pb2 as contract
from linkmeter.compat.shortio.v2 import link_service_pb2_grpc, links_pb2
from linkmeter.links.v1 import link_service_pb2
from linkmeter.links.v1 import links_pb2 as native
from services.common import caller as callers
from services.common import errors, qr_code

_MOST_BY_URL = 1000


class LinkServicer(link_service_pb2_grpc.LinkServiceServicer):
    """Manages links through links."""

    def __init__(self, *, backends: Backends, access: Access, limits: CallLimits) -> None:
        self._backends = backends
        self._limits = limits
        self._access = access
        self._creation = Creation(backends=backends)
        self._writer = LinkWriter(backends=backends)

    async def CreateLink(self, request: contract.CreateLinkRequest, context: Context) -> links_pb2.Link:
        """Create a link, or return the one that is just as asked."""
        account = await self._account(context, callers.LINKS_WRITE)
        wanted = parse.new_link(request.options)
        domain = await self._access.domain_of_host(account, wanted.host)
        wanted.link.domain = domain.host
        return _created(await self._creation.one(account, wanted), domain, account)

    async def CreateLinks(self, request: contract.CreateLinksRequest, context: Context) -> ListValue:
        """Create many links; return each, or its error."""
        account = await self._account(context, callers.LINKS_WRITE)
        await self._limits.spend_bulk(account.caller)
        bulk = parse.bulk(request.body)
        domain = await self._access.domain_of_host(account, bulk.host)
        wanted = parse.links_of(bulk)
        for item in wanted:
            item.link.domain = domain.host
        return render.bulk(
            [
                shortio_errors.link_body(outcome)
                if isinstance(outcome, errors.LinkmeterError)
                else _created(outcome, domain, account)
                for outcome in await self._creation.many(account, wanted)
            ]
        )

    async def ListLinks(self, request: contract.ListLinksRequest, context: Context) -> contract.ListLinksResponse:
        """Return a page of a domain's links."""
        account = await self._account(context, callers.LINKS_READ)
        domain = await self._access.domain(account, parse.required(request.domain_id, "domain_id"))
        listing = parse.listing(request)
        if request.id_string:
            link = await self._access.link(account, request.id_string)
            found = [link] if link.domain == domain.host else []
            return render.page(_rendered(found, domain, account), len(found), "")
        created = listing.created
        if request.before:
            before = await self._access.link(account, request.before)
            created = created.before(moments.of_timestamp(before.create_time))
        listed = await self._backends.links.ListLinks(
            queries.page(domain.host, listing, created), metadata=account.metadata
        )
        count = values.count(listed.total_size)
        return render.page(_rendered(listed.links, domain, account), count, listed.next_page_token)

    async def ExpandLink(self, request: contract.ExpandLinkRequest, context: Context) -> links_pb2.Link:
        """Return a link by domain and path."""
        account = await self._account(context, callers.LINKS_READ)
        path = parse.required(request.path, "path")
        domain = await self._access.domain_of_host(account, parse.required(request.domain, "domain"))
        link = await self._backends.links.LookupLink(
            link_service_pb2.LookupLinkRequest(domain=domain.host, code=ids.code_of(path)),
            metadata=account.metadata,
        )
        return render.link(link, domain.domain_id, account.owner)

    async def GetLinkByOriginalUrl(
        self, request: contract.GetLinkByOriginalUrlRequest, context: Context
    ) -> links_pb2.Link:
        """Return the oldest link that leads somewhere."""
        found = await self._by_url(request.domain, request.original_url, context, limit=1)
        if not found:
            raise errors.NotFound("link", "by its original URL")
        return found[0]

    async def ListLinksByOriginalUrl(
        self, request: contract.ListLinksByOriginalUrlRequest, context: Context
    ) -> contract.ListLinksByOriginalUrlResponse:
        """Return all links that lead somewhere."""
        found = await self._by_url(request.domain, request.original_url, context, limit=_MOST_BY_URL)
        return contract.ListLinksByOriginalUrlResponse(links=found)

    async def GetLink(self, request: contract.GetLinkRequest, context: Context) -> links_pb2.Link:
        """Return a link."""
        account = await self._account(context, callers.LINKS_READ)
        return await self._shown(account, await self._access.link(account, request.link_id))

    async def UpdateLink(self, request: contract.UpdateLinkRequest, context: Context) -> links_pb2.Link:
        """Change a link."""
        account = await self._account(context, callers.LINKS_WRITE)
        current = await self._access.link(account, request.link_id)
        changed, mask = parse.changes(request.options, current)
        if not mask:
            return await self._shown(account, current)
        return await self._shown(account, await self._writer.update(account, changed, mask))

    async def DeleteLink(self, request: contract.DeleteLinkRequest, context: Context) -> contract.SuccessResponse:
        """Delete a link."""
        account = await self._account(context, callers.LINKS_WRITE)
        link = await self._access.link(account, request.link_id)
        await self._writer.delete(account, [link])
        return render.success(link.link_id)

    async def DeleteLinks(self, request: contract.DeleteLinksRequest, context: Context) -> contract.SuccessResponse:
        """Delete many links."""
        account = await self._account(context, callers.LINKS_WRITE)
        await self._writer.delete(account, await self._links(account, request.body))
        return render.success()

    async def ArchiveLink(self, request: contract.ArchiveLinkRequest, context: Context) -> contract.SuccessResponse:
        """Archive a link."""
        return await self._archive_one(request.body, context, archived=True)

    async def UnarchiveLink(self, request: contract.UnarchiveLinkRequest, context: Context) -> contract.SuccessResponse:
        """Take a link out of the archive."""
        return await self._archive_one(request.body, context, archived=False)

    async def ArchiveLinks(self, request: contract.ArchiveLinksRequest, context: Context) -> contract.SuccessResponse:
        """Archive many links."""
        return await self._archive_many(request.body, context, archived=True)

    async def UnarchiveLinks(
        self, request: contract.UnarchiveLinksRequest, context: Context
    ) -> contract.SuccessResponse:
        """Take many links out of the archive."""
        return await self._archive_many(request.body, context, archived=False)

    async def DuplicateLink(self, request: contract.DuplicateLinkRequest, context: Context) -> links_pb2.Link:
        """Copy a link."""
        account = await self._account(context, callers.LINKS_WRITE)
        link = await self._access.link(account, request.link_id)
        domain = await self._access.domain_of_host(account, link.domain)
        copied = await self._writer.copy(account, link, parse.copy_path(request.options))
        return render.copied(copied, domain.domain_id, account.owner, request.link_id)

    async def TagLinks(self, request: contract.TagLinksRequest, context: Context) -> contract.SuccessResponse:
        """Give a tag to many links."""
        account = await self._account(context, callers.LINKS_WRITE)
        tag = values.required_text(request.body.tag, "tag")
        await self._writer.tag(account, await self._links(account, request.body), tag)
        return render.success()

    async def GenerateQrCode(self, request: contract.GenerateQrCodeRequest, context: Context) -> HttpBody:
        """Return the QR code of a link."""
        account = await self._account(context, callers.LINKS_READ)
        look = parse.qr_look(request.options)
        link = await self._access.link(account, request.link_id)
        picture = await asyncio.to_thread(qr_code.draw, link.short_url, look)
        return HttpBody(content_type=look.media_type, data=picture)

    async def GetLinkOpengraph(self, request: contract.GetLinkOpengraphRequest, context: Context) -> ListValue:
        """Return what previews of a link show."""
        account = await self._account(context, callers.LINKS_READ)
        await self._access.domain(account, request.domain_id)
        return render.opengraph(await self._access.link(account, request.link_id))

    async def UpdateLinkOpengraph(self, request: contract.UpdateLinkOpengraphRequest, context: Context) -> ListValue:
        """Refuse: previews are those of the destination."""
        raise await self._refusal(request.link_id, context, "Open Graph properties")

    async def ListLinkCountries(self, request: contract.ListLinkCountriesRequest, context: Context) -> ListValue:
        """Return no destinations: a link leads to one place from every country."""
        account = await self._account(context, callers.LINKS_READ)
        await self._access.link(account, request.link_id)
        return ListValue()

    async def ChangeLinkCountries(self, request: contract.ChangeLinkCountriesRequest, context: Context) -> ListValue:
        """Refuse: a link leads to one place."""
        raise await self._refusal(request.link_id, context, "destinations by country")

    async def ListLinkRegions(self, request: contract.ListLinkRegionsRequest, context: Context) -> ListValue:
        """Return no destinations: a link leads to one place from every region."""
        account = await self._account(context, callers.LINKS_READ)
        await self._access.link(account, request.link_id)
        return ListValue()

    async def ChangeLinkRegions(self, request: contract.ChangeLinkRegionsRequest, context: Context) -> ListValue:
        """Refuse: a link leads to one place."""
        raise await self._refusal(request.link_id, context, "destinations by region")

    async def _account(self, context: Context, scope: str) -> Account:
        account = await self._access.account(context, scope)
        await self._limits.spend_links(account.caller)
        return account

    async def _shown(self, account: Account, link: native.Link) -> links_pb2.Link:
        domain = await self._access.domain_of_host(account, link.domain)
        return render.link(link, domain.domain_id, account.owner)

    async def _by_url(self, host: str, url: str, context: Context, *, limit: int) -> list[links_pb2.Link]:
        account = await self._account(context, callers.LINKS_READ)
        destination = parse.required(url, "originalURL")
        domain = await self._access.domain_of_host(account, parse.required(host, "domain"))
        listed = await self._backends.links.ListLinks(
            queries.by_destination(domain.host, destination, limit), metadata=account.metadata
        )
        return _rendered(listed.links, domain, account)

    async def _links(self, account: Account, body: contract.LinkIds) -> list[native.Link]:
        """Return all links that a body names, before anything is done to one of them."""
        return [await self._access.link(account, text) for text in parse.link_texts(body)]

    async def _archive_one(
        self, body: contract.LinkIds, context: Context, *, archived: bool
    ) -> contract.SuccessResponse:
        account = await self._account(context, callers.LINKS_WRITE)
        link = await self._access.link(account, parse.link_text(body))
        await self._writer.archive(account, [link], archived=archived)
        return render.success()

    async def _archive_many(
        self, body: contract.LinkIds, context: Context, *, archived: bool
    ) -> contract.SuccessResponse:
        account = await self._account(context, callers.LINKS_WRITE)
        await self._writer.archive(account, await self._links(account, body), archived=archived)
        return render.success()

    async def _refusal(self, link_id: str, context: Context, what: str) -> Refusal:
        account = await self._account(context, callers.LINKS_WRITE)
        await self._access.link(account, link_id)
        return shortio_errors.not_included(what)


def _rendered(links: Sequence[native.Link], domain: native.Domain, account: Account) -> list[links_pb2.Link]:
    return [render.link(link, domain.domain_id, account.owner) for link in links]


def _created(outcome: Created, domain: native.Domain, account: Account) -> links_pb2.Link:
    return render.created(outcome.link, domain.domain_id, account.owner, duplicate=outcome.duplicate)
