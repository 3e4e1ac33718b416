"""A Valkey server of our own in a data folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from deploy.local import programs
from deploy.local.process import Command
from services.runtime.addresses import unix


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyServer:
    """Where a server keeps its data and how it is reached."""

    folder: Path
    # On loopback; 0 for none.
    port: int = 0
    # A socket in a folder that nobody else may enter, since there is no password; None for none.
    socket: Path | None = None
    # True to keep an append-only file that is written to disk every second.
    durable: bool = True
    databases: int = 16
    inherited_files: Sequence[int] = field(default_factory=tuple)

    @property
    def address(self) -> str:
        """Where it listens."""
        return unix(self.socket) if self.socket else f"127.0.0.1:{self.port}"

    def url(self, database: int = 0) -> str:
        """Return the address of a numbered database."""
        return (
            f"unix://{quote(str(self.socket))}?db={database}" if self.socket else f"redis://{self.address}/{database}"
        )

    def prepare(self) -> None:
        """Make the data folder when there is none."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        """Return what to run; the folder must be prepared."""
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            **({"unixsocket": str(self.socket), "unixsocketperm": "700"} if self.socket else {}),
            "dir": str(self.folder),
            "databases": str(self.databases),
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
        }
        flags = [flag for name, value in settings.items() for flag in (f"--{name}", value)]
        return Command(
            name="valkey",
            arguments=[str(programs.valkey_server()), *flags],
            inherited_files=self.inherited_files,
        )
