"""Put the dialect of Bitly together."""

from typing import Final

import grpc

from gateway.compat.bitly import errors
from gateway.compat.bitly.access import Access
from gateway.compat.bitly.account.info import AccountInfo
from gateway.compat.bitly.endpoint import Endpoint
from gateway.compat.bitly.limits import CallLimits
from gateway.compat.bitly.links.finder import Finder
from gateway.compat.bitly.links.history import History
from gateway.compat.bitly.links.lookups import Lookups
from gateway.compat.bitly.links.save import Saves
from gateway.compat.bitly.oauth.servicer import BitlyOAuthServicer
from gateway.compat.bitly.rates import Rates
from gateway.compat.bitly.servicer import BitlyServicer
from gateway.compat.bitly.statistics.click_counts import ClickCounts
from gateway.compat.bitly.statistics.link_metrics import LinkMetrics
from gateway.compat.shared.components import Components, Dialect
from gateway.compat.shared.error_interceptor import ErrorRenderer
from linkmeter.compat.bitly.v3 import bitly_pb2, bitly_pb2_grpc

_ERROR_RENDERERS: Final[dict[str, ErrorRenderer]] = {
    service.full_name: errors.render for service in bitly_pb2.DESCRIPTOR.services_by_name.values()
}


def _register(server: grpc.aio.Server, shared: Components, rates: Rates) -> None:
    backends, misses = shared.backends, shared.client_limits
    limits = CallLimits(shared.limits, rates)
    access = Access(shared.accounts)
    finder = Finder(backends=backends, limits=misses, default_host=shared.default_host)
    link_metrics = LinkMetrics(backends=backends, finder=finder, clock=shared.clock)
    servicer = BitlyServicer(
        endpoint=Endpoint(access=access, limits=limits),
        link_metrics=link_metrics,
        lookups=Lookups(finder=finder),
        click_counts=ClickCounts(finder=finder, link_metrics=link_metrics),
        saves=Saves(backends=backends, access=access, finder=finder, limits=misses),
        account_info=AccountInfo(backends=backends, access=access, finder=finder),
        history=History(backends=backends, finder=finder),
    )
    bitly_pb2_grpc.add_BitlyServiceServicer_to_server(servicer, server)
    oauth = BitlyOAuthServicer(backends=backends, limits=limits)
    bitly_pb2_grpc.add_BitlyOAuthServiceServicer_to_server(oauth, server)


BITLY: Final = Dialect(name="bitly", error_renderers=_ERROR_RENDERERS, register=_register)
