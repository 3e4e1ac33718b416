"""ShareService: sharing one link's statistics."""

from google.protobuf.empty_pb2 import Empty

from linkmeter.links.v1 import share_service_pb2, share_service_pb2_grpc
from services.common.caller import LINKS_WRITE, STATS_READ, Caller
from services.common.errors import NotFound, PermissionDenied
from services.common.ip_addresses import CLIENT_IP_KEY
from services.links.authentication import Authenticator, Context, browser_call, reach_of
from services.links.convert.sessions import share_draft, share_message, shared_link_message
from services.links.domain import shares
from services.links.domain.link import Link
from services.links.domain.shares import TICKET_LIFETIME
from services.links.shares import Shares
from services.links.store.links import LinkStore


class ShareServicer(share_service_pb2_grpc.ShareServiceServicer):
    """Implements ShareService."""

    def __init__(self, *, authenticator: Authenticator, shares: Shares, links: LinkStore) -> None:
        self._authenticator = authenticator
        self._shares = shares
        self._links = links

    async def CreateShare(
        self, request: share_service_pb2.CreateShareRequest, context: Context
    ) -> share_service_pb2.Share:
        """Create an address."""
        link = await self._own_link(request.share.link_id, context)
        share = await self._shares.create(share_draft(request.share, link.link_id))
        return share_message(share, self._shares.url(share))

    async def ListShares(
        self, request: share_service_pb2.ListSharesRequest, context: Context
    ) -> share_service_pb2.ListSharesResponse:
        """Return the addresses of a link."""
        link = await self._own_link(request.link_id, context)
        return share_service_pb2.ListSharesResponse(
            shares=[share_message(share, self._shares.url(share)) for share in await self._shares.list_of(link.link_id)]
        )

    async def DeleteShare(self, request: share_service_pb2.DeleteShareRequest, context: Context) -> Empty:
        """Take an address back; NotFound when it is none of the caller's."""
        caller = await self._sharer(context)
        share = await self._shares.find(request.share_id)
        link = await self._links.find(share.link_id) if share else None
        if share is None or not reach_of(caller, LINKS_WRITE).covers(link):
            raise NotFound("share", request.share_id)
        await self._shares.delete(share.share_id)
        return Empty()

    async def OpenShare(
        self, request: share_service_pb2.OpenShareRequest, context: Context
    ) -> share_service_pb2.SharedLink:
        """Open a share for a browser, by a cookie."""
        call = browser_call(context)
        if call.is_of_other_page:
            raise PermissionDenied("a page of another origin cannot open a share here")
        share, ticket = await self._shares.open(request.token, request.password, call.headers.get(CLIENT_IP_KEY, ""))
        link = await self._links.find(share.link_id)
        if link is None or link.deleted:
            raise NotFound("share", "of this address")
        name = shares.cookie_name(shares.tag_of(request.token))
        cookie = call.set_cookie(name, ticket, seconds=int(TICKET_LIFETIME.total_seconds()))
        await context.send_initial_metadata((("set-cookie", cookie),))
        return shared_link_message(link)

    async def GetSharedLink(
        self, request: share_service_pb2.GetSharedLinkRequest, context: Context
    ) -> share_service_pb2.SharedLink:
        """Return what who opened a share may see statistics of."""
        del request
        caller = await self._authenticator.caller(context)
        caller.require(STATS_READ)
        if not caller.link_id:
            raise PermissionDenied("the credential is not for one link")
        link = await self._links.find(caller.link_id)
        if link is None or link.deleted:
            raise NotFound("link", caller.link_id)
        return shared_link_message(link)

    async def _sharer(self, context: Context) -> Caller:
        caller = await self._authenticator.caller(context)
        caller.require(STATS_READ)
        caller.require(LINKS_WRITE)
        return caller

    async def _own_link(self, link_id: int, context: Context) -> Link:
        reach = reach_of(await self._sharer(context), LINKS_WRITE)
        link = await self._links.find(link_id)
        if link is None or not reach.covers(link):
            raise NotFound("link", link_id)
        return link
