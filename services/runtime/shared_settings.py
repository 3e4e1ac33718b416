"""Settings that several programs have, each read by one function."""

from dataclasses import asdict, dataclass, replace
from typing import Final

from services.common.hosts import OwnHosts, PublicUrl, host_names
from services.runtime import addresses, log
from services.runtime.settings import Environment
from services.runtime.tls import TlsFiles, read_tls

_LOG_LEVELS: Final = ("debug", "info", "warning", "error")
_SHORTEST_SECRET: Final = 32
# Stands in for a public URL that is missing or wrong, until the mistake is told.
_ANY_URL: Final = PublicUrl("http://localhost", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramSettings:
    """What every program is told that runs until it is stopped. Addresses are host:port or unix:PATH."""

    # Where Prometheus reads metrics; empty: nowhere.
    metrics_listen: str = ""
    log_level: str = "info"
    log_format: str = "json"
    # Where traces go; empty: nowhere.
    otlp_endpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings(ProgramSettings):
    """What every gRPC server is told."""

    listen: str
    # How long calls are still taken after SIGTERM, until everybody has noticed.
    drain_seconds: int = 0
    # None: plaintext.
    tls: TlsFiles | None = None

    def for_worker(self, index: int) -> "ServerSettings":
        """Return the settings of one of several processes, which has addresses of its own."""
        return replace(
            self,
            listen=addresses.of_worker(self.listen, index),
            metrics_listen=addresses.of_worker(self.metrics_listen, index),
        )


def read_program(environment: Environment) -> ProgramSettings:
    """Read what every program is told."""
    return ProgramSettings(
        metrics_listen=environment.address("LINKMETER_METRICS_LISTEN", ""),
        log_level=environment.choice("LINKMETER_LOG_LEVEL", _LOG_LEVELS, "info"),
        log_format=environment.choice("LINKMETER_LOG_FORMAT", tuple(log.FORMATTERS), "json"),
        otlp_endpoint=environment.address("LINKMETER_OTLP_ENDPOINT", ""),
    )


def read_server(environment: Environment) -> ServerSettings:
    """Read what every server is told."""
    return ServerSettings(
        listen=environment.address("LINKMETER_LISTEN"),
        drain_seconds=environment.integer("LINKMETER_DRAIN_SECONDS", 0, 0, 300),
        tls=read_tls(environment),
        **asdict(read_program(environment)),
    )


def read_secret(environment: Environment) -> str:
    """Read the installation's one secret, which is required."""
    return environment.text("LINKMETER_SECRET", minimum_length=_SHORTEST_SECRET)


def read_public_url(environment: Environment, default: PublicUrl | None = None) -> PublicUrl:
    """Read where visitors reach the installation; without default it is required."""
    if default is None:
        environment.text("LINKMETER_PUBLIC_URL")
    return environment.parsed("LINKMETER_PUBLIC_URL", PublicUrl.parse, default or _ANY_URL)


def read_extra_hosts(environment: Environment) -> tuple[str, ...]:
    """Read which other hosts mean the installation's own domain."""
    return environment.parsed("LINKMETER_EXTRA_HOSTS", host_names, ())


def read_own_hosts(environment: Environment, public_url: PublicUrl) -> OwnHosts:
    """Read the hosts of the installation's own domain."""
    return OwnHosts.of(public_url, read_extra_hosts(environment))
