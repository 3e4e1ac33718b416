"""What a place for segment files can do, whichever place it is."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*/[a-z0-9_]+\.parquet")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class SegmentDamaged(Exception):
    """A file is not what was registered: it is missing, has another size or another content.

    Nothing mends this but the file from a backup, so that it must not be mistaken for an outage.
    """

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"the segment file {name} {what}")
        self.name = name
        self.what = what


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A file as the registry knows it.

    name: "<segment>/<kind>.parquet"; bytes: its size; sha256: of its content, 64 hexadecimal digits in lower case.
    """

    name: str
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.bytes < 0:
            raise ValueError(f"a file of {self.bytes} bytes")
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.sha256!r} is no SHA-256")

    def misfit(self, size: int) -> str:
        """Return what is wrong about a size in bytes; empty when it is the registered one."""
        return "" if size == self.bytes else f"has {size} bytes instead of {self.bytes}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as its place knows it: name as in SegmentFile, size in bytes, and when it was put there (UTC)."""

    name: str
    bytes: int
    modified_time: datetime


class SegmentFiles(Protocol):
    """A place for segment files: files are put once, never changed, and deleted when nothing names them.

    What does not work now and may later raises services.common.errors.Unavailable, or OSError; a place that is full
    raises OSError with errno ENOSPC. In both cases put() leaves nothing that lent() would lend.
    """

    async def put(self, name: str, source: Path) -> None:
        """Store a file under a name, and consume the source: afterwards it is elsewhere or gone.

        When this returns, the file outlasts a crash of the machine. A source should be in scratch(), which is where
        moving it costs nothing. Putting the same file again under the same name is no error.
        """
        ...

    def lent(self, files: Sequence[SegmentFile]) -> AbstractAsyncContextManager[Mapping[str, Path]]:
        """Lend files as local paths by name; they are there until the block ends.

        Sizes are checked each time; contents when a file is fetched, and by verify(). Raise SegmentDamaged, which names
        the file.
        """
        ...

    async def verify(self, files: Sequence[SegmentFile]) -> Sequence[SegmentDamaged]:
        """Return what is wrong about files; those are refused by lent() from then on.

        What is on this machine is read wholly, what is not is asked for its size and will be read when it is fetched.
        A file that was found right is not read again by this process, and one that was found wrong is: who puts it
        right need not restart anything. To be called with all that are registered, by a job that nobody waits for;
        a file that is deleted meanwhile is found missing.
        """
        ...

    async def delete(self, names: Sequence[str]) -> None:
        """Delete files; those that are not there are no error."""
        ...

    async def list(self) -> Sequence[StoredFile]:
        """Return all files, registered or not, without those in the making."""
        ...

    def scratch(self) -> AbstractContextManager[Path]:
        """Lend an empty folder for files in the making, which is removed with all that is in it afterwards.

        What a killed process left of its own is removed when the place is next opened.
        """
        ...

    async def close(self) -> None:
        """Give back what this process holds: connections, locks, fetches under way."""
        ...


def is_name(text: str) -> bool:
    """Return whether a text is "<segment>/<kind>.parquet"."""
    return bool(_NAME.fullmatch(text))


def check_name(name: str) -> str:
    """Return a file's name; raise ValueError when it is none."""
    if not is_name(name):
        raise ValueError(f"{name!r} is no name of a segment file")
    return name
