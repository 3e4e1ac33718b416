"""spoo.me's statistics: convert, call, convert."""

import asyncio

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import json_format

from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo import access, limits
from gateway.compat.spoo.access import Access, Visitor
from gateway.compat.spoo.errors import login_needed
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.stats import exports, parse, queries, render
from gateway.compat.spoo.stats.reader import Statistics
from linkmeter.compat.spoo.v1 import stats_pb2, stats_service_pb2_grpc
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes
from services.common.clock import Clock


class StatsServicer(stats_service_pb2_grpc.StatsServiceServicer):
    """Answers statistics through links and analytics."""

    def __init__(self, *, access: Access, limits: CallLimits, statistics: Statistics, clock: Clock) -> None:
        self._access = access
        self._limits = limits
        self._statistics = statistics
        self._clock = clock

    async def GetStats(self, request: stats_pb2.StatsRequest, context: Context) -> stats_pb2.StatsResponse:
        """Answer the statistics of an account or of a public link."""
        visitor = await self._visitor(context, limits.STATS)
        return _message(await self._stats(request, visitor))

    async def GetLinkStats(self, request: stats_pb2.StatsRequest, context: Context) -> stats_pb2.StatsResponse:
        """Answer the statistics of one link of the caller."""
        visitor = await self._visitor(context, limits.STATS)
        return _message(await self._link_stats(request, visitor))

    async def GetPublicStats(self, request: stats_pb2.StatsRequest, context: Context) -> stats_pb2.PublicStatsResponse:
        """Show a link and its statistics to everybody."""
        visitor = await self._visitor(context, limits.STATS)
        link = await self._access.public_link(visitor, request.code_in_path)
        if link.has_password and not visitor.owns(link):
            raise login_needed("this URL is password protected", code="password_required")
        return await self._public_stats(request, link, visitor)

    async def UnlockPublicStats(
        self, request: stats_pb2.StatsRequest, context: Context
    ) -> stats_pb2.PublicStatsResponse:
        """Show a protected link and its statistics to those who know its password."""
        visitor = await self._visitor(context, limits.STATS)
        link = await self._access.public_link(visitor, request.code_in_path)
        if link.has_password and not visitor.owns(link):
            password = request.unlock.password.string_value
            if not password:
                raise login_needed("this URL is password protected", code="password_required")
            if not await self._access.check_password(link, password, visitor.client_ip):
                raise login_needed("invalid password", code="invalid_password")
        return await self._public_stats(request, link, visitor)

    async def Export(self, request: stats_pb2.StatsRequest, context: Context) -> HttpBody:
        """Answer the same as GetStats as a file."""
        visitor = await self._visitor(context, limits.EXPORT)
        kind = parse.export_format(request)
        return download(await _file(kind, await self._stats(request, visitor), "spoo-me-export"))

    async def ExportLink(self, request: stats_pb2.StatsRequest, context: Context) -> HttpBody:
        """Answer the same as GetLinkStats as a file."""
        visitor = await self._visitor(context, limits.EXPORT)
        kind = parse.export_format(request)
        body = await self._link_stats(request, visitor)
        return download(await _file(kind, body, f"spoo-me-{body['url_id']}-export"))

    async def _visitor(self, context: Context, group: str) -> Visitor:
        visitor = await self._access.visitor(context)
        await self._limits.spend(group, visitor)
        return visitor

    async def _stats(self, request: stats_pb2.StatsRequest, visitor: Visitor) -> render.Body:
        query = parse.stats_query(request, self._clock.now())
        if query.scope == parse.ALL:
            return await self._statistics.answer(query, access.reader(access.stats_account(visitor)))
        access.check_stats_scopes(visitor)
        link = await self._access.shown_link(visitor, query.short_code)
        return await self._of_link(query, link)

    async def _link_stats(self, request: stats_pb2.StatsRequest, visitor: Visitor) -> render.Body:
        caller = visitor.account(*access.STATS_SCOPES)
        query = parse.link_query(request, self._clock.now())
        link = await self._access.own_link(caller, request.id_in_path)
        return await self._of_link(query, link) | {
            "url_id": request.id_in_path,
            "alias": emoji_codes.text_of(link.code),
        }

    async def _public_stats(
        self, request: stats_pb2.StatsRequest, link: links_pb2.Link, visitor: Visitor
    ) -> stats_pb2.PublicStatsResponse:
        query = parse.public_query(request, self._clock.now())
        # Nobody comes as far as this without the link's password.
        with_destination = access.shows_destination(link, visitor, knows_password=True)
        body = {
            "generation": "v2",
            "link": render.public_link(link, with_destination=with_destination),
            "stats": await self._of_link(query, link),
        }
        return json_format.ParseDict(body, stats_pb2.PublicStatsResponse())

    async def _of_link(self, query: parse.StatsQuery, link: links_pb2.Link) -> render.Body:
        only = [queries.of_links([str(link.link_id)])]
        return await self._statistics.answer(query, access.reader_of(link), only)


def download(file: exports.File) -> HttpBody:
    """Answer a file, to be saved."""
    http_metadata.add_header("content-disposition", f'attachment; filename="{file.name}"')
    http_metadata.add_header("x-content-type-options", "nosniff")
    return HttpBody(content_type=file.content_type, data=file.data)


async def _file(kind: str, body: render.Body, name: str) -> exports.File:
    # On a thread, because large ones take a while.
    return await asyncio.to_thread(exports.write, kind, body, exports.tables_of(body), name=name)


def _message(body: render.Body) -> stats_pb2.StatsResponse:
    return json_format.ParseDict(body, stats_pb2.StatsResponse())
