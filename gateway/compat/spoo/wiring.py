"""Put the room of spoo.me together."""

from urllib.parse import urlsplit

import grpc

from gateway.compat.backends import Backends
from gateway.compat.settings import Settings
from gateway.compat.shared.dialects import Wording
from gateway.compat.shared.limits import Quotas
from gateway.compat.shared.rate_limits import RateLimits
from gateway.compat.spoo import errors
from gateway.compat.spoo.access import Access
from gateway.compat.spoo.account.servicer import AccountServicer
from gateway.compat.spoo.bulk.servicer import BulkServicer
from gateway.compat.spoo.legacy import errors as legacy_errors
from gateway.compat.spoo.legacy.servicer import LegacyServicer
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.public.servicer import PublicServicer
from gateway.compat.spoo.stats.reader import Statistics
from gateway.compat.spoo.stats.servicer import StatsServicer
from gateway.compat.spoo.urls.servicer import UrlServicer
from linkmeter.compat.spoo.v1 import (
    account_service_pb2,
    account_service_pb2_grpc,
    bulk_service_pb2,
    bulk_service_pb2_grpc,
    legacy_service_pb2,
    legacy_service_pb2_grpc,
    public_service_pb2,
    public_service_pb2_grpc,
    stats_service_pb2,
    stats_service_pb2_grpc,
    url_service_pb2,
    url_service_pb2_grpc,
)
from services.common.clock import SystemClock

WORDINGS: dict[str, Wording] = {
    stats_service_pb2.DESCRIPTOR.services_by_name["StatsService"].full_name: errors.answer,
    url_service_pb2.DESCRIPTOR.services_by_name["UrlService"].full_name: errors.answer,
    bulk_service_pb2.DESCRIPTOR.services_by_name["BulkService"].full_name: errors.answer,
    public_service_pb2.DESCRIPTOR.services_by_name["PublicService"].full_name: errors.answer,
    account_service_pb2.DESCRIPTOR.services_by_name["AccountService"].full_name: errors.answer,
    legacy_service_pb2.DESCRIPTOR.services_by_name["LegacyService"].full_name: legacy_errors.answer,
}


def add_servicers(
    server: grpc.aio.Server, settings: Settings, backends: Backends, *, quotas: Quotas, misses: RateLimits
) -> None:
    """Add the services of the dialect to the server."""
    clock = SystemClock()
    access = Access(
        backends=backends, limits=misses, default_host=(urlsplit(settings.public_url).hostname or "").lower()
    )
    limits = CallLimits(quotas=quotas, figures=settings.spoo_figures)
    statistics = Statistics(backends=backends, clock=clock)
    stats_service_pb2_grpc.add_StatsServiceServicer_to_server(
        StatsServicer(access=access, limits=limits, statistics=statistics, clock=clock), server
    )
    url_service_pb2_grpc.add_UrlServiceServicer_to_server(
        UrlServicer(backends=backends, access=access, limits=limits, misses=misses, clock=clock), server
    )
    account_service_pb2_grpc.add_AccountServiceServicer_to_server(
        AccountServicer(backends=backends, access=access, limits=limits, clock=clock), server
    )
    bulk_service_pb2_grpc.add_BulkServiceServicer_to_server(
        BulkServicer(backends=backends, access=access, limits=limits, clock=clock), server
    )
    public_service_pb2_grpc.add_PublicServiceServicer_to_server(PublicServicer(access=access, limits=limits), server)
    legacy_service_pb2_grpc.add_LegacyServiceServicer_to_server(
        LegacyServicer(backends=backends, access=access, limits=limits, misses=misses, clock=clock), server
    )
