"""spoo.me's first API: convert, call, convert."""

import asyncio
import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import json_format

from gateway.compat.backends import Backends
from gateway.compat.shared import accounts, http_metadata
from gateway.compat.shared.http_metadata import Context
from gateway.compat.shared.limits import ClientLimits
from gateway.compat.spoo import access, rates, values
from gateway.compat.spoo.access import Access, Client
from gateway.compat.spoo.legacy import errors as legacy_errors
from gateway.compat.spoo.legacy import forms, pages, parse, queries, render
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.stats import exports
from gateway.compat.spoo.stats.reader import PATIENCE_SECONDS
from gateway.compat.spoo.stats.servicer import download
from gateway.compat.spoo.urls import render as render_urls
from linkmeter.analytics.v1 import click_service_pb2
from linkmeter.compat.spoo.v1 import legacy_service_pb2, legacy_service_pb2_grpc
from linkmeter.links.v1 import link_service_pb2, links_pb2
from services.common import errors
from services.common.clock import Clock
from services.runtime import caller_metadata

# So long the numbers of the whole installation may lag behind.
_METRIC_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class _Metric:
    """Numbers of the whole installation, as they were."""

    time: float
    links: int
    clicks: int


class LegacyServicer(legacy_service_pb2_grpc.LegacyServiceServicer):
    """Implements LegacyService through links and analytics."""

    def __init__(
        self, *, backends: Backends, access: Access, limits: CallLimits, misses: ClientLimits, clock: Clock
    ) -> None:
        self._backends = backends
        self._access = access
        self._limits = limits
        self._misses = misses
        self._clock = clock
        self._metric: _Metric | None = None

    async def ShortenForm(self, request: legacy_service_pb2.FormRequest, context: Context) -> HttpBody:
        """Create a link from a form."""
        form = forms.read(request.form)
        link = parse.new_link(form)
        link.code = parse.alias(form)
        return await self._create(link, context)

    async def ShortenEmojiForm(self, request: legacy_service_pb2.FormRequest, context: Context) -> HttpBody:
        """Create a link with a code of emojis from a form."""
        form = forms.read(request.form)
        link = parse.new_link(form)
        wished = parse.emojis(form)
        link.code = wished or parse.random_emojis()
        try:
            return await self._create(link, context)
        except errors.AlreadyExists:
            # Of random ones so rare that trying again is the client's.
            raise legacy_errors.wrong(legacy_errors.EMOJI, "Emoji already exists") from None

    async def GetFormStats(
        self, request: legacy_service_pb2.FormRequest, context: Context
    ) -> legacy_service_pb2.FormStats:
        """Return a link's statistics."""
        client = await self._client(context, rates.LEGACY)
        body = await self._statistics(request, client)
        return json_format.ParseDict(body, legacy_service_pb2.FormStats())

    async def GetFormExport(self, request: legacy_service_pb2.FormRequest, context: Context) -> HttpBody:
        """Return a link's statistics as a file."""
        return await self._export(request, context)

    async def FormExport(self, request: legacy_service_pb2.FormRequest, context: Context) -> HttpBody:
        """Return a link's statistics as a file."""
        return await self._export(request, context)

    async def GetMetric(
        self, request: legacy_service_pb2.GetMetricRequest, context: Context
    ) -> legacy_service_pb2.GetMetricResponse:
        """Count the links that were created for nobody, and their clicks."""
        del request, context
        now = self._clock.now().timestamp()
        if self._metric is None or now - self._metric.time > _METRIC_SECONDS:
            metadata = caller_metadata.metadata_for(accounts.ANONYMOUS)
            listed, counted = await asyncio.gather(
                self._backends.links.ListLinks(
                    link_service_pb2.ListLinksRequest(page_size=1, with_total_size=True), metadata=metadata
                ),
                self._backends.stats.QueryStats(queries.totals_request(), metadata=metadata, timeout=PATIENCE_SECONDS),
            )
            rows = counted.results[0].rows
            self._metric = _Metric(now, listed.total_size, rows[0].metrics[0] if rows else 0)
        known = self._metric
        return legacy_service_pb2.GetMetricResponse(
            total_shortlinks_raw=values.count(known.links),
            total_clicks_raw=values.count(known.clicks),
            total_shortlinks=render.in_words(known.links),
            total_clicks=render.in_words(known.clicks),
        )

    async def GetResult(self, request: legacy_service_pb2.GetResultRequest, context: Context) -> HttpBody:
        """Show the short URL of a link."""
        try:
            link = await self._access.any_link(request.code, http_metadata.client_ip(context))
        except errors.NotFound:
            await http_metadata.send_status(context, 404, **pages.HEADERS)
            return pages.not_found()
        await http_metadata.send_status(context, 200, **pages.HEADERS)
        return pages.result(render_urls.short_url(link))

    async def _client(self, context: Context, group: str) -> Client:
        # Here nobody has a key.
        client = Client(ip=http_metadata.client_ip(context))
        await self._limits.spend(group, client)
        return client

    async def _create(self, link: links_pb2.Link, context: Context) -> HttpBody:
        client = await self._client(context, rates.SHORTEN)
        await self._misses.spend_create(client.ip)
        created = await self._backends.links.CreateLink(
            link_service_pb2.CreateLinkRequest(link=link), metadata=caller_metadata.metadata_for(accounts.ANONYMOUS)
        )
        short_url = render_urls.short_url(created)
        body = {
            "short_url": short_url,
            "domain": urlsplit(created.short_url).hostname,
            "original_url": created.destination,
        }
        if not forms.accepts_json(context):
            await http_metadata.send_status(context, 302, location=f"/result/{quote(created.code)}")
        return HttpBody(content_type="application/json", data=json.dumps(body, ensure_ascii=False).encode())

    async def _export(self, request: legacy_service_pb2.FormRequest, context: Context) -> HttpBody:
        client = await self._client(context, rates.EXPORT)
        kind = parse.export_format(request.format)
        body = await self._statistics(request, client)
        return download(await asyncio.to_thread(exports.write, kind, body, render.tables_of(body)))

    async def _statistics(self, request: legacy_service_pb2.FormRequest, client: Client) -> render.Body:
        link = await self._access.public_link(client, request.code)
        if link.has_password:
            password = forms.read(request.form).get("password", "")
            if not password or not await self._access.check_password(link, password, client.ip):
                raise legacy_errors.wrong(legacy_errors.PASSWORD, "Invalid Password")
        now = self._clock.now()
        metadata = caller_metadata.metadata_for(access.public_reader(link))
        answered, newest = await asyncio.gather(
            self._backends.stats.QueryStats(queries.request(link, now), metadata=metadata, timeout=PATIENCE_SECONDS),
            self._backends.clicks.ListClicks(
                click_service_pb2.ListClicksRequest(link_id=link.link_id, page_size=1), metadata=metadata
            ),
        )
        with_destination = access.shows_destination(link, client, knows_password=True)
        return render.statistics(link, answered, newest.clicks, now, with_destination=with_destination)
