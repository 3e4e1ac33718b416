"""Put the room of Short.io together."""

import grpc

from gateway.compat.backends import Backends
from gateway.compat.settings import Settings
from gateway.compat.shared.dialects import Wording
from gateway.compat.shared.limits import Quota, Quotas
from gateway.compat.shortio import errors
from gateway.compat.shortio.domains.servicer import DomainServicer
from gateway.compat.shortio.limits import CallLimits
from gateway.compat.shortio.links.servicer import LinkServicer
from gateway.compat.shortio.statistics.servicer import StatisticsServicer
from linkmeter.compat.shortio.v2 import (
    domain_service_pb2,
    domain_service_pb2_grpc,
    link_service_pb2,
    link_service_pb2_grpc,
    statistics_service_pb2,
    statistics_service_pb2_grpc,
)
from services.common.clock import SystemClock

WORDINGS: dict[str, Wording] = {
    statistics_service_pb2.DESCRIPTOR.services_by_name["StatisticsService"].full_name: errors.statistics_answer,
    link_service_pb2.DESCRIPTOR.services_by_name["LinkService"].full_name: errors.links_answer,
    domain_service_pb2.DESCRIPTOR.services_by_name["DomainService"].full_name: errors.links_answer,
}


def add_servicers(server: grpc.aio.Server, settings: Settings, backends: Backends, quotas: Quotas) -> None:
    """Add the services of the dialect to the server."""
    limits = CallLimits(
        quotas=quotas,
        statistics=settings.shortio_statistics_quota,
        links=settings.shortio_links_quota,
        bulk=settings.shortio_bulk_quota,
        strangers=Quota.parse("shortio_strangers", f"{settings.misses_per_minute}/minute"),
    )
    statistics = StatisticsServicer(backends=backends, limits=limits, clock=SystemClock())
    statistics_service_pb2_grpc.add_StatisticsServiceServicer_to_server(statistics, server)
    links = LinkServicer(backends=backends, limits=limits)
    link_service_pb2_grpc.add_LinkServiceServicer_to_server(links, server)
    domains = DomainServicer(backends=backends, limits=limits)
    domain_service_pb2_grpc.add_DomainServiceServicer_to_server(domains, server)
