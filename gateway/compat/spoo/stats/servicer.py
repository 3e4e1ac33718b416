"""spoo.me's statistics: convert, call, convert."""

import asyncio

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import json_format

from gateway.compat.shared import http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.spoo import access, rates
from gateway.compat.spoo.access import Access, Client
from gateway.compat.spoo.errors import login_needed
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.public import render as render_public
from gateway.compat.spoo.stats import exports, parse, queries, render
from gateway.compat.spoo.stats.reader import StatsReader
from linkmeter.compat.spoo.v1 import stats_pb2, stats_service_pb2_grpc
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes
from services.common.clock import Clock


class StatsServicer(stats_service_pb2_grpc.StatsServiceServicer):
    """Implements StatsService through links and analytics."""

    def __init__(self, *, access: Access, limits: CallLimits, reader: StatsReader, clock: Clock) -> None:
        self._access = access
        self._limits = limits
        self._reader = reader
        self._clock = clock

    async def GetStats(self, request: stats_pb2.StatsRequest, context: Context) -> stats_pb2.StatsResponse:
        """Return the statistics of an account or of a public link."""
        client = await self._client(context, rates.STATS)
        return _message(await self._stats(request, client))

    async def GetLinkStats(self, request: stats_pb2.StatsRequest, context: Context) -> stats_pb2.StatsResponse:
        """Return the statistics of one link of the caller."""
        client = await self._client(context, rates.STATS)
        return _message(await self._link_stats(request, client))

    async def GetPublicStats(self, request: stats_pb2.StatsRequest, context: Context) -> stats_pb2.PublicStatsResponse:
        """Show a link and its statistics to everybody."""
        client = await self._client(context, rates.STATS)
        link = await self._access.public_link(client, request.code_in_path)
        if link.has_password and not client.owns(link):
            raise login_needed("this URL is password protected", code="password_required")
        return await self._public_stats(request, link, client)

    async def UnlockPublicStats(
        self, request: stats_pb2.StatsRequest, context: Context
    ) -> stats_pb2.PublicStatsResponse:
        """Show a protected link and its statistics to those who know its password."""
        client = await self._client(context, rates.STATS)
        link = await self._access.public_link(client, request.code_in_path)
        if link.has_password and not client.owns(link):
            password = request.unlock.password.string_value
            if not password:
                raise login_needed("this URL is password protected", code="password_required")
            if not await self._access.check_password(link, password, client.ip):
                raise login_needed("invalid password", code="invalid_password")
        return await self._public_stats(request, link, client)

    async def Export(self, request: stats_pb2.StatsRequest, context: Context) -> HttpBody:
        """Return the same as GetStats as a file."""
        client = await self._client(context, rates.EXPORT)
        kind = parse.export_format(request)
        return download(await _file(kind, await self._stats(request, client), "spoo-me-export"))

    async def ExportLink(self, request: stats_pb2.StatsRequest, context: Context) -> HttpBody:
        """Return the same as GetLinkStats as a file."""
        client = await self._client(context, rates.EXPORT)
        kind = parse.export_format(request)
        body = await self._link_stats(request, client)
        return download(await _file(kind, body, f"spoo-me-{body['url_id']}-export"))

    async def _client(self, context: Context, group: str) -> Client:
        client = await self._access.client(context)
        await self._limits.spend(group, client)
        return client

    async def _stats(self, request: stats_pb2.StatsRequest, client: Client) -> render.Body:
        query = parse.stats_query(request, self._clock.now())
        if query.scope == parse.ALL:
            return await self._reader.read(query, access.as_reader(access.stats_caller(client)))
        access.check_stats_scopes(client)
        link = await self._access.shown_link(client, query.short_code)
        return await self._of_link(query, link)

    async def _link_stats(self, request: stats_pb2.StatsRequest, client: Client) -> render.Body:
        caller = client.require(*access.STATS_SCOPES)
        query = parse.link_query(request, self._clock.now())
        link = await self._access.own_link(caller, request.id_in_path)
        return await self._of_link(query, link) | {
            "url_id": request.id_in_path,
            "alias": emoji_codes.text_of(link.code),
        }

    async def _public_stats(
        self, request: stats_pb2.StatsRequest, link: links_pb2.Link, client: Client
    ) -> stats_pb2.PublicStatsResponse:
        query = parse.public_query(request, self._clock.now())
        # Nobody comes as far as this without the link's password.
        with_destination = access.shows_destination(link, client, knows_password=True)
        body = {
            "generation": "v2",
            "link": render_public.public_link(link, with_destination=with_destination),
            "stats": await self._of_link(query, link),
        }
        return json_format.ParseDict(body, stats_pb2.PublicStatsResponse())

    async def _of_link(self, query: parse.StatsQuery, link: links_pb2.Link) -> render.Body:
        only = [queries.of_links([str(link.link_id)])]
        return await self._reader.read(query, access.public_reader(link), only)


def download(file: exports.File) -> HttpBody:
    """Return a file, to be saved."""
    http_metadata.add_header("content-disposition", f'attachment; filename="{file.name}"')
    http_metadata.add_header("x-content-type-options", "nosniff")
    return HttpBody(content_type=file.content_type, data=file.data)


async def _file(kind: str, body: render.Body, name: str) -> exports.File:
    # On a thread, because large ones take a while.
    return await asyncio.to_thread(exports.write, kind, body, exports.tables_of(body), name=name)


def _message(body: render.Body) -> stats_pb2.StatsResponse:
    return json_format.ParseDict(body, stats_pb2.StatsResponse())
