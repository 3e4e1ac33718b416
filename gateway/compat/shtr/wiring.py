"""Put the dialect of shtr.xyz together."""

from typing import Final

import grpc

from gateway.compat.shared.components import Components, Dialect
from gateway.compat.shtr import errors
from gateway.compat.shtr.access import Access
from gateway.compat.shtr.servicer import ShtrServicer
from linkmeter.compat.shtr.v1 import shtr_pb2, shtr_pb2_grpc


def _register(server: grpc.aio.Server, shared: Components, rates: None) -> None:
    # What it limits, creates and misses, is limited over all dialects.
    del rates
    limits = shared.client_limits
    servicer = ShtrServicer(
        backends=shared.backends,
        access=Access(backends=shared.backends, accounts=shared.accounts, limits=limits),
        limits=limits,
        secure_cookies=shared.is_https,
    )
    shtr_pb2_grpc.add_ShtrServiceServicer_to_server(servicer, server)


SHTR: Final = Dialect(
    name="shtr",
    error_renderers={shtr_pb2.DESCRIPTOR.services_by_name["ShtrService"].full_name: errors.render},
    register=_register,
)
