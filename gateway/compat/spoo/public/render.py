"""What everybody may know of a link, as spoo.me writes it."""

from typing import Any
from urllib.parse import urlsplit

from gateway.compat.shared import json_values
from gateway.compat.spoo import moments
from gateway.compat.spoo.urls.status import status_of
from linkmeter.compat.spoo.v1 import public_service_pb2
from linkmeter.links.v1 import links_pb2
from services.common import emoji_codes


def public_link(link: links_pb2.Link, *, with_destination: bool) -> dict[str, Any]:
    """Render what everybody may know of a link."""
    alias = emoji_codes.text_of(link.code)
    return {
        "alias": alias,
        "short_url": link.short_url.removesuffix(link.code) + alias,
        "long_url": link.destination if with_destination else None,
        "created_at": moments.iso(moments.of(link.create_time)),
        # In lower case here, unlike in the calls of the owner.
        "status": status_of(link).lower(),
        "max_clicks": link.max_clicks or None,
        "block_bots": link.block_bots,
        "password_protected": link.has_password,
    }


def preview(link: links_pb2.Link, *, with_destination: bool) -> public_service_pb2.Preview:
    """Render where a link leads, for those who have not followed it yet."""
    facts = public_link(link, with_destination=with_destination)
    shown = public_service_pb2.Preview(
        generation="v2",
        **{name: facts[name] for name in ("alias", "short_url", "status", "created_at", "password_protected")},
        destination=json_values.NULL,
        geo_destinations=json_values.NULL,
    )
    if with_destination:
        parts = urlsplit(link.destination)
        shown.destination.struct_value.update(
            {
                "url": link.destination,
                "domain": parts.hostname or "",
                "path": parts.path,
                "is_https": parts.scheme == "https",
            }
        )
    return shown
