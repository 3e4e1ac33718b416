"""The settings of `make run`, read once from the environment."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from services.runtime import redis_client
from services.runtime.settings import Environment
from services.runtime.tls import TlsFiles, read_http_tls, read_peer_name, read_tls

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
# Printable, without blanks; tok_ begins edit tokens.
_KEY_FORM = re.compile(r"(?!tok_)[!-~]{16,256}")

# By default; the other programs need cores, too.
_MOST_WORKERS = 4

# Read here.
OWN = frozenset(
    {
        "LINKMETER_ACCESS_LOG",
        "LINKMETER_API_KEY",
        "LINKMETER_DATA_DIR",
        "LINKMETER_ANALYTICS_TLS_NAME",
        "LINKMETER_COMPAT_TLS_NAME",
        "LINKMETER_EXTRA_HOSTS",
        "LINKMETER_GEOIP_DB",
        "LINKMETER_HTTP_TLS",
        "LINKMETER_IP_STORAGE",
        "LINKMETER_LINKS_TLS_NAME",
        "LINKMETER_PORT",
        "LINKMETER_POSTGRES_URL",
        "LINKMETER_PUBLIC_URL",
        "LINKMETER_RATE_LIMITS",
        "LINKMETER_REDIRECT_TLS_NAME",
        "LINKMETER_REDIS_URL",
        "LINKMETER_TLS_CA",
        "LINKMETER_TLS_CERT",
        "LINKMETER_TLS_KEY",
        "LINKMETER_TRUSTED_HOPS",
        "LINKMETER_WORKERS",
    }
)
# Of the programs, and decided here.
DECIDED = frozenset(
    {
        "LINKMETER_ANALYTICS_ADDRESS",
        "LINKMETER_COMPAT_ADDRESS",
        "LINKMETER_DESCRIPTOR_SET",
        "LINKMETER_DOCS_DIR",
        "LINKMETER_ENVOY_SDS_DIR",
        "LINKMETER_ENVOY_ADMIN_PORT",
        "LINKMETER_HTTP_LISTEN",
        "LINKMETER_LINKS_ADDRESS",
        "LINKMETER_LISTEN",
        "LINKMETER_METRICS_LISTEN",
        "LINKMETER_OUTBOX_DIR",
        "LINKMETER_REDIRECT_HTTP_ADDRESS",
        "LINKMETER_SECRET",
        "LINKMETER_WORKER_INDEX",
    }
)
# Of the programs, which read and check them.
PASSED_ON = frozenset(
    {
        "LINKMETER_BITLY_ADDRESS_RATE",
        "LINKMETER_BITLY_KEY_RATE",
        "LINKMETER_CLICK_RETENTION_MONTHS",
        "LINKMETER_COLUMN_CACHE_MIB",
        "LINKMETER_CRAWLERS",
        "LINKMETER_CREATES_PER_MINUTE",
        "LINKMETER_DNS_RESOLVER",
        "LINKMETER_DOMAINS_PER_OWNER",
        "LINKMETER_DRAIN_SECONDS",
        "LINKMETER_LOG_LEVEL",
        "LINKMETER_MISSES_PER_MINUTE",
        "LINKMETER_OTLP_ENDPOINT",
        "LINKMETER_OUTBOX_MAX_BYTES",
        "LINKMETER_OUTBOX_SYNC",
        "LINKMETER_RATE_LIMITS_SHADOW",
        "LINKMETER_SET_ASIDE_RETENTION_DAYS",
        "LINKMETER_SHORTIO_BULK_RATE",
        "LINKMETER_SHORTIO_LINKS_RATE",
        "LINKMETER_SHORTIO_STATISTICS_RATE",
        "LINKMETER_SPOO_RATES",
        "LINKMETER_TRUSTED_PROXIES",
        "LINKMETER_VISITOR_KEY_ROTATION",
    }
)
# Read here, because the gateway needs them, and by the programs.
_TLS = frozenset(name for name in OWN if "_TLS" in name)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSettings:
    """What a local run is told; empty text means not given."""

    port: int = 8080
    data_folder: Path = Path(".data")
    public_url: str = "http://localhost:8080"
    api_key: str = ""
    trusted_hops: int = 0
    postgres_url: str = ""
    redis_url: str = ""
    geoip_db: str = ""
    ip_storage: str = "full"
    rate_limits: bool = True
    extra_hosts: tuple[str, ...] = ()
    # Whether Envoy logs requests.
    access_log: bool = True
    # Processes of redirect.
    workers: int = 1
    passed_on: tuple[tuple[str, str], ...] = ()
    # One certificate for all programs of this machine, which names each of them.
    tls: TlsFiles | None = None
    tls_names: Mapping[str, str] = field(default_factory=dict)
    http_tls: str = "off"
    # Names that begin like ours and mean nothing: most likely misspelt.
    unknown: tuple[str, ...] = ()


def read(variables: Mapping[str, str]) -> LocalSettings:
    """Read and check all settings; raise SettingsError with a line for each wrong one."""
    environment = Environment(variables)
    port = environment.integer("LINKMETER_PORT", 8080, 1, 65535)
    tls = read_tls(environment)
    settings = LocalSettings(
        port=port,
        data_folder=Path(environment.text("LINKMETER_DATA_DIR", ".data")).absolute(),
        public_url=environment.parsed("LINKMETER_PUBLIC_URL", _public_url, f"http://localhost:{port}"),
        api_key=environment.parsed("LINKMETER_API_KEY", _api_key, ""),
        trusted_hops=environment.integer("LINKMETER_TRUSTED_HOPS", 0, 0, 16),
        postgres_url=environment.parsed("LINKMETER_POSTGRES_URL", _url_of("postgresql", "postgres"), ""),
        redis_url=environment.parsed("LINKMETER_REDIS_URL", _redis_url, ""),
        geoip_db=environment.parsed("LINKMETER_GEOIP_DB", _existing_files, ""),
        ip_storage=environment.choice("LINKMETER_IP_STORAGE", ("full", "truncated", "none"), "full"),
        rate_limits=environment.flag("LINKMETER_RATE_LIMITS", True),
        extra_hosts=environment.parsed("LINKMETER_EXTRA_HOSTS", _hosts, ()),
        access_log=environment.flag("LINKMETER_ACCESS_LOG", True),
        workers=environment.integer("LINKMETER_WORKERS", one_a_core(), 1, 64),
        passed_on=tuple((name, variables[name]) for name in sorted(PASSED_ON | _TLS) if variables.get(name)),
        tls=tls,
        tls_names={name: read_peer_name(environment, name) for name in ("links", "analytics", "compat", "redirect")},
        http_tls=read_http_tls(environment, tls),
        unknown=tuple(
            sorted(name for name in variables if name.startswith("LINKMETER_") and name not in OWN | PASSED_ON)
        ),
    )
    environment.check()
    return settings


def one_a_core() -> int:
    """Answer how many workers redirect has by default: each is one thread, and one does not use a second core."""
    return min(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1, _MOST_WORKERS)


def _public_url(value: str) -> str:
    url = urlsplit(value)
    if url.scheme not in ("http", "https") or not url.hostname or not _HOST.fullmatch(_bracketed(url.hostname)):
        raise ValueError(f"must be an address like https://sho.rt, not {value!r}")
    if url.username is not None or url.path not in ("", "/") or url.query or url.fragment:
        raise ValueError(f"must hold a scheme, a host and perhaps a port, nothing else: {value!r}")
    _ = url.port  # Raises ValueError when it is no port.
    return value.rstrip("/")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _api_key(value: str) -> str:
    if not _KEY_FORM.fullmatch(value):
        # The value is a secret: it is not repeated.
        raise ValueError("must be 16 to 256 printable characters without blanks, and not begin with tok_")
    return value


def _url_of(*schemes: str) -> Callable[[str], str]:
    """Return a parser of URLs with one of the schemes."""

    def parse(value: str) -> str:
        # The value may hold a password: it is not repeated.
        problem = f"must be an address that begins with {schemes[0]}:// and names a host"
        try:
            url = urlsplit(value)
            _ = url.port  # Raises ValueError when it is no port.
        except ValueError:
            raise ValueError(problem) from None
        if url.scheme not in schemes or not url.hostname:
            raise ValueError(problem)
        return value

    return parse


def _redis_url(value: str) -> str:
    """Check the address of one server, or of several of a cluster."""
    one_of = _url_of("redis", "rediss")
    for server in redis_client.server_urls(value) or ("",):
        one_of(server)
    return value


def _existing_files(value: str) -> str:
    paths = [Path(item.strip()).absolute() for item in value.split(",") if item.strip()]
    for path in paths:
        if not path.is_file():
            raise ValueError(f"there is no file {str(path)!r}")
    return ",".join(str(path) for path in paths)


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(item.strip().lower() for item in value.split(",") if item.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host!r} is no host name (write names without scheme and port, separated by commas)")
    return hosts
