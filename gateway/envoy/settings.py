"""What differs between one Envoy and another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.openapi.contract import DESCRIPTOR_SET
from services.common.hosts import PublicUrl
from services.runtime.addresses import is_address
from services.runtime.settings import Environment
from services.runtime.shared_settings import read_public_url
from services.runtime.tls import TlsFiles, read_http_tls, read_peer_name, read_tls


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvoySettings:
    """Where Envoy listens, where it sends requests, and whom it trusts. Addresses are host:port or unix:PATH."""

    listen: str
    # Several addresses of one service are its replicas.
    links: tuple[str, ...]
    analytics: tuple[str, ...]
    compat: tuple[str, ...]
    # The HTTP data plane of redirect, not its gRPC.
    redirect: tuple[str, ...]
    # The folder with what `python -m gateway.openapi` wrote.
    docs: Path
    # The folder with the dashboard as it was built; None: there is none.
    dashboard: Path | None = None
    descriptor_set: Path = DESCRIPTOR_SET
    # Whoever reaches it can end the gateway: loopback, or better a Unix socket.
    admin: str
    # Where /metrics is served for Prometheus; by default on some free loopback port.
    metrics_listen: str = "127.0.0.1:0"
    # Whose requests those of HTTP/1.0 without Host are: host, or host:port.
    default_host: str = "localhost"
    # Proxies in front whose X-Forwarded-For counts.
    trusted_hops: int = 0
    access_log: bool = True
    # Certificates as Envoy finds them when it runs; None: plaintext to the services.
    tls: TlsFiles | None = None
    # What the services' certificates must name, by service.
    tls_names: Mapping[str, str] = field(default_factory=dict)
    # Of redirect's HTTP port: off, on, or mutual (a certificate is shown either way, if asked for).
    http_tls: str = "off"
    # Whether redirect is known to speak HTTP/2 at addresses without TLS, where nobody can ask: it is as new as the
    # gateway, and each of its workers has an address of its own, since a worker gets what its few connections bring.
    redirect_http2: bool = False
    # The folder into which the files go that say where the certificates are; Envoy watches them.
    sds: Path = Path()


def read_settings(variables: Mapping[str, str]) -> EnvoySettings:
    """Read the settings from environment variables; raise SettingsError when any is wrong."""
    environment = Environment(variables)

    def addresses(name: str) -> tuple[str, ...]:
        environment.text(name)
        return environment.parsed(name, _parse_addresses, ())

    # Not required to exist: who writes the configuration need not see the certificates.
    tls = read_tls(environment, must_exist=False)
    settings = EnvoySettings(
        listen=environment.address("LINKMETER_LISTEN", "0.0.0.0:8080"),
        links=addresses("LINKMETER_LINKS_ADDRESS"),
        analytics=addresses("LINKMETER_ANALYTICS_ADDRESS"),
        compat=addresses("LINKMETER_COMPAT_ADDRESS"),
        redirect=addresses("LINKMETER_REDIRECT_HTTP_ADDRESS"),
        docs=Path(environment.text("LINKMETER_DOCS_DIR")),
        dashboard=environment.parsed("LINKMETER_DASHBOARD_DIR", Path, None),
        descriptor_set=Path(environment.text("LINKMETER_DESCRIPTOR_SET", str(DESCRIPTOR_SET))),
        admin=f"127.0.0.1:{environment.integer('LINKMETER_ENVOY_ADMIN_PORT', 9901, 0, 65535)}",
        metrics_listen=environment.address("LINKMETER_METRICS_LISTEN", "127.0.0.1:0"),
        default_host=read_public_url(environment, PublicUrl.parse("http://localhost")).authority,
        trusted_hops=environment.integer("LINKMETER_TRUSTED_HOPS", 0, 0, 16),
        access_log=environment.flag("LINKMETER_ACCESS_LOG", default=True),
        tls=tls,
        tls_names={name: read_peer_name(environment, name) for name in ("links", "analytics", "compat", "redirect")},
        http_tls=read_http_tls(environment, tls),
        sds=Path(environment.text("LINKMETER_ENVOY_SDS_DIR", "/run/gateway")),
    )
    environment.check()
    return settings


def _parse_addresses(text: str) -> tuple[str, ...]:
    addresses = tuple(item.strip() for item in text.split(",") if item.strip())
    for address in addresses:
        if not is_address(address) or address.endswith(":0"):
            raise ValueError(f"must be a list of host:port or of unix:/a/short/path, and {address!r} is none")
    return addresses
