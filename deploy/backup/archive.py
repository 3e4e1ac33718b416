"""The file that a backup is: a zip archive of PostgreSQL's dump, outboxes, the secret, and what is to be expected.

Anybody can open it without us: `unzip -p FILE database.dump | pg_restore ...`.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from deploy.backup.errors import BackupError

FORMAT: Final = 2
# Before there were files beside the database.
_OLDER: Final = (1,)
SUFFIX: Final = ".backup"
_DUMP: Final = "database.dump"
_SECRET: Final = "secret"  # noqa: S105 - a name
_MANIFEST: Final = "manifest.json"
_OUTBOXES: Final = "outbox/"
# What PostgreSQL's custom format begins with.
_DUMP_MAGIC: Final = b"PGDMP"
_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    create_time: str
    # All as of the dump's one snapshot.
    migrations: Mapping[str, int]
    rows: Mapping[str, int]
    server_version: str
    dump_sha256: str
    # Whether the outboxes that are not in the archive had brought all that had been answered when the backup began.
    is_caught_up: bool = True
    # The files of settled clicks that belong to it, which lie beside the archive: size in bytes and SHA-256 by name.
    segments: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """An archive in the making."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, content: bytes) -> None:
        """Add a small member."""
        self._archive.writestr(_member(name), content)

    def add_secret(self, secret: str) -> None:
        """Add the installation's secret."""
        self.add(_SECRET, f"{secret}\n".encode())

    def add_outbox(self, source: str, file: Path) -> None:
        """Add a copy of an outbox."""
        with file.open("rb") as content, self._archive.open(_member(f"{_OUTBOXES}{source}"), "w") as member:
            for chunk in _chunks(content):
                member.write(chunk)

    def add_dump(self, content: IO[bytes]) -> str:
        """Add the dump as it comes; answer its SHA-256."""
        digest = hashlib.sha256()
        with self._archive.open(_member(_DUMP), "w", force_zip64=True) as member:
            for chunk in _chunks(content):
                digest.update(chunk)
                member.write(chunk)
        return digest.hexdigest()

    def add_manifest(self, manifest: Manifest) -> None:
        """Add what is to be expected of the archive."""
        self.add(_MANIFEST, json.dumps(asdict(manifest), indent=2).encode())


def folder_of(target: Path) -> Path:
    """Return the folder that a backup is made in, or that is given for it to be made in."""
    return target if target.is_dir() else target.parent


@contextmanager
def writing(target: Path, now: datetime) -> Iterator[tuple[Path, Writer]]:
    """Make a new private file, there whole or not at all; a folder gets one that is named after the time."""
    file = target / f"linkmeter-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}" if target.is_dir() else target
    if file.exists():
        raise BackupError(f"{file} exists; a backup overwrites nothing")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        # Whoever reads it has the accounts, the visitors and the secret.
        raw = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise BackupError(f"{unfinished} cannot be made: {problem.strerror}") from problem
    try:
        with os.fdopen(raw, "w+b") as opened:
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as archive:
                yield file, Writer(archive)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    except OSError as problem:
        raise BackupError(f"{file} cannot be written: {problem.strerror or problem}") from problem
    finally:
        unfinished.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was opened: ours, or a bare dump by pg_dump, which has no manifest."""

    path: Path
    manifest: Manifest | None
    secret: str
    outboxes: tuple[str, ...] = field(default=())

    @contextmanager
    def dump(self) -> Iterator[IO[bytes]]:
        """Open the dump."""
        if self.manifest is None:
            with self.path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(self.path) as archive, archive.open(_DUMP) as member:
            yield member

    def copy_outbox(self, source: str, file: Path) -> None:
        """Write the copy of an outbox into a new private file."""
        raw = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with (
            os.fdopen(raw, "wb") as opened,
            zipfile.ZipFile(self.path) as archive,
            archive.open(f"{_OUTBOXES}{source}") as member,
        ):
            for chunk in _chunks(member):
                opened.write(chunk)

    def check(self) -> None:
        """Read the whole file and raise unless every byte is the one that was written."""
        if self.manifest is None:
            return
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(self.path) as archive:
                for name in archive.namelist():
                    with archive.open(name) as member:
                        for chunk in _chunks(member):
                            # Of the others, the archive's own check sums are enough.
                            if name == _DUMP:
                                digest.update(chunk)
        except (OSError, zipfile.BadZipFile) as problem:
            raise BackupError(f"{self.path} is damaged: {problem}") from problem
        if digest.hexdigest() != self.manifest.dump_sha256:
            raise BackupError(f"{self.path} is damaged: {_DUMP} is not what was written")


def open_archive(path: Path) -> Archive:
    """Read what a backup holds, without its contents."""
    try:
        with path.open("rb") as file:
            if file.read(len(_DUMP_MAGIC)) == _DUMP_MAGIC:
                return Archive(path, None, "")
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            manifest = _manifest_of(json.loads(archive.read(_MANIFEST)))
            secret = archive.read(_SECRET).decode().strip() if _SECRET in names else ""
    except OSError as problem:
        raise BackupError(f"{path} cannot be read: {problem.strerror or problem}") from problem
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as problem:
        raise BackupError(f"{path} is no backup, or not all of one") from problem
    outboxes = tuple(name.removeprefix(_OUTBOXES) for name in names if name.startswith(_OUTBOXES))
    return Archive(path, manifest, secret, outboxes)


def _manifest_of(values: dict[str, object]) -> Manifest:
    if values.get("format") not in (FORMAT, *_OLDER):
        raise BackupError(f"the backup has format {values.get('format')}; this program reads {FORMAT} and older ones")
    # What a later program added of the same format is no harm.
    known = {name: values[name] for name in Manifest.__dataclass_fields__ if name in values}
    return Manifest(**known)  # type: ignore[arg-type] # JSON; missing fields raise


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    member.external_attr = 0o600 << 16
    return member


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK_BYTES):
        yield chunk
