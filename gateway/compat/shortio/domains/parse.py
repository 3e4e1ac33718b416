"""From Short.io's requests about domains to what they ask for."""

from typing import Final

from google.protobuf.struct_pb2 import Value

from gateway.compat.shortio import values
from linkmeter.compat.shortio.v2 import domain_service_pb2

MOST_LISTED: Final = 1000
DEFAULT_LISTED: Final = 1000


def page(request: domain_service_pb2.ListDomainsRequest) -> slice:
    """Return which of the listed domains are asked for; raise InvalidArgument for what is no whole number."""
    limit = values.whole(Value(string_value=request.limit), "limit", DEFAULT_LISTED, largest=MOST_LISTED)
    offset = values.whole(Value(string_value=request.offset), "offset", 0, smallest=0)
    return slice(offset, offset + limit)
