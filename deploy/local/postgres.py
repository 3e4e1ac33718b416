"""A PostgreSQL server of our own: made, started and stopped in a data folder."""

import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from deploy.local import programs
from deploy.local.errors import CannotStartError
from deploy.local.process import Command
from services.runtime.addresses import unix

ADMIN = "postgres"
SOCKET_STEM = ".s.PGSQL."
_DURABLE = {"wal_compression": "on", "checkpoint_timeout": "10min", "max_wal_size": "1GB"}
_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "2GB"}
_INNER_ID = "65534"
_NEW_USER_NAMESPACE = ("unshare", "-U", f"--map-user={_INNER_ID}", f"--map-group={_INNER_ID}")
# The provider of language rules that needs no libraries appeared in this version.
_BUILTIN_LOCALE_SINCE = 17


class PostgresError(CannotStartError):
    """PostgreSQL cannot be prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """Where a server keeps its data and how it is reached."""

    folder: Path
    # On loopback, or only a part of the socket's name when there is a folder for it.
    port: int = 5432
    # A folder that nobody else may enter, for a Unix socket in place of a port; None for the port.
    sockets: Path | None = None
    admin_password: str
    # True for data that outlives the process: everything acknowledged is on disk.
    durable: bool = True
    max_connections: int = 100
    inherited_files: Sequence[int] = field(default_factory=tuple)

    @property
    def address(self) -> str:
        """Where it listens."""
        return unix(self.sockets / f"{SOCKET_STEM}{self.port}") if self.sockets else f"127.0.0.1:{self.port}"

    def admin_url(self, database: str = ADMIN) -> str:
        """Return the address for the administrator."""
        return self.url(ADMIN, self.admin_password, database)

    def url(self, user: str, password: str, database: str) -> str:
        """Return the address of a database for a user."""
        if self.sockets:
            return f"postgresql://{user}:{password}@/{database}?host={quote(str(self.sockets))}&port={self.port}"
        return f"postgresql://{user}:{password}@{self.address}/{database}"

    def prepare(self) -> None:
        """Make the data folder when there is none; an attempt that was cut short leaves nothing behind."""
        if not (self.folder / "PG_VERSION").exists():
            _initialize(self.folder, self.admin_password, durable=self.durable)
        for folder in filter(None, (self.folder, self.sockets)):
            _give(folder, _other_user())

    def command(self) -> Command:
        """Return what to run; the folder must be prepared."""
        settings = {
            "listen_addresses": "" if self.sockets else "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.sockets or ""),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": str(self.max_connections),
            "jit": "off",
            "log_min_duration_statement": "1000",
            "log_checkpoints": "off",
            **(_DURABLE if self.durable else _FAST),
        }
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        program = programs.postgres_folder() / "postgres"
        return Command(
            name="postgres",
            arguments=[*_wrapper(), str(program), "-D", str(self.folder), *flags],
            # Fast shutdown: open transactions are rolled back, a checkpoint is written.
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            stop_seconds=30,
            user=_other_user(),
            inherited_files=self.inherited_files,
        )


def _initialize(folder: Path, admin_password: str, *, durable: bool) -> None:
    program = programs.postgres_folder() / "initdb"
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    user = _other_user()
    _give(unfinished, user)
    with tempfile.TemporaryDirectory(prefix="linkmeter-") as scratch:
        password_file = Path(scratch) / "password"
        password_file.write_text(admin_password)
        password_file.chmod(0o600)
        _give(Path(scratch), user)
        _run(
            [
                *_wrapper(),
                str(program),
                f"--pgdata={unfinished}",
                f"--username={ADMIN}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                *([] if durable else ["--no-sync"]),
                *_locale(program),
            ],
            user,
        )
    unfinished.rename(folder)


def _locale(initdb: Path) -> list[str]:
    version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.split()[2].split(".")[0]) >= _BUILTIN_LOCALE_SINCE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _run(command: Sequence[str], user: str) -> None:
    group = pwd.getpwnam(user).pw_gid if user else None
    groups = () if user else None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, user=user or None, group=group, extra_groups=groups
        )
    except PermissionError as error:
        raise PostgresError(f"PostgreSQL cannot be run as the user {user}: {error}") from error
    if done.returncode != 0:
        raise PostgresError(f"PostgreSQL's database could not be made: {done.stdout}{done.stderr}")


@functools.cache
def _wrapper() -> tuple[str, ...]:
    """Return what hides from PostgreSQL who runs it: it refuses root and users without a name."""
    named = {entry.pw_uid for entry in pwd.getpwall()} - {0}
    if os.getuid() in named or shutil.which("unshare") is None:
        return ()
    works = subprocess.run([*_NEW_USER_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    return _NEW_USER_NAMESPACE if works else ()


def _other_user() -> str:
    """Name the user who runs PostgreSQL when root may not and user namespaces are denied."""
    if os.getuid() != 0 or _wrapper():
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _give(folder: Path, user: str) -> None:
    """Give the folder to who runs PostgreSQL; it may have been run in another way before."""
    if os.getuid() != 0:
        return
    owner = pwd.getpwnam(user or "root")
    if folder.stat().st_uid == owner.pw_uid:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
