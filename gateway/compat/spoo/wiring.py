"""Put the dialect of spoo.me together."""

from typing import Final

import grpc

from gateway.compat.shared.components import Components, Dialect
from gateway.compat.shared.error_interceptor import ErrorRenderer
from gateway.compat.spoo import errors
from gateway.compat.spoo.access import Access
from gateway.compat.spoo.account.servicer import AccountServicer
from gateway.compat.spoo.bulk.servicer import BulkServicer
from gateway.compat.spoo.legacy import errors as legacy_errors
from gateway.compat.spoo.legacy.servicer import LegacyServicer
from gateway.compat.spoo.limits import CallLimits
from gateway.compat.spoo.public.servicer import PublicServicer
from gateway.compat.spoo.rates import Rates
from gateway.compat.spoo.stats.reader import StatsReader
from gateway.compat.spoo.stats.servicer import StatsServicer
from gateway.compat.spoo.tags.servicer import TagServicer
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
    tag_service_pb2,
    tag_service_pb2_grpc,
    url_service_pb2,
    url_service_pb2_grpc,
)

_ERROR_RENDERERS: Final[dict[str, ErrorRenderer]] = {
    stats_service_pb2.DESCRIPTOR.services_by_name["StatsService"].full_name: errors.render,
    url_service_pb2.DESCRIPTOR.services_by_name["UrlService"].full_name: errors.render,
    tag_service_pb2.DESCRIPTOR.services_by_name["TagService"].full_name: errors.render,
    bulk_service_pb2.DESCRIPTOR.services_by_name["BulkService"].full_name: errors.render,
    public_service_pb2.DESCRIPTOR.services_by_name["PublicService"].full_name: errors.render,
    account_service_pb2.DESCRIPTOR.services_by_name["AccountService"].full_name: errors.render,
    legacy_service_pb2.DESCRIPTOR.services_by_name["LegacyService"].full_name: legacy_errors.render,
}


def _register(server: grpc.aio.Server, shared: Components, rates: Rates) -> None:
    clock, backends, misses = shared.clock, shared.backends, shared.client_limits
    access = Access(backends=backends, accounts=shared.accounts, limits=misses, default_host=shared.default_host)
    limits = CallLimits(shared.limits, rates)
    stats_service_pb2_grpc.add_StatsServiceServicer_to_server(
        StatsServicer(access=access, limits=limits, reader=StatsReader(backends=backends, clock=clock), clock=clock),
        server,
    )
    url_service_pb2_grpc.add_UrlServiceServicer_to_server(
        UrlServicer(backends=backends, access=access, limits=limits, misses=misses, clock=clock), server
    )
    tag_service_pb2_grpc.add_TagServiceServicer_to_server(
        TagServicer(backends=backends, access=access, limits=limits), server
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


SPOO: Final = Dialect(name="spoo", error_renderers=_ERROR_RENDERERS, register=_register)
