"""Put the dialects together and serve them."""

from gateway.compat.backends import Backends
from gateway.compat.dialects import DIALECTS
from gateway.compat.settings import Settings
from gateway.compat.shared.accounts import Accounts
from gateway.compat.shared.components import Components
from gateway.compat.shared.error_interceptor import ErrorInterceptor, ErrorRenderer
from gateway.compat.shared.limiter import open_limiter
from gateway.compat.shared.limits import ClientLimits, Limits
from services.common.clock import SystemClock
from services.runtime import rpc_server
from services.runtime.health import HealthPoller
from services.runtime.rpc_server import RpcServer, until_stopped

# Of all dialects, by full name of the service.
ERROR_RENDERERS: dict[str, ErrorRenderer] = {
    service: render for dialect in DIALECTS for service, render in dialect.error_renderers.items()
}


async def run(settings: Settings) -> None:
    """Serve until SIGTERM."""
    backends = Backends.open(
        settings.links_address,
        settings.analytics_address,
        tls=settings.server.tls,
        links_tls_name=settings.links_tls_name,
        analytics_tls_name=settings.analytics_tls_name,
    )
    server = build(settings, backends)
    await server.start(tuple(ERROR_RENDERERS))
    await until_stopped()
    await server.stop()
    await backends.close()


def build(settings: Settings, backends: Backends) -> RpcServer:
    """Build the server, not started."""
    server = RpcServer(
        address=settings.server.listen,
        # Without analytics links can still be made and deleted, so it does not count here.
        health=HealthPoller({"links": backends.check_links}),
        limits=rpc_server.Limits(drain_seconds=settings.server.drain_seconds),
        interceptors=[ErrorInterceptor(ERROR_RENDERERS)],
        tls=settings.server.tls,
    )
    components = _components(settings, backends)
    for dialect in DIALECTS:
        dialect.register(server.server, components, settings.rates[dialect.name])
    return server


def _components(settings: Settings, backends: Backends) -> Components:
    limiter = open_limiter(settings.redis_url, settings.secret) if settings.rate_limits else None
    limits = Limits(limiter, shadow=settings.shadow_rate_limits)
    return Components(
        backends=backends,
        accounts=Accounts(backends),
        limits=limits,
        client_limits=ClientLimits(
            limits,
            creates_per_minute=settings.creates_per_minute,
            misses_per_minute=settings.misses_per_minute,
        ),
        clock=SystemClock(),
        public_url=settings.public_url,
        misses_per_minute=settings.misses_per_minute,
    )
