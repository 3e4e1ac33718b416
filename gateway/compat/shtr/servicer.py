"""The API of shtr.xyz: convert, call, convert."""

import asyncio
from datetime import UTC

from gateway.compat.backends import Backends
from gateway.compat.shared import access_cookie, http_metadata
from gateway.compat.shared.accounts import ANONYMOUS
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.limits import ClientLimits
from gateway.compat.shtr import parse, queries, render
from gateway.compat.shtr.access import Access
from linkmeter.analytics.v1 import click_service_pb2, stats_service_pb2
from linkmeter.compat.shtr.v1 import shtr_pb2, shtr_pb2_grpc
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import qr_code
from services.common.caller import Caller
from services.runtime import caller_metadata


class ShtrServicer(shtr_pb2_grpc.ShtrServiceServicer):
    """Serves shtr's calls by links and analytics, whose errors pass through as they are."""

    def __init__(self, *, backends: Backends, access: Access, limits: ClientLimits, secure_cookies: bool) -> None:
        self._backends = backends
        self._limits = limits
        self._secure_cookies = secure_cookies
        self._access = access

    async def Shorten(self, request: shtr_pb2.ShortenRequest, context: Context) -> shtr_pb2.ShortenResponse:
        """Create a link without an account, and return it with its edit token.

        Raises InvalidArgument for a wrong field, AlreadyExists for a taken code, ResourceExhausted for too many links.
        """
        link = parse.new_link(request)
        await self._limits.spend_create(http_metadata.client_ip(context))
        created = await self._backends.links.CreateLink(
            link_service_pb2.CreateLinkRequest(link=link, issue_edit_token=True),
            metadata=caller_metadata.metadata_for(ANONYMOUS),
        )
        # On a thread, because it takes milliseconds.
        picture = await asyncio.to_thread(qr_code.png_data_uri, created.short_url)
        response = render.created(created, picture)
        await http_metadata.send_status(context, 201)
        return response

    async def GetLink(self, request: shtr_pb2.GetLinkRequest, context: Context) -> shtr_pb2.GetLinkResponse:
        """Return a link: all of it with its edit token, its clicks without.

        Raises NotFound where everybody may see none, PermissionDenied for a wrong token.
        """
        client_ip = http_metadata.client_ip(context)
        if not request.token:
            public = await self._access.public_link(request.code, client_ip)
            return render.public_view(public, await self._clicks_of(public, ANONYMOUS))
        link, caller = await self._access.link_with_token(request.code, request.token, client_ip)
        return render.full_view(link, await self._clicks_of(link, caller))

    async def DeleteLink(self, request: shtr_pb2.DeleteLinkRequest, context: Context) -> shtr_pb2.DeleteLinkResponse:
        """Delete a link; raise Unauthenticated without a token, PermissionDenied for a wrong one."""
        client_ip = http_metadata.client_ip(context)
        link, caller = await self._access.link_with_token(request.code, request.token, client_ip)
        await self._backends.links.DeleteLink(
            link_service_pb2.DeleteLinkRequest(link_id=link.link_id), metadata=caller_metadata.metadata_for(caller)
        )
        return shtr_pb2.DeleteLinkResponse(success=True)

    async def GetStats(self, request: shtr_pb2.GetStatsRequest, context: Context) -> shtr_pb2.GetStatsResponse:
        """Return a link's statistics; raise Unauthenticated without a token, PermissionDenied for a wrong one."""
        client_ip = http_metadata.client_ip(context)
        link, caller = await self._access.link_with_token(request.code, request.token, client_ip)
        metadata = caller_metadata.metadata_for(caller)
        numbers, newest = await asyncio.gather(
            self._backends.stats.QueryStats(queries.everything_of(link.link_id), metadata=metadata),
            self._backends.clicks.ListClicks(
                click_service_pb2.ListClicksRequest(link_id=link.link_id, page_size=queries.NEWEST), metadata=metadata
            ),
        )
        first, *breakdowns = numbers.results
        return render.statistics(link, queries.totals(first), breakdowns, newest.clicks)

    async def ListClicks(self, request: shtr_pb2.ListClicksRequest, context: Context) -> shtr_pb2.ListClicksResponse:
        """Return a page of a link's clicks, newest first.

        Raises InvalidArgument for a wrong page, Unauthenticated without a token, PermissionDenied for a wrong one.
        """
        client_ip = http_metadata.client_ip(context)
        link, caller = await self._access.link_with_token(request.code, request.token, client_ip)
        page = parse.page(request)
        listed, total = await asyncio.gather(
            self._backends.clicks.ListClicks(
                click_service_pb2.ListClicksRequest(link_id=link.link_id, page_size=page.limit, skip=page.skip),
                metadata=caller_metadata.metadata_for(caller),
            ),
            self._clicks_of(link, caller),
        )
        return render.click_page(listed.clicks, total, page)

    async def Lookup(self, request: shtr_pb2.LookupRequest, context: Context) -> shtr_pb2.LookupResponse:
        """Return the link of a token; raise Unauthenticated without a token, NotFound for a wrong one."""
        link = await self._access.link_of_token(request.token, http_metadata.client_ip(context))
        return render.found(link)

    async def VerifyPassword(
        self, request: shtr_pb2.VerifyPasswordRequest, context: Context
    ) -> shtr_pb2.VerifyPasswordResponse:
        """Set the cookie that opens a protected link to this browser.

        Raises Refusal for a wrong password, ResourceExhausted for too many guesses.
        """
        guess = parse.password_guess(request)
        ticket = await self._access.password_ticket(guess, http_metadata.client_ip(context))
        cookie = access_cookie.header(
            guess.code,
            ticket.access_ticket,
            expires_at=ticket.expire_time.ToDatetime(UTC),
            secure=self._secure_cookies,
        )
        await http_metadata.send_status(context, 200, set_cookie=cookie)
        return shtr_pb2.VerifyPasswordResponse(success=True)

    async def _clicks_of(self, link: links_pb2.Link, caller: Caller) -> int:
        numbers: stats_service_pb2.QueryStatsResponse = await self._backends.stats.QueryStats(
            queries.clicks_of(link.link_id), metadata=caller_metadata.metadata_for(caller)
        )
        return queries.totals(numbers.results[0]).clicks
