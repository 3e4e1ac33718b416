"""Settings of analytics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.analytics.domain.retention import Retention
from services.analytics.domain.visitors import IpStorage, KeyRotation
from services.runtime.settings import Environment
from services.runtime.tls import TlsFiles, read_tls

_SHORTEST_SECRET: Final = 32
_LOG_LEVELS: Final = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set."""

    listen: str
    metrics_listen: str
    postgres_url: str = field(repr=False)
    secret: str = field(repr=False)
    geoip_databases: tuple[str, ...]
    ip_storage: IpStorage
    visitor_key_rotation: KeyRotation
    # How long raw clicks are kept, and outbox rows that are no clicks; 0 is for ever.
    retention: Retention
    # Memory for copies of big links; 0: SQL answers everything.
    column_cache_mib: int
    # How long calls are still taken after SIGTERM, until everybody has noticed.
    drain_seconds: int
    log_level: str
    otlp_endpoint: str
    tls: TlsFiles | None


def read_settings(variables: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError with a line for each one that is missing or wrong."""
    env = Environment(variables)
    settings = Settings(
        listen=env.address("LINKMETER_LISTEN"),
        metrics_listen=env.address("LINKMETER_METRICS_LISTEN", ""),
        postgres_url=env.text("LINKMETER_POSTGRES_URL"),
        secret=env.text("LINKMETER_SECRET", minimum_length=_SHORTEST_SECRET),
        geoip_databases=env.parsed("LINKMETER_GEOIP_DB", _files, ()),
        ip_storage=IpStorage(env.choice("LINKMETER_IP_STORAGE", tuple(IpStorage), IpStorage.FULL)),
        visitor_key_rotation=KeyRotation(
            env.choice("LINKMETER_VISITOR_KEY_ROTATION", tuple(KeyRotation), KeyRotation.NEVER)
        ),
        retention=_retention(env),
        column_cache_mib=env.integer("LINKMETER_COLUMN_CACHE_MIB", 256, 0, 1_048_576),
        drain_seconds=env.integer("LINKMETER_DRAIN_SECONDS", 0, 0, 300),
        log_level=env.choice("LINKMETER_LOG_LEVEL", _LOG_LEVELS, "info"),
        otlp_endpoint=env.address("LINKMETER_OTLP_ENDPOINT", ""),
        tls=read_tls(env),
    )
    env.check()
    return settings


def read_postgres_url(variables: Mapping[str, str]) -> str:
    """Read all that migrating and reclassifying need."""
    env = Environment(variables)
    url = env.text("LINKMETER_POSTGRES_URL")
    env.check()
    return url


def read_retention(variables: Mapping[str, str]) -> tuple[str, Retention]:
    """Read all that dropping old clicks needs."""
    env = Environment(variables)
    url, retention = env.text("LINKMETER_POSTGRES_URL"), _retention(env)
    env.check()
    return url, retention


def _retention(env: Environment) -> Retention:
    return Retention(
        click_months=env.integer("LINKMETER_CLICK_RETENTION_MONTHS", 0, 0, 1200),
        set_aside_days=env.integer("LINKMETER_SET_ASIDE_RETENTION_DAYS", 0, 0, 36_500),
    )


def _files(text: str) -> tuple[str, ...]:
    paths = tuple(path.strip() for path in text.split(",") if path.strip())
    for path in paths:
        if not Path(path).is_file():
            raise ValueError(f"there is no file {path}")
    return paths
