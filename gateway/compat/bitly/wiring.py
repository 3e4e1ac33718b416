"""Put the room of Bitly together."""

from urllib.parse import urlsplit

import grpc

from gateway.compat.backends import Backends
from gateway.compat.bitly import errors
from gateway.compat.bitly.access import Access
from gateway.compat.bitly.endpoint import Desk
from gateway.compat.bitly.limits import CallLimits
from gateway.compat.bitly.links.finder import Finder
from gateway.compat.bitly.links.history import History
from gateway.compat.bitly.links.lookups import Lookups
from gateway.compat.bitly.links.save import Library
from gateway.compat.bitly.oauth.servicer import BitlyOAuthServicer
from gateway.compat.bitly.servicer import BitlyServicer
from gateway.compat.bitly.statistics.click_counts import Counts
from gateway.compat.bitly.statistics.link_metrics import Metrics
from gateway.compat.settings import Settings
from gateway.compat.shared.dialects import Wording
from gateway.compat.shared.limits import Quotas
from gateway.compat.shared.rate_limits import RateLimits
from linkmeter.compat.bitly.v3 import bitly_pb2, bitly_pb2_grpc
from services.common.clock import SystemClock

WORDINGS: dict[str, Wording] = {
    service.full_name: errors.answer for service in bitly_pb2.DESCRIPTOR.services_by_name.values()
}


def add_servicers(
    server: grpc.aio.Server, settings: Settings, backends: Backends, misses: RateLimits, quotas: Quotas
) -> None:
    """Add the services of the dialect to the server."""
    clock = SystemClock()
    limits = CallLimits(quotas=quotas, key=settings.bitly_key_quota, address=settings.bitly_address_quota)
    access = Access(backends=backends)
    default_host = urlsplit(settings.public_url).hostname or ""
    finder = Finder(backends=backends, limits=misses, default_host=default_host)
    metrics = Metrics(backends=backends, finder=finder, clock=clock)
    servicer = BitlyServicer(
        desk=Desk(access=access, limits=limits),
        metrics=metrics,
        lookups=Lookups(finder=finder),
        counts=Counts(finder=finder, metrics=metrics),
        library=Library(backends=backends, access=access, finder=finder, limits=misses),
        history=History(backends=backends, finder=finder),
    )
    bitly_pb2_grpc.add_BitlyServiceServicer_to_server(servicer, server)
    oauth = BitlyOAuthServicer(backends=backends, limits=limits)
    bitly_pb2_grpc.add_BitlyOAuthServiceServicer_to_server(oauth, server)
