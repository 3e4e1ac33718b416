"""Put the dialects together and serve them."""

import grpc

from gateway.compat.backends import Backends
from gateway.compat.bitly import wiring as bitly
from gateway.compat.settings import Settings
from gateway.compat.shared.dialects import DialectInterceptor, Wording
from gateway.compat.shared.limiter import open_limiter
from gateway.compat.shared.limits import Quotas
from gateway.compat.shared.rate_limits import RateLimits
from gateway.compat.shortio import wiring as shortio
from gateway.compat.shtr import errors as shtr_errors
from gateway.compat.shtr.servicer import ShtrServicer
from gateway.compat.spoo import wiring as spoo
from linkmeter.compat.shtr.v1 import shtr_pb2, shtr_pb2_grpc
from services.runtime.health import HealthPoller
from services.runtime.rpc_server import Limits, RpcServer, until_stopped

# Every dialect: the service of its contract, and how it words errors. A new room is added here and in _add_servicers.
WORDINGS: dict[str, Wording] = {
    shtr_pb2.DESCRIPTOR.services_by_name["ShtrService"].full_name: shtr_errors.answer,
    **shortio.WORDINGS,
    **bitly.WORDINGS,
    **spoo.WORDINGS,
}


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    backends = Backends.open(
        settings.links_address,
        settings.analytics_address,
        tls=settings.tls,
        links_tls_name=settings.links_tls_name,
        analytics_tls_name=settings.analytics_tls_name,
    )
    server = build(settings, backends)
    await server.start(tuple(WORDINGS))
    await until_stopped()
    await server.stop()
    await backends.close()


def build(settings: Settings, backends: Backends) -> RpcServer:
    """Build the server, not started."""
    server = RpcServer(
        address=settings.listen,
        # Without analytics links can still be made and deleted, so it does not count here.
        health=HealthPoller({"links": backends.check_links}),
        limits=Limits(drain_seconds=settings.drain_seconds),
        interceptors=[DialectInterceptor(WORDINGS)],
        tls=settings.tls,
    )
    _add_servicers(server.server, settings, backends)
    return server


def _add_servicers(server: grpc.aio.Server, settings: Settings, backends: Backends) -> None:
    limiter = open_limiter(settings.redis_url, settings.secret) if settings.rate_limits else None
    limits = RateLimits(
        limiter,
        creates_per_minute=settings.creates_per_minute,
        misses_per_minute=settings.misses_per_minute,
    )
    shtr = ShtrServicer(
        backends=backends,
        limits=limits,
        secure_cookies=settings.public_url.startswith("https://"),
    )
    shtr_pb2_grpc.add_ShtrServiceServicer_to_server(shtr, server)
    quotas = Quotas(limiter, shadow=settings.shadow_rate_limits)
    bitly.add_servicers(server, settings, backends, limits, quotas)
    shortio.add_servicers(server, settings, backends, quotas)
    spoo.add_servicers(server, settings, backends, quotas=quotas, misses=limits)
