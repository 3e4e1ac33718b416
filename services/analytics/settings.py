"""Settings of analytics."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from services.analytics.domain.retention import Retention
from services.analytics.domain.visitors import IpStorage, KeyRotation
from services.analytics.watching.limits import WatchLimits
from services.runtime.settings import Environment
from services.runtime.shared_settings import ProgramSettings, ServerSettings, read_program, read_secret, read_server

# Where the tables are in the database; others of the same database are not ours.
SCHEMA: Final = "analytics"
# The names that S3 allows for buckets, and those characters in prefixes that every store of its kind takes.
_BUCKET_AND_PREFIX: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSettings:
    """Where settled clicks are."""

    # A folder, or s3://bucket/prefix.
    location: str
    # For what is fetched from a store, and for what does not fit into memory.
    cache_folder: Path
    cache_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set of the service."""

    server: ServerSettings
    postgres_url: str = field(repr=False)
    secret: str = field(repr=False)
    geoip_databases: tuple[str, ...]
    ip_storage: IpStorage
    visitor_key_rotation: KeyRotation
    # How long raw clicks are kept, and outbox rows that are no clicks; 0 is for ever.
    retention: Retention
    segments: SegmentSettings
    # Memory of the process that answers questions, for what it counts.
    question_memory_mib: int
    # Through which replicas tell each other that clicks were stored; empty: watchers have them looked for.
    redis_url: str = field(repr=False)
    watches: WatchLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleSettings:
    """What the program that settles clicks is told."""

    server: ProgramSettings
    postgres_url: str = field(repr=False)
    segments: SegmentSettings
    memory_mib: int
    retention: Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """What the command that looks for the files of settled clicks is told."""

    postgres_url: str = field(repr=False)
    segments: SegmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSettings:
    """What the program that copies settled clicks beside a dump is told."""

    # Of a role that may change the table pins.
    postgres_url: str = field(repr=False)
    segments: SegmentSettings
    # Where the dumps are, and for how many days they are kept.
    folder: Path
    keep_days: int


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
        segments=_segments(env),
        question_memory_mib=env.integer("LINKMETER_QUESTION_MEMORY_MIB", 256, 64, 1_048_576),
        redis_url=env.text("LINKMETER_REDIS_URL", ""),
        watches=WatchLimits(
            of_one_account=env.integer("LINKMETER_WATCHES_PER_ACCOUNT", 10, 1, 1000),
            in_all=env.integer("LINKMETER_WATCHES", 100, 1, 1000),
        ),
    )
    env.check()
    return settings


def read_settle_settings(variables: Mapping[str, str]) -> SettleSettings:
    """Read the settings of the program that settles clicks; raise SettingsError as read_settings does."""
    env = Environment(variables)
    settings = SettleSettings(
        server=read_program(env),
        postgres_url=env.text("LINKMETER_POSTGRES_URL"),
        segments=_segments(env),
        memory_mib=env.integer("LINKMETER_SETTLE_MEMORY_MIB", 1024, 64, 1_048_576),
        retention=_retention(env),
    )
    env.check()
    return settings


def read_save_settings(variables: Mapping[str, str]) -> SaveSettings:
    """Read the settings of the program that saves segments; raise SettingsError as read_settings does."""
    env = Environment(variables)
    settings = SaveSettings(
        postgres_url=env.text("LINKMETER_POSTGRES_URL"),
        segments=_segments(env),
        folder=Path(env.text("BACKUP_DIR")),
        keep_days=env.integer("BACKUP_KEEP_DAYS", 14, 1, 36_500),
    )
    env.check()
    return settings


def read_check_settings(variables: Mapping[str, str]) -> CheckSettings:
    """Read the settings of the command that looks for files; raise SettingsError as read_settings does."""
    env = Environment(variables)
    settings = CheckSettings(postgres_url=env.text("LINKMETER_POSTGRES_URL"), segments=_segments(env))
    env.check()
    return settings


def read_postgres_url(variables: Mapping[str, str]) -> str:
    """Read all that migrating needs."""
    env = Environment(variables)
    url = env.text("LINKMETER_POSTGRES_URL")
    env.check()
    return url


def read_segments_location(variables: Mapping[str, str]) -> tuple[str, str]:
    """Read all that listing segments needs: PostgreSQL's URL, and where segments are."""
    env = Environment(variables)
    url, segments = env.text("LINKMETER_POSTGRES_URL"), _segments(env)
    env.check()
    return url, segments.location


def _segments(env: Environment) -> SegmentSettings:
    return SegmentSettings(
        location=env.parsed("LINKMETER_SEGMENTS", parse_segments_location, "") or env.text("LINKMETER_SEGMENTS"),
        cache_folder=Path(env.text("LINKMETER_SEGMENT_CACHE_DIR", gettempdir())) / "linkmeter-segments",
        cache_mib=env.integer("LINKMETER_SEGMENT_CACHE_MIB", 10_240, 64, 1_048_576),
    )


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
