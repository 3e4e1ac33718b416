"""What can be set about the compat server."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from gateway.compat.rates import read_rates
from services.runtime.settings import Environment
from services.runtime.shared_settings import ServerSettings, read_public_url, read_secret, read_server
from services.runtime.tls import read_peer_name

_MOST_PER_MINUTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The compat server's settings, read once."""

    server: ServerSettings
    links_address: str
    analytics_address: str
    # Where visitors reach the installation; cookies are marked Secure when it is https.
    public_url: str
    redis_url: str
    # The installation's secret, under which clients are counted in Redis; empty without limits.
    secret: str
    rate_limits: bool
    # Links that one client address may create in a minute, over all dialects.
    creates_per_minute: int
    # Links that one client address may ask for in vain in a minute, so that scanning for codes is slow.
    misses_per_minute: int
    # True to count calls beyond a quota without refusing them.
    shadow_rate_limits: bool
    # How often calls may be made, by the dialect's name; not all have rates of their own.
    rates: Mapping[str, Any]
    # What the certificates of the services called must name.
    links_tls_name: str
    analytics_tls_name: str

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Self:
        """Read the settings; raise SettingsError naming each one that is missing or wrong."""
        environment = Environment(variables)
        rate_limits = environment.flag("LINKMETER_RATE_LIMITS", default=True)
        settings = cls(
            server=read_server(environment),
            links_address=environment.address("LINKMETER_LINKS_ADDRESS"),
            analytics_address=environment.address("LINKMETER_ANALYTICS_ADDRESS"),
            public_url=read_public_url(environment).url,
            redis_url=environment.text("LINKMETER_REDIS_URL", None if rate_limits else ""),
            secret=read_secret(environment) if rate_limits else "",
            rate_limits=rate_limits,
            creates_per_minute=environment.integer("LINKMETER_CREATES_PER_MINUTE", 60, 1, _MOST_PER_MINUTE),
            misses_per_minute=environment.integer("LINKMETER_MISSES_PER_MINUTE", 60, 1, _MOST_PER_MINUTE),
            shadow_rate_limits=environment.flag("LINKMETER_RATE_LIMITS_SHADOW", default=False),
            rates=read_rates(environment),
            links_tls_name=read_peer_name(environment, "links"),
            analytics_tls_name=read_peer_name(environment, "analytics"),
        )
        environment.check()
        return settings
