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

# Of all dialects, by full name of the service.
ERROR_RENDERERS: dict[str, ErrorRenderer] = {
    service: render for dialect in DIALECTS for service, render in dialect.error_renderers.items()
}


class CompatServer:
    """A running compat server: it speaks with the services that stand behind it over the wire."""

    def __init__(self, settings: Settings) -> None:
        self._backends = Backends.open(
            settings.links_address,
            settings.analytics_address,
            tls=settings.server.tls,
            links_tls_name=settings.links_tls_name,
            analytics_tls_name=settings.analytics_tls_name,
        )
        self._rpc = rpc_server.RpcServer(
            address=settings.server.listen,
            # Without analytics links can still be made and deleted, so it does not count here.
            health=HealthPoller({"links": self._backends.check_links}),
            limits=rpc_server.Limits(drain_seconds=settings.server.drain_seconds),
            interceptors=[ErrorInterceptor(ERROR_RENDERERS)],
            tls=settings.server.tls,
        )
        components = _components(settings, self._backends)
        for dialect in DIALECTS:
            dialect.register(self._rpc.server, components, settings.rates.get(dialect.name))

    @property
    def port(self) -> int:
        """The port that was taken."""
        return self._rpc.port

    async def start(self) -> None:
        """Listen; the services need not be up."""
        await self._rpc.start(tuple(ERROR_RENDERERS))

    async def stop(self) -> None:
        """Finish the calls in flight, then close."""
        await self._rpc.stop()
        await self._backends.close()


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
