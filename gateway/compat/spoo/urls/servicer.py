"""spoo.me's links: convert, call, convert."""

from gateway.compat.backends import Backends
from gateway.compat.shared import http_metadata, json_values
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.limits import ClientLimits
from gateway.compat.spoo import access, rates, scopes
from gateway.compat.spoo.access import Access, Client
from gateway.compat.spoo.errors import invalid, unprocessable
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.tags import parse as parse_tags
from gateway.compat.spoo.tags.reader import TagReader, Tags
from gateway.compat.spoo.urls import listing, parse, render
from gateway.compat.spoo.urls.reader import LinkReader
from linkmeter.compat.spoo.v1 import url_service_pb2, url_service_pb2_grpc
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import emoji_codes, errors, reserved_codes
from services.common.caller import Caller
from services.common.clock import Clock
from services.runtime import caller_metadata

_LONGEST_CHECKED = 64


class UrlServicer(url_service_pb2_grpc.UrlServiceServicer):
    """Implements UrlService through links and analytics."""

    def __init__(
        self, *, backends: Backends, access: Access, limits: CallLimits, misses: ClientLimits, clock: Clock
    ) -> None:
        self._backends = backends
        self._access = access
        self._limits = limits
        self._misses = misses
        self._clock = clock
        self._tags = TagReader(backends=backends)
        self._reader = LinkReader(backends=backends, tags=self._tags)

    async def Shorten(
        self, request: url_service_pb2.ShortenRequest, context: Context
    ) -> url_service_pb2.ShortenResponse:
        """Create a link for an account, or for nobody."""
        client = await self._client(context, rates.SHORTEN)
        client.check_scopes(*scopes.CREATING)
        link = parse.new_link(request, self._clock.now(), has_account=client.caller is not None)
        tags = await self._tags_of_new(request, client, link)
        if client.caller is None:
            await self._misses.spend_create(client.ip)
        created = await self._backends.links.CreateLink(
            link_service_pb2.CreateLinkRequest(link=link, issue_claim_token=client.caller is None),
            metadata=caller_metadata.metadata_for(access.creator(client)),
        )
        await http_metadata.send_status(context, 201)
        return render.created(created, tags)

    async def CheckAlias(
        self, request: url_service_pb2.CheckAliasRequest, context: Context
    ) -> url_service_pb2.CheckAliasResponse:
        """Return whether an alias could be had."""
        client = await self._client(context, rates.CHECK_ALIAS)
        client.check_scopes(*scopes.CREATING)
        if not 1 <= len(request.alias) <= _LONGEST_CHECKED:
            raise unprocessable("alias", f"alias must have 1 to {_LONGEST_CHECKED} characters")
        reason = parse.alias_problem(request.alias) or await self._occupied(request)
        return url_service_pb2.CheckAliasResponse(available=not reason, reason=json_values.text_or_null(reason))

    async def ListUrls(
        self, request: url_service_pb2.ListUrlsRequest, context: Context
    ) -> url_service_pb2.ListUrlsResponse:
        """List the caller's links."""
        client = await self._client(context, rates.LIST_URLS)
        caller = client.require(*scopes.READING)
        asked = listing.parse(request)
        items, total = await self._reader.page(caller, asked)
        tags = await self._tags.tags_on((item.link for item in items), caller)
        return render.page(asked, items, total, tags)

    async def GetUrl(self, request: url_service_pb2.GetUrlRequest, context: Context) -> url_service_pb2.Url:
        """Show a link of the caller."""
        client = await self._client(context, rates.LIST_URLS)
        caller = client.require(*scopes.READING)
        link = await self._access.own_link(caller, request.url_id)
        return await self._shown(caller, link)

    async def GetUrlByAlias(
        self, request: url_service_pb2.GetUrlByAliasRequest, context: Context
    ) -> url_service_pb2.Url:
        """Show a link of the caller by host and alias."""
        client = await self._client(context, rates.LIST_URLS)
        caller = client.require(*scopes.READING)
        code = emoji_codes.code_of(request.alias) or request.alias
        try:
            link = await self._backends.links.LookupLink(
                link_service_pb2.LookupLinkRequest(domain=request.domain, code=code),
                metadata=caller_metadata.metadata_for(access.as_reader(caller)),
            )
        except errors.NotFound:
            raise errors.NotFound("URL", request.alias) from None
        return await self._shown(caller, link)

    async def UpdateUrl(
        self, request: url_service_pb2.UpdateUrlRequest, context: Context
    ) -> url_service_pb2.UpdateUrlResponse:
        """Change a link of the caller."""
        client = await self._client(context, rates.UPDATE_URL)
        caller, link = await self._managed(client, request.url_id)
        status = parse.status(request.changes.status)
        change = parse.change(request, link, self._clock.now())
        tag_ids = parse_tags.tag_ids(request.changes.tag_ids)
        if tag_ids is not None:
            tags = await self._tags.tags(caller)
            change.link.tags.extend(tags.replaced(link, tags.names(tag_ids, "tag_ids")))
            change.update_mask.paths.append("tags")
        if change.update_mask.paths:
            link = await self._backends.links.UpdateLink(change, metadata=caller_metadata.metadata_for(caller))
        return await self._updated(caller, await self._with_status(caller, link, status))

    async def UpdateUrlStatus(
        self, request: url_service_pb2.UpdateUrlRequest, context: Context
    ) -> url_service_pb2.UpdateUrlResponse:
        """Switch a link of the caller off or on."""
        client = await self._client(context, rates.UPDATE_URL)
        caller, link = await self._managed(client, request.url_id)
        status = parse.status(request.changes.status, is_required=True)
        return await self._updated(caller, await self._with_status(caller, link, status))

    async def DeleteUrl(
        self, request: url_service_pb2.DeleteUrlRequest, context: Context
    ) -> url_service_pb2.DeleteUrlResponse:
        """Delete a link of the caller."""
        client = await self._client(context, rates.DELETE_URL)
        caller, link = await self._managed(client, request.url_id)
        await self._backends.links.DeleteLink(
            link_service_pb2.DeleteLinkRequest(link_id=link.link_id), metadata=caller_metadata.metadata_for(caller)
        )
        return url_service_pb2.DeleteUrlResponse(message="URL deleted", id=request.url_id)

    async def _tags_of_new(self, request: url_service_pb2.ShortenRequest, client: Client, link: links_pb2.Link) -> Tags:
        """Put the names of the wanted tags on a new link; return the tags that it may carry."""
        tag_ids = parse_tags.tag_ids(request.tag_ids)
        if not tag_ids:
            return Tags()
        if client.caller is None:
            raise invalid("tag_ids", "tag_ids requires authentication")
        tags = await self._tags.tags(client.caller)
        link.tags.extend(tags.names(tag_ids, "tag_ids"))
        return tags

    async def _shown(self, caller: Caller, link: links_pb2.Link) -> url_service_pb2.Url:
        tags = await self._tags.tags_on([link], caller)
        return render.url(await self._reader.with_clicks(caller, link), tags)

    async def _updated(self, caller: Caller, link: links_pb2.Link) -> url_service_pb2.UpdateUrlResponse:
        return render.updated(link, await self._tags.tags_on([link], caller))

    async def _client(self, context: Context, group: str) -> Client:
        client = await self._access.client(context)
        await self._limits.spend(group, client)
        return client

    async def _managed(self, client: Client, url_id: str) -> tuple[Caller, links_pb2.Link]:
        caller = client.require(*scopes.MANAGING)
        return caller, await self._access.own_link(caller, url_id)

    async def _with_status(self, caller: Caller, link: links_pb2.Link, status: str) -> links_pb2.Link:
        metadata = caller_metadata.metadata_for(caller)
        if status == "INACTIVE" and not link.disabled:
            return await self._backends.links.DisableLink(
                link_service_pb2.DisableLinkRequest(link_id=link.link_id), metadata=metadata
            )
        if status == "ACTIVE" and link.disabled:
            return await self._backends.links.EnableLink(
                link_service_pb2.EnableLinkRequest(link_id=link.link_id), metadata=metadata
            )
        return link

    async def _occupied(self, request: url_service_pb2.CheckAliasRequest) -> str:
        code = emoji_codes.code_of(request.alias) or request.alias
        if reserved_codes.is_reserved(code):
            return "reserved"
        return "taken" if await self._access.is_taken(request.domain, code) else ""
