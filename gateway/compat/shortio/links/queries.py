"""What Short.io's link API asks of links."""

from collections.abc import Sequence

from google.protobuf.field_mask_pb2 import FieldMask

from gateway.compat.shortio.intervals import Interval
from gateway.compat.shortio.links.parse import Listing
from linkmeter.links.v1 import link_service_pb2, links_pb2


def page(host: str, listing: Listing, created: Interval) -> link_service_pb2.ListLinksRequest:
    """Return the request for a page of a domain's links and for how many there are."""
    return link_service_pb2.ListLinksRequest(
        domain=host,
        page_size=listing.limit,
        page_token=listing.page_token,
        created=created.to_message(),
        oldest_first=listing.oldest_first,
        skip=listing.offset,
        tag=listing.tag,
        query=listing.query,
        with_total_size=True,
    )


def by_destination(host: str, destination: str, limit: int) -> link_service_pb2.ListLinksRequest:
    """Return the request for a domain's links that lead somewhere, newest first; the oldest where one is enough."""
    return link_service_pb2.ListLinksRequest(
        page_size=limit, domain=host, destination=destination, oldest_first=limit == 1
    )


def update(link: links_pb2.Link, mask: Sequence[str]) -> link_service_pb2.UpdateLinkRequest:
    """Return the request to change the fields of a link that the mask names."""
    return link_service_pb2.UpdateLinkRequest(link=link, update_mask=FieldMask(paths=mask))
