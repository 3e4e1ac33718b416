"""What a backup is told, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.runtime.settings import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """Which installation is meant; empty text means not given."""

    # Of a database that is not ours; without it the data directory's own is meant.
    postgres_url: str
    redis_url: str
    secret: str
    data_folder: Path
    # Where the files of settled clicks are: a path, or s3://bucket/prefix.
    segments: str


def read(variables: Mapping[str, str]) -> BackupSettings:
    """Read all settings; raise SettingsError when one is wrong."""
    environment = Environment(variables)
    settings = BackupSettings(
        postgres_url=environment.text("LINKMETER_POSTGRES_URL", ""),
        redis_url=environment.text("LINKMETER_REDIS_URL", ""),
        secret=environment.text("LINKMETER_SECRET", "", minimum_length=32),
        data_folder=Path(environment.text("LINKMETER_DATA_DIR", ".data")).absolute(),
        segments=environment.text("LINKMETER_SEGMENTS", ""),
    )
    environment.check()
    return settings
