"""The settings of `make run`, read once from the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.cores import cores
from deploy.local.data_folder import segments_folder
from gateway.compat.settings import Settings as CompatSettings
from services.analytics import settings as analytics
from services.analytics.domain.visitors import IpStorage
from services.common.hosts import PublicUrl
from services.links import settings as links
from services.redirect import settings as redirect
from services.runtime import redis_client
from services.runtime.settings import Asked, Environment, names_read
from services.runtime.shared_settings import read_extra_hosts, read_public_url
from services.runtime.tls import TlsFiles, read_http_tls, read_peer_name, read_tls

# By default; the other programs need cores, too.
_MOST_WORKERS = 4
_MOST_GATEWAY_THREADS = 64

# Of the programs, and decided here.
DECIDED = frozenset(
    {
        "LINKMETER_ANALYTICS_ADDRESS",
        "LINKMETER_HTTP_LISTEN",
        "LINKMETER_LINKS_ADDRESS",
        "LINKMETER_LISTEN",
        "LINKMETER_METRICS_LISTEN",
        "LINKMETER_OUTBOX_DIR",
        "LINKMETER_SECRET",
        "LINKMETER_SEGMENT_CACHE_DIR",
    }
)
# Each reads its settings by one of these; Envoy's are made here.
READERS = (
    links.read_settings,
    redirect.read_settings,
    analytics.read_settings,
    analytics.read_settle_settings,
    CompatSettings.read,
)


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
    # Where settled clicks are: a folder, or s3://bucket/prefix.
    segments: str = ".data/segments"
    geoip_db: str = ""
    ip_storage: str = "full"
    rate_limits: bool = True
    extra_hosts: tuple[str, ...] = ()
    # Whether Envoy logs requests.
    access_log: bool = True
    # Processes of redirect.
    workers: int = 1
    # Threads of Envoy that serve connections.
    gateway_threads: int = 1
    # Of the programs, which read and check them.
    passed_on: tuple[tuple[str, str], ...] = ()
    # One certificate for all programs of this machine, which names each of them.
    tls: TlsFiles | None = None
    tls_names: Mapping[str, str] = field(default_factory=dict)
    http_tls: str = "off"
    # All names that mean something in a local run.
    known: frozenset[str] = frozenset()
    # Names that begin like ours and mean nothing: most likely misspelt.
    unknown: tuple[str, ...] = ()


def read(variables: Mapping[str, str]) -> LocalSettings:
    """Read and check all settings; raise SettingsError with a line for each wrong one."""
    asked = Asked(variables)
    environment = Environment(asked)
    port = environment.integer("LINKMETER_PORT", 8080, 1, 65535)
    tls = read_tls(environment)
    data_folder = Path(environment.text("LINKMETER_DATA_DIR", ".data")).absolute()
    settings = LocalSettings(
        port=port,
        data_folder=data_folder,
        public_url=read_public_url(environment, PublicUrl.parse(f"http://localhost:{port}")).url,
        api_key=environment.parsed("LINKMETER_API_KEY", links.parse_api_key, ""),
        trusted_hops=environment.integer("LINKMETER_TRUSTED_HOPS", 0, 0, 16),
        postgres_url=environment.parsed("LINKMETER_POSTGRES_URL", _url_of("postgresql", "postgres"), ""),
        redis_url=environment.parsed("LINKMETER_REDIS_URL", _redis_url, ""),
        segments=environment.parsed(
            "LINKMETER_SEGMENTS", analytics.parse_segments_location, str(segments_folder(data_folder))
        ),
        geoip_db=",".join(environment.parsed("LINKMETER_GEOIP_DB", analytics.parse_files, ())),
        ip_storage=environment.choice("LINKMETER_IP_STORAGE", tuple(IpStorage), IpStorage.FULL),
        rate_limits=environment.flag("LINKMETER_RATE_LIMITS", True),
        extra_hosts=read_extra_hosts(environment),
        access_log=environment.flag("LINKMETER_ACCESS_LOG", True),
        workers=environment.integer("LINKMETER_WORKERS", default_workers(cores()), 1, redirect.MAX_WORKERS),
        gateway_threads=environment.integer("LINKMETER_GATEWAY_THREADS", cores(), 1, _MOST_GATEWAY_THREADS),
        tls=tls,
        tls_names={name: read_peer_name(environment, name) for name in ("links", "analytics", "compat", "redirect")},
        http_tls=read_http_tls(environment, tls),
    )
    environment.check()
    passed_on = names_read(*READERS) - asked.names - DECIDED
    known = asked.names | passed_on
    # The gateway needs certificates as well as the programs do.
    passed_on |= {name for name in asked.names if "_TLS" in name}
    return replace(
        settings,
        passed_on=tuple((name, variables[name]) for name in sorted(passed_on) if variables.get(name)),
        known=known,
        unknown=tuple(sorted(name for name in variables if name.startswith("LINKMETER_") and name not in known)),
    )


def default_workers(processors: int) -> int:
    """Return how many workers redirect has on a machine with so many processors: one for every two, at most four.

    Each is one thread. Behind the gateway it keeps one processor busy while Envoy, which works as hard for a redirect,
    keeps another; more workers only make the groups smaller in which clicks are committed and answers sent.
    """
    return min(max(1, processors // 2), _MOST_WORKERS)


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
