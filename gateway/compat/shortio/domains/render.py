"""From our domains to Short.io's."""

from typing import Final

from google.protobuf.struct_pb2 import Struct

from gateway.compat.shortio import moments
from linkmeter.compat.shortio.v2 import links_pb2
from linkmeter.links.v1 import links_pb2 as native

_CONFIGURED: Final = "configured"
_NOT_VERIFIED: Final = "not_configured"


def domain(row: native.Domain) -> links_pb2.Domain:
    """Return a domain as lists have it."""
    added = moments.write(moments.of_timestamp(row.create_time))
    return links_pb2.Domain(
        id=row.domain_id,
        hostname=row.host,
        unicode_hostname=_unicode(row.host),
        state=_NOT_VERIFIED if row.state == native.DOMAIN_STATE_UNVERIFIED else _CONFIGURED,
        created_at=added,
        updated_at=added,
        link_type="random",
        https_level="none",
        https_links=row.public_url.startswith("https://"),
        client_storage=Struct(),
        case_sensitive=True,
        increment_counter="0",
        robots="noindex",
        user_id=row.owner_id or None,
        export_enabled=True,
        setup_type="dns",
    )


def domain_page(row: native.Domain) -> links_pb2.Domain:
    """Return a domain with what only its own page shows."""
    rendered = domain(row)
    rendered.ip_exclusions.SetInParent()
    rendered.user_plan = "large"
    return rendered


def _unicode(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host
