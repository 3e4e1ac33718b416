"""The data directory: everything that a local run keeps, and the locks that let only one run use it."""

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from deploy.local import sockets
from deploy.local.errors import CannotStartError

_SECRET_BYTES = 32
_PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.05


def segments_folder(path: Path) -> Path:
    """Return where a data directory keeps settled clicks."""
    return path / "segments"


class DataFolderError(CannotStartError):
    """The data directory cannot be used."""


class DataFolder:
    """A data directory that this process holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.postgres = path / "postgres"
        self.valkey = path / "valkey"
        self.outbox = path / "outbox"
        # Settled clicks, unless they are elsewhere; and what may be lost: files that were fetched, and spilled memory.
        self.segments = segments_folder(path)
        self.cache = path / "cache"
        self.logs = path / "logs"
        self.run = path / "run"
        # While the folder is held: where Unix sockets go, by paths that are short enough. PostgreSQL may be run by
        # another user, so it has a folder of its own.
        self.sockets = self.run / "sockets"
        self.postgres_sockets = path / "postgres-sockets"
        self._secret_file = path / "secret"
        self._first_key_file = path / "first-key"
        self._lock_file = self.run / "supervisor.lock"
        self._operator_file = self.run / "operator.json"
        self._own_lock: int | None = None
        self._children_lock: int | None = None

    def take(self) -> None:
        """Make the folders and hold them until release(); refuse when another run does."""
        try:
            # Passed through by who runs PostgreSQL; what is private has folders of its own.
            self.path.mkdir(parents=True, exist_ok=True, mode=0o711)
            for folder in (self.valkey, self.outbox, self.cache, self.logs, self.run):
                folder.mkdir(exist_ok=True, mode=0o700)
                folder.chmod(0o700)
        except OSError as error:
            raise DataFolderError(f"the data directory {self.path} cannot be used: {error.strerror}") from error
        self._own_lock = self._take_own_lock()
        self._children_lock = self._take_children_lock()
        self.sockets, self.postgres_sockets = map(sockets.private_folder, self._sockets)

    def release(self) -> None:
        """Let others use the folder."""
        if self._children_lock is not None:
            for folder in self._sockets:
                sockets.remove(folder)
        for lock in (self._own_lock, self._children_lock):
            if lock is not None:
                os.close(lock)
        self._own_lock = self._children_lock = None

    @property
    def inherited_files(self) -> tuple[int, ...]:
        """File descriptors that children must inherit: the kernel frees the lock when the last of them has ended."""
        return () if self._children_lock is None else (self._children_lock,)

    @property
    def _sockets(self) -> tuple[Path, Path]:
        return self.run / "sockets", self.path / "postgres-sockets"

    def secret(self) -> str:
        """Return the installation's secret, made on the first run."""
        if self._secret_file.exists():
            return self._secret_file.read_text().strip()
        if (self.postgres / "PG_VERSION").exists():
            raise DataFolderError(f"{self._secret_file} is gone; the database cannot be opened without it")
        value = secrets.token_urlsafe(_SECRET_BYTES)
        _write_whole(self._secret_file, value)
        return value

    @property
    def has_secret(self) -> bool:
        """Whether there has been a run, or a secret was taken over."""
        return self._secret_file.exists()

    def take_over_secret(self, value: str) -> None:
        """Begin with the secret of an earlier installation; its passwords are derived from it, so first of all."""
        _write_whole(self._secret_file, value)

    def password(self, purpose: str) -> str:
        """Derive a password for a purpose from the secret."""
        key = self.secret().encode()
        return hmac.new(key, f"password {purpose}".encode(), hashlib.sha256).hexdigest()

    @property
    def is_first_run(self) -> bool:
        """Whether no run has shown an API key yet."""
        return not self._first_key_file.exists()

    def remember_first_key(self, key: str) -> None:
        """Note that a key was shown, with its beginning to recognise it by, never the key."""
        _write_whole(self._first_key_file, f"{key[:7]}... shown {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")

    @property
    def is_held(self) -> bool:
        """Whether a run uses the folder at present."""
        try:
            lock = os.open(self._lock_file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def write_operator_settings(self, settings: Mapping[str, str]) -> None:
        """Note with what settings an operator's commands reach the running system."""
        _write_whole(self._operator_file, json.dumps(dict(settings)))

    def read_operator_settings(self) -> dict[str, str]:
        """Return the settings with which an operator's commands reach the running system."""
        if not self.is_held or not self._operator_file.exists():
            raise DataFolderError(f"nothing runs on {self.path} now; start it with `make run` in another terminal")
        settings: dict[str, str] = json.loads(self._operator_file.read_text())
        return settings

    def _take_own_lock(self) -> int:
        lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(lock, 32).decode(errors="replace").strip()
            os.close(lock)
            raise DataFolderError(f"Linkmeter already runs on {self.path} (process {holder or 'unknown'})") from error
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        return lock

    def _take_children_lock(self) -> int:
        """Wait for what a killed run left behind: its programs are ending, and the last one frees the lock."""
        lock = os.open(self.run / "children.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            if time.monotonic() > deadline:
                os.close(lock)
                raise DataFolderError(f"programs of an earlier run still use {self.path}; end them first")
            time.sleep(_POLL_SECONDS)


def _write_whole(path: Path, text: str) -> None:
    """Write a private file that is there whole or not at all."""
    scratch = path.with_name(f"{path.name}.new")
    file = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, f"{text}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)
    scratch.replace(path)
