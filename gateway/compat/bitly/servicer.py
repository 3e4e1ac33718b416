"""The API of Bitly, version 3: the name of each call, and who serves it."""

from typing import Any

from google.api.httpbody_pb2 import HttpBody

from gateway.compat.bitly import forms
from gateway.compat.bitly.account.info import AccountInfo
from gateway.compat.bitly.endpoint import Endpoint
from gateway.compat.bitly.errors import NOT_FOUND, Failure
from gateway.compat.bitly.links.history import History
from gateway.compat.bitly.links.lookups import Lookups
from gateway.compat.bitly.links.save import Saves
from gateway.compat.bitly.statistics.click_counts import ClickCounts
from gateway.compat.bitly.statistics.link_metrics import LinkMetrics
from gateway.compat.shared.http_metadata import Context
from linkmeter.compat.bitly.v3 import bitly_pb2, bitly_pb2_grpc


class BitlyServicer(bitly_pb2_grpc.BitlyServiceServicer):
    """Names Bitly's calls; failures are responses, as Endpoint makes them."""

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        link_metrics: LinkMetrics,
        lookups: Lookups,
        click_counts: ClickCounts,
        saves: Saves,
        account_info: AccountInfo,
        history: History,
    ) -> None:
        self._endpoint = endpoint
        self._link_metrics = link_metrics
        self._lookups = lookups
        self._click_counts = click_counts
        self._saves = saves
        self._account_info = account_info
        self._history = history

    async def LinkClicks(self, request: bitly_pb2.LinkMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of a link."""
        return await self._endpoint.with_token(request, context, self._link_metrics.link_clicks, has_text=True)

    async def LinkCountries(self, request: bitly_pb2.LinkMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of a link by country."""
        return await self._endpoint.with_token(request, context, self._link_metrics.countries)

    async def LinkReferrers(self, request: bitly_pb2.LinkMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of a link by referring page."""
        return await self._endpoint.with_token(request, context, self._link_metrics.referrers)

    async def LinkReferrersByDomain(self, request: bitly_pb2.LinkMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of a link by referring page and site."""
        return await self._endpoint.with_token(request, context, self._link_metrics.referrers_by_domain)

    async def LinkReferringDomains(self, request: bitly_pb2.LinkMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of a link by referring host."""
        return await self._endpoint.with_token(request, context, self._link_metrics.referring_domains)

    async def LinkEncoders(self, request: bitly_pb2.EncodersRequest, context: Context) -> HttpBody:
        """Return who has a link to the same destination."""
        return await self._endpoint.with_either(request, context, self._lookups.encoders)

    async def LinkEncodersCount(self, request: bitly_pb2.EncodersRequest, context: Context) -> HttpBody:
        """Return how many have a link to the same destination."""
        return await self._endpoint.with_either(request, context, self._lookups.encoders_count)

    async def LinkInfo(self, request: bitly_pb2.LinkRequest, context: Context) -> HttpBody:
        """Return what is known of a link's page."""
        return await self._endpoint.with_token(request, context, self._lookups.link_info)

    async def LinkLookup(self, request: bitly_pb2.UrlsRequest, context: Context) -> HttpBody:
        """Return links to destinations."""
        return await self._endpoint.with_either(request, context, self._lookups.link_lookup)

    async def Shorten(self, request: bitly_pb2.ShortenRequest, context: Context) -> HttpBody:
        """Make or find a link."""
        return await self._endpoint.with_either(request, context, self._saves.shorten, has_text=True)

    async def Expand(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return where links lead."""
        return await self._endpoint.with_either(request, context, self._lookups.expand, has_text=True)

    async def Info(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return title and creator of links."""
        return await self._endpoint.with_either(request, context, self._lookups.info)

    async def Lookup(self, request: bitly_pb2.UrlsRequest, context: Context) -> HttpBody:
        """Return the aggregate links to destinations."""
        return await self._endpoint.with_either(request, context, self._lookups.lookup)

    async def Clicks(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return all clicks of links."""
        return await self._endpoint.with_either(request, context, self._click_counts.clicks)

    async def ClicksByMinute(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return the clicks of links in the last hour by minute."""
        return await self._endpoint.with_either(request, context, self._click_counts.clicks_by_minute)

    async def ClicksByDay(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return the clicks of links in the last days by day."""
        return await self._endpoint.with_either(request, context, self._click_counts.clicks_by_day)

    async def Referrers(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return all clicks of a link by referring page."""
        return await self._endpoint.with_either(request, context, self._click_counts.referrers)

    async def Countries(self, request: bitly_pb2.LinksRequest, context: Context) -> HttpBody:
        """Return all clicks of a link by country."""
        return await self._endpoint.with_either(request, context, self._click_counts.countries)

    async def Validate(self, request: bitly_pb2.ValidateRequest, context: Context) -> HttpBody:
        """Return whether a login and an API key belong together."""
        return await self._endpoint.with_either(request, context, self._account_info.validate)

    async def BitlyProDomain(self, request: bitly_pb2.ProDomainRequest, context: Context) -> HttpBody:
        """Return whether a host is a domain of the caller's own."""
        return await self._endpoint.with_either(request, context, self._account_info.pro_domain)

    async def UserInfo(self, request: bitly_pb2.UserInfoRequest, context: Context) -> HttpBody:
        """Return an account's user."""
        return await self._endpoint.with_token(request, context, self._account_info.user_info)

    async def UserLinkHistory(self, request: bitly_pb2.LinkHistoryRequest, context: Context) -> HttpBody:
        """Return the caller's links."""
        return await self._endpoint.with_token(request, context, self._history.link_history)

    async def UserLinkLookup(self, request: bitly_pb2.UrlsRequest, context: Context) -> HttpBody:
        """Return the caller's links to destinations."""
        return await self._endpoint.with_either(request, context, self._lookups.user_link_lookup)

    async def UserLinkSave(self, request: bitly_pb2.LinkSaveRequest, context: Context) -> HttpBody:
        """Make or find a link, with title and note."""
        return await self._endpoint.with_token(request, context, self._saves.link_save)

    async def UserLinkEdit(self, request: bitly_pb2.LinkEditRequest, context: Context) -> HttpBody:
        """Change title, note or flags of a link."""
        return await self._endpoint.with_token(request, context, self._saves.link_edit)

    async def UserClicks(self, request: bitly_pb2.UserMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of all of the caller's links."""
        return await self._endpoint.with_token(request, context, self._link_metrics.user_clicks, has_text=True)

    async def UserCountries(self, request: bitly_pb2.UserMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of all of the caller's links by country."""
        return await self._endpoint.with_token(request, context, self._link_metrics.countries)

    async def UserReferrers(self, request: bitly_pb2.UserMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of all of the caller's links by referring page."""
        return await self._endpoint.with_token(request, context, self._link_metrics.referrers)

    async def UserReferringDomains(self, request: bitly_pb2.UserMetricsRequest, context: Context) -> HttpBody:
        """Return the clicks of all of the caller's links by referring host."""
        return await self._endpoint.with_token(request, context, self._link_metrics.referring_domains)

    async def Call(self, request: bitly_pb2.CallRequest, context: Context) -> HttpBody:
        """Make the call that a form holds; NOT_FOUND for one that is not offered."""
        name, kind = forms.CALLS.get(request.call.strip("/"), ("", bitly_pb2.LinkRequest))
        try:
            filled: Any = forms.message(kind, forms.parameters(request.form, context))
        except Failure as failure:
            return await self._endpoint.fail(bitly_pb2.LinkRequest(), context, failure)
        if not name:
            return await self._endpoint.fail(filled, context, Failure(NOT_FOUND, 404))
        response: HttpBody = await getattr(self, name)(filled, context)
        return response
