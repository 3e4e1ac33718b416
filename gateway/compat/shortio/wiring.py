"""Put the dialect of Short.io together."""

from typing import Final

import grpc

from gateway.compat.shared.components import Components, Dialect
from gateway.compat.shared.error_interceptor import ErrorRenderer
from gateway.compat.shortio import errors
from gateway.compat.shortio.access import Access
from gateway.compat.shortio.domains.servicer import DomainServicer
from gateway.compat.shortio.limits import CallLimits
from gateway.compat.shortio.links.servicer import LinkServicer
from gateway.compat.shortio.rates import Rates
from gateway.compat.shortio.statistics.servicer import StatisticsServicer
from linkmeter.compat.shortio.v2 import (
    domain_service_pb2,
    domain_service_pb2_grpc,
    link_service_pb2,
    link_service_pb2_grpc,
    statistics_service_pb2,
    statistics_service_pb2_grpc,
)

_ERROR_RENDERERS: Final[dict[str, ErrorRenderer]] = {
    statistics_service_pb2.DESCRIPTOR.services_by_name["StatisticsService"].full_name: errors.render_of_statistics,
    link_service_pb2.DESCRIPTOR.services_by_name["LinkService"].full_name: errors.render_of_links,
    domain_service_pb2.DESCRIPTOR.services_by_name["DomainService"].full_name: errors.render_of_links,
}


def _register(server: grpc.aio.Server, shared: Components, rates: Rates) -> None:
    limits = CallLimits(shared.limits, rates, unknown_per_minute=shared.misses_per_minute)
    access = Access(backends=shared.backends, accounts=shared.accounts, limits=limits)
    statistics = StatisticsServicer(backends=shared.backends, access=access, limits=limits, clock=shared.clock)
    statistics_service_pb2_grpc.add_StatisticsServiceServicer_to_server(statistics, server)
    links = LinkServicer(backends=shared.backends, access=access, limits=limits)
    link_service_pb2_grpc.add_LinkServiceServicer_to_server(links, server)
    domains = DomainServicer(backends=shared.backends, access=access, limits=limits)
    domain_service_pb2_grpc.add_DomainServiceServicer_to_server(domains, server)


SHORTIO: Final = Dialect(name="shortio", error_renderers=_ERROR_RENDERERS, register=_register)
