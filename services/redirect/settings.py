"""What redirect is told by its environment."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from services.common.hosts import OwnHosts
from services.redirect.request_facts import Network
from services.runtime import addresses
from services.runtime.settings import Environment
from services.runtime.shared_settings import ServerSettings, read_own_hosts, read_public_url, read_secret, read_server
from services.runtime.tls import read_http_tls, read_peer_name

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB
MAX_WORKERS: Final = 64
_LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
# How the supervisor tells a worker which one it is; not for people.
WORKER_VARIABLE: Final = "LINKMETER_WORKER_INDEX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one worker."""

    server: ServerSettings
    http_listen: str
    links_address: str
    analytics_address: str
    redis_url: str = field(repr=False)
    secret: str = field(repr=False)
    hosts: OwnHosts
    trusted_proxies: tuple[Network, ...]
    rate_limits: bool
    workers: int
    outbox_dir: Path
    outbox_max_bytes: int
    outbox_sync: str
    # What crawlers are told of links that say nothing themselves: noindex (follow them, list none), index, or refuse
    # (follow none).
    crawlers: str
    # Of the HTTP data plane: off, on (visitors show no certificate) or mutual.
    http_tls: str
    # What the certificates of the services called must name.
    links_tls_name: str
    analytics_tls_name: str

    def for_worker(self, index: int) -> "Settings":
        """Give each worker addresses of its own; the HTTP port is shared, which a Unix socket cannot be."""
        is_shared = not addresses.unix_path(self.http_listen)
        return replace(
            self,
            server=self.server.for_worker(index),
            http_listen=self.http_listen if is_shared else addresses.of_worker(self.http_listen, index),
        )


def read_settings(variables: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError with a line for each one that is missing or wrong."""
    env = Environment(variables)
    server = read_server(env)
    settings = Settings(
        server=server,
        http_listen=env.address("LINKMETER_HTTP_LISTEN"),
        links_address=env.address("LINKMETER_LINKS_ADDRESS"),
        analytics_address=env.address("LINKMETER_ANALYTICS_ADDRESS"),
        redis_url=env.text("LINKMETER_REDIS_URL", ""),
        secret=read_secret(env),
        hosts=read_own_hosts(env, read_public_url(env)),
        trusted_proxies=env.parsed("LINKMETER_TRUSTED_PROXIES", _networks, _networks(",".join(_LOOPBACK))),
        rate_limits=env.flag("LINKMETER_RATE_LIMITS", default=True),
        workers=env.integer("LINKMETER_WORKERS", 1, 1, MAX_WORKERS),
        outbox_dir=Path(env.text("LINKMETER_OUTBOX_DIR")),
        outbox_max_bytes=env.integer("LINKMETER_OUTBOX_MAX_BYTES", GIB, MIB // 16, 1024 * GIB),
        outbox_sync=env.choice("LINKMETER_OUTBOX_SYNC", ("normal", "full"), "normal"),
        crawlers=env.choice("LINKMETER_CRAWLERS", ("noindex", "index", "refuse"), "noindex"),
        http_tls=read_http_tls(env, server.tls),
        links_tls_name=read_peer_name(env, "links"),
        analytics_tls_name=read_peer_name(env, "analytics"),
    )
    env.check()
    return settings


def _networks(text: str) -> tuple[Network, ...]:
    """Read a comma-separated list of networks; the word none trusts nobody."""
    if text.strip() == "none":
        return ()
    return tuple(ipaddress.ip_network(item.strip()) for item in text.split(",") if item.strip())
