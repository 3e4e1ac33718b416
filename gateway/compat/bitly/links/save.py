"""Making, finding and changing the caller's links."""

from typing import Final

from google.protobuf.field_mask_pb2 import FieldMask

from gateway.compat.backends import Backends
from gateway.compat.bitly import values
from gateway.compat.bitly.access import Access, Client
from gateway.compat.bitly.envelope import Result
from gateway.compat.bitly.errors import Failure, invalid, missing
from gateway.compat.bitly.links import parse, render
from gateway.compat.bitly.links.finder import Finder
from gateway.compat.shared.limits import ClientLimits
from linkmeter.compat.bitly.v3 import bitly_pb2
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import errors

# What clients write that mean the service's own short domain.
_OUR_DOMAIN: Final = frozenset({"", "bit.ly", "bitly.com", "j.mp"})
_EDITABLE: Final = frozenset({"title", "note", "private", "archived"})
# In these an older link may differ from the one that is wanted: it leads everybody there all the same.
_MAY_DIFFER: Final = ("title", "tags", "redirect_status", "note", "private_stats", "block_bots", "expired_destination")
# Accepted, and not kept.
_FORGOTTEN: Final = "user_ts"


class Saves:
    """Serves the calls that make and change links; each raises Failure for parameters that break their bounds.

    Too many new links of a client are ResourceExhausted; errors of links pass through as they are.
    """

    def __init__(self, *, backends: Backends, access: Access, finder: Finder, limits: ClientLimits) -> None:
        self._backends = backends
        self._access = access
        self._finder = finder
        self._limits = limits

    async def shorten(self, request: bitly_pb2.ShortenRequest, client: Client) -> Result:
        """Make a link, or find the account's oldest to the same destination; return it.

        Raises Failure: ALREADY_A_BITLY_LINK for a short URL of this installation.
        """
        destination = parse.destination(request.long_url, request.uri)
        if request.x_login or request.x_api_key:
            client = await self._access.by_login(request.x_login, request.x_api_key, client.client_ip)
        domain = await self._domain(request.domain, client)
        # What is not saved as private is for everybody.
        draft = links_pb2.Link(destination=destination, domain=domain, private_stats=False)
        link, is_new = await self._make_or_find(draft, client)
        global_hash = render.code_of(await self._finder.aggregate_link(link))
        return Result(data=render.shortened(link, global_hash, is_new=is_new), text=link.short_url)

    async def link_save(self, request: bitly_pb2.LinkSaveRequest, client: Client) -> Result:
        """Make a link with title and note, or find the account's; return it, with status_code 304 when it was there.

        Raises Failure as shorten does.
        """
        draft = links_pb2.Link(
            destination=parse.destination(request.long_url, name="longurl"),
            title=request.title,
            note=request.note,
            private_stats=values.flag("private", request.private),
        )
        values.seconds("user_ts", request.user_ts, takes_milliseconds=True)
        link, is_new = await self._make_or_find(draft, client)
        data = render.saved(link, await self._finder.aggregate_link(link), is_new=is_new)
        if is_new:
            return Result(data=data)
        return Result(data=data, status_code=304, status_txt="LINK_ALREADY_EXISTS")

    async def link_edit(self, request: bitly_pb2.LinkEditRequest, client: Client) -> Result:
        """Change those of title, note, private and archived that edit names; return the link.

        Raises Failure, INVALID_ARG_LINK, for a link that is not the caller's.
        """
        short_link = parse.link(request.link)
        names = {name.strip().lower() for name in request.edit.split(",")} - {""}
        if not names:
            raise missing("edit")
        if names - _EDITABLE - {_FORGOTTEN}:
            raise invalid("edit")
        link = await self._finder.own(short_link, client)
        changed = links_pb2.Link(
            link_id=link.link_id,
            title=request.title,
            note=request.note,
            private_stats=values.flag("private", request.private),
            archived=values.flag("archived", request.archived),
        )
        update = link_service_pb2.UpdateLinkRequest(link=changed)
        update.update_mask.paths.extend(sorted(_native(name) for name in names - {_FORGOTTEN}))
        if update.update_mask.paths:
            link = await self._backends.links.UpdateLink(update, metadata=client.metadata)
        return Result(data={"link_edit": {"link": link.short_url}})

    async def _domain(self, text: str, client: Client) -> str:
        host = text.strip().lower()
        if host not in _OUR_DOMAIN:
            return host
        # Unless somebody really owns one of those.
        usable = {domain.host for domain in await self._finder.domains(client)} if host else set()
        return host if host in usable else ""

    async def _make_or_find(self, draft: links_pb2.Link, client: Client) -> tuple[links_pb2.Link, bool]:
        try:
            found = await self._find_or_create(draft, client, find_only=True)
            if found.HasField("link"):
                return found.link, False
            await self._limits.spend_create(client.client_ip)
            # Of equal calls at once, one gets here first.
            made = await self._find_or_create(draft, client, find_only=False)
        except errors.InvalidArgument as error:
            if error.reason == "OWN_DOMAIN":
                raise Failure("ALREADY_A_BITLY_LINK") from None
            raise
        return made.link, made.created

    async def _find_or_create(
        self, draft: links_pb2.Link, client: Client, *, find_only: bool
    ) -> link_service_pb2.FindOrCreateLinkResponse:
        request = link_service_pb2.FindOrCreateLinkRequest(
            link=draft, may_differ=FieldMask(paths=_MAY_DIFFER), find_only=find_only
        )
        return await self._backends.links.FindOrCreateLink(request, metadata=client.metadata)


def _native(name: str) -> str:
    return "private_stats" if name == "private" else name
