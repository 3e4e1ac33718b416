"""LinkService, the half that reads: links one by one, many at once, and in lists."""

import asyncio
from dataclasses import dataclass

from google.api.httpbody_pb2 import HttpBody

from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2
from services.common import emoji_codes, qr_code
from services.common.caller import LINKS_READ, LINKS_WRITE, Caller
from services.common.clock import Clock
from services.common.errors import NotFound
from services.common.hosts import OwnHosts
from services.links.authentication import Authenticator, Context, owner_of, reach_of
from services.links.code_check import CodeCheck
from services.links.convert.batches import code_message
from services.links.convert.links import link_message, list_filter, list_order
from services.links.convert.qr import qr_wishes
from services.links.domain import batches, codes, link_filter, qr_look
from services.links.domain.link import Link
from services.links.domain.link_order import LinkOrder, Position
from services.links.domain.page_tokens import PageTokens
from services.links.link_lists import LinkLists, Wanted
from services.links.store.link_batches import LinkBatchStore
from services.links.store.links import LinkStore
from services.runtime import answer_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading links takes."""

    authenticator: Authenticator
    links: LinkStore
    link_batches: LinkBatchStore
    code_check: CodeCheck
    hosts: OwnHosts
    lists: LinkLists
    page_tokens: PageTokens
    clock: Clock


class LinkReader(link_service_pb2_grpc.LinkServiceServicer):
    """Implements the methods of LinkService that change nothing."""

    def __init__(self, reading: Reading) -> None:
        self._authenticator = reading.authenticator
        self._links = reading.links
        self._link_batches = reading.link_batches
        self._code_check = reading.code_check
        self._hosts = reading.hosts
        self._lists = reading.lists
        self._page_tokens = reading.page_tokens
        self._clock = reading.clock

    async def GetLink(self, request: link_service_pb2.GetLinkRequest, context: Context) -> links_pb2.Link:
        """Return a link by its id; NotFound when there is none for the caller."""
        return link_message(await self._found(request.link_id, context), self._clock.now())

    async def LookupLink(self, request: link_service_pb2.LookupLinkRequest, context: Context) -> links_pb2.Link:
        """Return a link by domain and code; NotFound when there is none for the caller."""
        reach = reach_of(await self._authenticator.caller(context), LINKS_READ)
        host, code = self._hosts.domain_host(request.domain), emoji_codes.canonical(request.code)
        # What is no code is in no row; the store need not see it.
        link = await self._links.find_by_code(host, code) if codes.is_code(code) else None
        if link is None or not reach.covers(link):
            raise NotFound("link", request.code)
        return link_message(link, self._clock.now())

    async def BatchGetLinks(
        self, request: link_service_pb2.BatchGetLinksRequest, context: Context
    ) -> link_service_pb2.BatchGetLinksResponse:
        """Return many links by their ids, and name those that there are not for the caller."""
        reach = reach_of(await self._authenticator.caller(context), LINKS_READ)
        wanted = list(dict.fromkeys(request.link_ids))
        batches.check_ids(wanted)
        known = await self._link_batches.find(wanted)
        found = [known[link_id] for link_id in wanted if reach.covers(known.get(link_id))]
        page = answer_size.fitting([link_message(link, self._clock.now()) for link in found])
        return link_service_pb2.BatchGetLinksResponse(
            links=page,
            missing_link_ids=[link_id for link_id in wanted if not reach.covers(known.get(link_id))],
            remaining_link_ids=[link.link_id for link in found[len(page) :]],
        )

    async def CheckLinkCode(
        self, request: link_service_pb2.CheckLinkCodeRequest, context: Context
    ) -> link_service_pb2.CheckLinkCodeResponse:
        """Return whether a link with a code could be created just now."""
        owner_id = owner_of(await self._authenticator.caller(context), LINKS_WRITE)
        host = self._hosts.domain_host(request.domain)
        return code_message(*await self._code_check.check(host, request.code, owner_id))

    async def GetLinkQrCode(self, request: link_service_pb2.GetLinkQrCodeRequest, context: Context) -> HttpBody:
        """Draw the QR code of a link's short URL; NotFound when there is none for the caller."""
        link = await self._found(request.link_id, context)
        look = qr_look.look_of(link.short_url, qr_wishes(request))
        picture = await asyncio.to_thread(qr_code.draw, link.short_url, look)
        return HttpBody(content_type=look.media_type, data=picture)

    async def ListLinks(
        self, request: link_service_pb2.ListLinksRequest, context: Context
    ) -> link_service_pb2.ListLinksResponse:
        """Return a page of the caller's links."""
        caller = await self._authenticator.caller(context)
        owner_id = owner_of(caller, LINKS_READ)
        filters = list_filter(request, owner_id, self._listed_host(request.domain))
        order, ids_only = list_order(request), request.view == link_service_pb2.LINK_VIEW_IDS
        size = link_filter.page_size(request.page_size, link_filter.MAX_IDS_PAGE if ids_only else link_filter.MAX_PAGE)
        skip = link_filter.skip(request.skip)
        name = filters.list_name if order is LinkOrder.CREATE_TIME else f"{filters.list_name}/{order}"
        mark = self._page_tokens.read_keyed(request.page_token, name)
        after = Position(*mark) if mark else None
        # One more than asked tells whether there is a next page. Later pages have nothing to pass over.
        wanted = Wanted(filter=filters, order=order, after=after, limit=size + 1, skip=0 if after else skip)
        found = await self._listed(wanted, caller, ids_only=ids_only)
        here = [(position, message) for position, message in found[:size] if message]
        page = answer_size.fitting([message for _, message in here])
        last = here[len(page) - 1][0] if len(page) < len(here) else found[size - 1][0] if len(found) > size else None
        return link_service_pb2.ListLinksResponse(
            links=page,
            next_page_token=self._page_tokens.make(last.link_id, name, last.key) if last else "",
            total_size=await self._links.count(filters, self._clock.now()) if request.with_total_size else 0,
        )

    async def _listed(
        self, wanted: Wanted, caller: Caller, *, ids_only: bool
    ) -> list[tuple[Position, links_pb2.Link | None]]:
        if ids_only:
            positions = await self._lists.positions(wanted, caller)
            return [(position, links_pb2.Link(link_id=position.link_id)) for position in positions]
        now = self._clock.now()
        found = await self._lists.page(wanted, caller)
        return [(position, link_message(link, now) if link else None) for position, link in found]

    async def _found(self, link_id: int, context: Context) -> Link:
        reach = reach_of(await self._authenticator.caller(context), LINKS_READ)
        link = await self._links.find(link_id)
        if link is None or not reach.covers(link):
            raise NotFound("link", link_id)
        return link

    def _listed_host(self, domain: str) -> str:
        if not domain:
            return ""
        # What is no host name is no link's domain: a word that matches none.
        return self._hosts.domain_host(domain) or "-"
