"""From our links to spoo.me's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.compat.shared import json_values
from gateway.compat.spoo import ids, moments, values
from gateway.compat.spoo.tags import render as render_tags
from gateway.compat.spoo.tags.reader import Tags
from gateway.compat.spoo.urls.listing import Listing
from gateway.compat.spoo.urls.status import status_of
from linkmeter.compat.spoo.v1 import url_service_pb2
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes
from services.common.caller import ANONYMOUS_OWNER_ID


@dataclass(frozen=True, slots=True)
class LinkWithClicks:
    """A link and its clicks over all its time."""

    link: links_pb2.Link
    clicks: int = 0
    last_click: datetime | None = None


def created(link: links_pb2.Link, tags: Tags) -> url_service_pb2.ShortenResponse:
    """Render a new link."""
    owner_id = 0 if link.owner_id == ANONYMOUS_OWNER_ID else link.owner_id
    answer = url_service_pb2.ShortenResponse(
        id=ids.text(link.link_id),
        alias=alias(link),
        short_url=short_url(link),
        long_url=link.destination,
        owner_id=json_values.text_or_null(ids.text(owner_id) if owner_id else ""),
        created_at=moments.unix(link.create_time),
        status="ACTIVE",
        private_stats=json_values.NULL,
        claim_token=json_values.text_or_null(link.claim_token),
        tags=map(render_tags.ref, tags.of(link)),
    )
    if owner_id:
        answer.private_stats.bool_value = link.private_stats
    return answer


def url(item: LinkWithClicks, tags: Tags) -> url_service_pb2.Url:
    """Render a link of the caller."""
    link = item.link
    return url_service_pb2.Url(
        id=ids.text(link.link_id),
        alias=alias(link),
        long_url=link.destination,
        status=status_of(link),
        created_at=moments.iso(moments.of(link.create_time)),
        expire_after=json_values.number_or_null(moments.unix(link.expire_time)),
        max_clicks=json_values.number_or_null(link.max_clicks),
        private_stats=link.private_stats,
        block_bots=link.block_bots,
        password_set=link.has_password,
        total_clicks=values.count(item.clicks),
        last_click=json_values.text_or_null(moments.iso(item.last_click) if item.last_click else ""),
        domain=link.domain,
        tags=map(render_tags.ref, tags.of(link)),
    )


def page(listing: Listing, items: Iterable[LinkWithClicks], total: int, tags: Tags) -> url_service_pb2.ListUrlsResponse:
    """Render a page of links."""
    return url_service_pb2.ListUrlsResponse(
        items=[url(item, tags) for item in items],
        page=listing.page,
        page_size=listing.size,
        total=total,
        has_next=listing.skip + listing.size < total,
        sort_by=listing.sort_by,
        sort_order="ascending" if listing.ascending else "descending",
    )


def updated(link: links_pb2.Link, tags: Tags) -> url_service_pb2.UpdateUrlResponse:
    """Render a changed link."""
    return url_service_pb2.UpdateUrlResponse(
        id=ids.text(link.link_id),
        alias=alias(link),
        long_url=link.destination,
        status=status_of(link),
        password_set=link.has_password,
        max_clicks=json_values.number_or_null(link.max_clicks),
        expire_after=json_values.number_or_null(moments.unix(link.expire_time)),
        block_bots=link.block_bots,
        private_stats=link.private_stats,
        updated_at=moments.unix(link.update_time),
        domain=link.domain,
        tags=map(render_tags.ref, tags.of(link)),
    )


def alias(link: links_pb2.Link) -> str:
    """Render a code: emojis as such."""
    return emoji_codes.text_of(link.code)


def short_url(link: links_pb2.Link) -> str:
    """Render a short URL, likewise."""
    return link.short_url.removesuffix(link.code) + alias(link)
