"""Settings of analytics."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.analytics.domain.retention import Retention
from services.analytics.domain.visitors import IpStorage, KeyRotation
from services.runtime.settings import Environment
from services.runtime.shared_settings import ServerSettings, read_secret, read_server

# The names that S3 allows for buckets, and those characters in prefixes that every store of its kind takes.
_BUCKET_AND_PREFIX: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set."""

    server: ServerSettings
    postgres_url: str = field(repr=False)
    secret: str = field(repr=False)
    geoip_databases: tuple[str, ...]
    ip_storage: IpStorage
    visitor_key_rotation: KeyRotation
    # How long raw clicks are kept, and outbox rows that are no clicks; 0 is for ever.
    retention: Retention
    # Memory for copies of big links; 0: SQL answers everything.
    column_cache_mib: int


def read_settings(variables: Mapping[str, str]) -> Settings:
    """Read the settings; raise SettingsError with a line for each one that is missing or wrong."""
    env = Environment(variables)
    settings = Settings(
        server=read_server(env),
        postgres_url=env.text("LINKMETER_POSTGRES_URL"),
        secret=read_secret(env),
        geoip_databases=env.parsed("LINKMETER_GEOIP_DB", parse_files, ()),
        ip_storage=IpStorage(env.choice("LINKMETER_IP_STORAGE", tuple(IpStorage), IpStorage.FULL)),
        visitor_key_rotation=KeyRotation(
            env.choice("LINKMETER_VISITOR_KEY_ROTATION", tuple(KeyRotation), KeyRotation.NEVER)
        ),
        retention=_retention(env),
        column_cache_mib=env.integer("LINKMETER_COLUMN_CACHE_MIB", 256, 0, 1_048_576),
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


def parse_files(text: str) -> tuple[str, ...]:
    """Return the absolute paths of a comma-separated list of files; raise ValueError when one does not exist."""
    paths = tuple(Path(path.strip()).absolute() for path in text.split(",") if path.strip())
    for path in paths:
        if not path.is_file():
            raise ValueError(f"there is no file {path}")
    return tuple(map(str, paths))


def parse_segments_location(text: str) -> str:
    """Return where segments are kept, without a slash at the end.

    Raise ValueError for what is neither an absolute path nor s3://bucket or s3://bucket/prefix.
    """
    location = text.strip().rstrip("/")
    if _BUCKET_AND_PREFIX.fullmatch(location) or Path(location).is_absolute():
        return location
    raise ValueError(f"{text!r} is neither the absolute path of a folder nor s3://bucket/prefix")
