"""A Valkey server of our own in a data folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import programs
from deploy.local.process import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyServer:
    """Where a server keeps its data and how it is reached."""

    folder: Path
    port: int
    # True to keep an append-only file that is written to disk every second.
    durable: bool = True
    databases: int = 16
    inherited_files: Sequence[int] = field(default_factory=tuple)

    def url(self, database: int = 0) -> str:
        """Return the address of a numbered database."""
        return f"redis://127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the data folder when there is none."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        """Return what to run; the folder must be prepared."""
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
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
