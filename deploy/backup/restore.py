"""Putting a backup back: into this machine's data directory, or into a database of the operator's own."""

import hashlib
import hmac
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.backup import outboxes, segments
from deploy.backup.archive import Archive
from deploy.backup.embedded import database_of
from deploy.backup.errors import BackupError
from deploy.backup.installation import known_secret, known_segments
from deploy.backup.load import load, refuse_use
from deploy.backup.redis_keys import forget_links
from deploy.backup.settings import BackupSettings
from deploy.local import databases
from deploy.local.data_folder import DataFolder
from services.analytics.segments.files import SegmentFile

# What is built here takes the place of what was only when it is whole.
_STAGING: Final = "restoring"
# In the order in which they go; the database without its secret would not be opened, the secret alone makes a new one.
_REPLACED: Final = ("valkey", "postgres", "segments", "secret")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the operator allows."""

    replace: bool = False
    outboxes_lost: bool = False
    keep_owners: bool = False


def restore(settings: BackupSettings, archive: Archive, wishes: Wishes, say: Say) -> None:
    """Restore and say what was done; whatever is refused leaves everything as it was."""
    archive.check()
    files = segments.of(archive)
    databases.run(segments.check(archive.path.parent, files))
    if settings.postgres_url:
        _into_database(settings, archive, files, wishes, say)
    else:
        _into_data_folder(settings, archive, files, wishes, say)
    if settings.redis_url:
        say(f"Redis: {forget_links(settings.redis_url)} copies of links forgotten")
    elif settings.postgres_url:
        say("Redis: LINKMETER_REDIS_URL is not given; empty Redis before you start links (FLUSHDB)")


def rehearse(archive: Archive) -> None:
    """Restore into a database that is thrown away, and count what is there."""
    with tempfile.TemporaryDirectory(prefix="linkmeter-rehearsal-") as scratch:
        _build(DataFolder(Path(scratch) / "data"), archive, segments.of(archive), "", frozenset())


def _into_data_folder(
    settings: BackupSettings, archive: Archive, files: Sequence[SegmentFile], wishes: Wishes, say: Say
) -> None:
    folder = DataFolder(settings.data_folder)
    folder.take()
    try:
        if folder.postgres.exists() and not wishes.replace:
            raise BackupError(
                f"there is a database in {folder.path}; --replace puts the backup in its place and keeps it aside"
            )
        staging = DataFolder(folder.path / _STAGING)
        shutil.rmtree(staging.path, ignore_errors=True)
        living = outboxes.sources_in(folder.outbox) | frozenset(archive.outboxes)
        # The files first: a database that names what is not there answers no question.
        place = settings.segments or str(staging.segments)
        databases.run(segments.put_back(archive.path.parent, files, place))
        _build(staging, archive, files, known_secret(settings, folder), living)
        # Before the database changes place: clicks that it has already are recognised.
        outboxes.put_back(archive, folder.outbox, staging.path)
        aside = _swap(folder, staging)
        if aside:
            say(f"What was there is in {aside}; remove it when you do not need it any more")
        say(f"Restored into {folder.path}; start with: make run")
    finally:
        folder.release()


def _build(
    staging: DataFolder, archive: Archive, files: Sequence[SegmentFile], other_secret: str, living: frozenset[str]
) -> None:
    """Make a whole new database of the backup, with its secret."""
    staging.take()
    try:
        if secret := archive.secret or other_secret:
            staging.take_over_secret(secret)
        with database_of(staging) as url:
            databases.run(load(archive, url, living=living, files=files))
    finally:
        staging.release()


def _swap(folder: DataFolder, staging: DataFolder) -> Path | None:
    aside = folder.path / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    if folder.postgres.exists():
        aside.mkdir(mode=0o700)
        for name in _REPLACED:
            if (folder.path / name).exists():
                (folder.path / name).rename(aside / name)
    # The embedded Redis knows links that the backup does not; without a database before, it has nothing to tell.
    shutil.rmtree(folder.valkey, ignore_errors=True)
    for name in ("secret", "segments", "postgres"):
        if (staging.path / name).exists():
            (staging.path / name).rename(folder.path / name)
    shutil.rmtree(staging.path, ignore_errors=True)
    return aside if aside.exists() else None


def _into_database(
    settings: BackupSettings, archive: Archive, files: Sequence[SegmentFile], wishes: Wishes, say: Say
) -> None:
    # A data directory may belong to the database: its programs must stand still, its outboxes live.
    folder = DataFolder(settings.data_folder) if settings.data_folder.is_dir() else None
    if folder:
        folder.take()
    try:
        _refuse_other_secret(archive, known_secret(settings, folder or DataFolder(settings.data_folder)))
        databases.run(refuse_use(settings.postgres_url, replace=wishes.replace))
        _put_files_back(settings, archive, files, say)
        living = outboxes.sources_in(folder.outbox) | frozenset(archive.outboxes) if folder else frozenset()
        databases.run(
            load(
                archive,
                settings.postgres_url,
                living=living if wishes.outboxes_lost else None,
                files=files,
                keep_owners=wishes.keep_owners,
            )
        )
        if folder:
            _line_up_data_folder(folder, archive)
        _tell(archive, say, has_folder=folder is not None)
    finally:
        if folder:
            folder.release()


def _put_files_back(settings: BackupSettings, archive: Archive, files: Sequence[SegmentFile], say: Say) -> None:
    """Bring the files to where the database's services will look for them; what lies there already stays."""
    if not files:
        return
    place = known_segments(settings, DataFolder(settings.data_folder))
    if not place:
        raise BackupError("where the files of settled clicks are to be is not known here: set LINKMETER_SEGMENTS")
    copied = databases.run(segments.put_back(archive.path.parent, files, place))
    say(f"Settled clicks: {copied.files} files copied to {place}, {len(files) - copied.files} were there")


def _line_up_data_folder(folder: DataFolder, archive: Archive) -> None:
    """Bring what stands beside the database of a local run in line with it."""
    if archive.secret and not folder.has_secret:
        folder.take_over_secret(archive.secret)
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=folder.path) as scratch:
        outboxes.put_back(archive, folder.outbox, Path(scratch))
    shutil.rmtree(folder.valkey, ignore_errors=True)


def _tell(archive: Archive, say: Say, *, has_folder: bool) -> None:
    say("Restored into the database")
    if archive.outboxes and not has_folder:
        say(f"Note: the backup holds outboxes of {len(archive.outboxes)} processes, which have no place here")
    if archive.secret and not has_folder:
        say(f"Give the services the backup's secret as LINKMETER_SECRET: unzip -p {archive.path} secret")


def _refuse_other_secret(archive: Archive, known: str) -> None:
    if archive.secret and known and not hmac.compare_digest(_digest(archive.secret), _digest(known)):
        raise BackupError(
            "the backup is of an installation with another secret; give that one as LINKMETER_SECRET, here and to the "
            f"services: unzip -p {archive.path} secret"
        )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
