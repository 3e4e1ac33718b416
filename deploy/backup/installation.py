"""Which installation a backup is made of: what can be known of it from the environment and the data directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.backup.embedded import database_of
from deploy.backup.errors import BackupError
from deploy.backup.settings import BackupSettings
from deploy.local.data_folder import DataFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a backup holds comes from here."""

    postgres_url: str
    # Empty when it is not known here, as in Kubernetes, where it has a store of its own.
    secret: str
    # The files of settled clicks: a path, or s3://bucket/prefix; empty when it is not known here.
    segments: str
    # None when the outboxes lie elsewhere.
    outboxes: Path | None


@contextmanager
def found(settings: BackupSettings) -> Iterator[Installation]:
    """Find the installation; one on this machine that does not run has its database started for the while."""
    folder = DataFolder(settings.data_folder)
    if settings.postgres_url:
        yield _described(settings, folder, settings.postgres_url)
    elif folder.is_held:
        running = folder.read_operator_settings()
        settings = replace(settings, segments=running.get("LINKMETER_SEGMENTS", settings.segments))
        yield _described(settings, folder, running["LINKMETER_POSTGRES_URL"])
    elif (folder.postgres / "PG_VERSION").exists():
        folder.take()
        try:
            with database_of(folder) as url:
                yield _described(settings, folder, url)
        finally:
            folder.release()
    else:
        raise BackupError(f"there is nothing in {folder.path}, and LINKMETER_POSTGRES_URL names no database")


def _described(settings: BackupSettings, folder: DataFolder, url: str) -> Installation:
    return Installation(
        postgres_url=url,
        secret=known_secret(settings, folder),
        segments=known_segments(settings, folder),
        outboxes=folder.outbox if folder.outbox.is_dir() else None,
    )


def known_secret(settings: BackupSettings, folder: DataFolder) -> str:
    """Return the installation's secret; empty when it is not known here."""
    return settings.secret or (folder.secret() if folder.has_secret else "")


def known_segments(settings: BackupSettings, folder: DataFolder) -> str:
    """Return where the installation has the files of settled clicks; empty when it is not known here."""
    return settings.segments or (str(folder.segments) if folder.path.is_dir() else "")
