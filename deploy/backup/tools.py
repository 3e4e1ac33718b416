"""PostgreSQL's own programs, told where the database is without showing its password to other users."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

from deploy.backup.errors import BackupError
from deploy.local import programs

_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs for one database."""

    folder: Path
    url: str
    password: str

    @classmethod
    def for_database(cls, url: str) -> "Tools":
        """Choose the programs: our own, but the machine's where the connection is encrypted, which ours cannot do."""
        parts = urlsplit(url)
        password = unquote(parts.password or "")
        host = parts.netloc.rpartition("@")[2]
        user = quote(unquote(parts.username or ""), safe="")
        plain = urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host))
        modes = parse_qs(parts.query).get("sslmode", [])
        return cls(_of_machine() if _ENCRYPTED & set(modes) else programs.postgres_folder(), plain, password)

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return the command that runs a program on the database."""
        return [str(self.folder / program), f"--dbname={self.url}", *arguments]

    def reading(self, *arguments: str) -> list[str]:
        """Return the command that turns a dump at its input into a script, without any database."""
        return [str(self.folder / "pg_restore"), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the programs: a password on a command line could be read by everybody."""
        return {**os.environ, **({"PGPASSWORD": self.password} if self.password else {})}


def _of_machine() -> Path:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), key=_version, reverse=True)
    found = str(newest[0]) if newest else shutil.which("pg_dump")
    if not found:
        raise BackupError("an encrypted connection needs PostgreSQL's own pg_dump, pg_restore and psql on this machine")
    return Path(found).parent


def _version(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdigit() else 0


def last_line(output: bytes) -> str:
    """Return what a program said last, to be shown."""
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
