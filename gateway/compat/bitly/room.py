"""Put the room together."""

from urllib.parse import urlsplit

import grpc

from gateway.compat.backends import Backends
from gateway.compat.bitly.access import Access
from gateway.compat.bitly.counts import Counts
from gateway.compat.bitly.desk import Desk
from gateway.compat.bitly.finder import Finder
from gateway.compat.bitly.history import History
from gateway.compat.bitly.library import Library
from gateway.compat.bitly.lookups import Lookups
from gateway.compat.bitly.metrics import Metrics
from gateway.compat.bitly.oauth_servicer import BitlyOAuthServicer
from gateway.compat.bitly.servicer import BitlyServicer
from gateway.compat.shared.rate_limits import RateLimits
from linkmeter.compat.bitly.v3 import bitly_pb2_grpc
from services.common.clock import Clock


def add_to(server: grpc.aio.Server, *, backends: Backends, limits: RateLimits, clock: Clock, public_url: str) -> None:
    """Add the dialect's services to the compat server."""
    access = Access(backends=backends)
    default_host = urlsplit(public_url).hostname or ""
    finder = Finder(backends=backends, limits=limits, clock=clock, default_host=default_host)
    metrics = Metrics(backends=backends, finder=finder, clock=clock)
    servicer = BitlyServicer(
        desk=Desk(access=access),
        metrics=metrics,
        lookups=Lookups(finder=finder),
        counts=Counts(finder=finder, metrics=metrics),
        library=Library(backends=backends, access=access, finder=finder, limits=limits),
        history=History(backends=backends, finder=finder),
    )
    bitly_pb2_grpc.add_BitlyServiceServicer_to_server(servicer, server)
    bitly_pb2_grpc.add_BitlyOAuthServiceServicer_to_server(BitlyOAuthServicer(backends=backends), server)
