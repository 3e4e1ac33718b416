"""Clicks of which visitors have the answer and analytics has not heard: they lie in outboxes, not in the database."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from deploy.backup.archive import Archive
from deploy.backup.errors import BackupError

_SUFFIX: Final = ".outbox"
_BUSY_SECONDS: Final = 10.0
# A row that both have is the same click; one that only the copy has was shipped to the database that is no more.
_MERGE: Final = (
    "INSERT OR IGNORE INTO clicks (sequence, time_us, click) SELECT sequence, time_us, click FROM copy.clicks"
)


def copies_of(folder: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Copy each outbox while it is written; answer its source and the copy.

    To be done before the database's snapshot is taken: what a copy does not hold any more is in the snapshot then, and
    what both hold is recognised when the copy is shipped.
    """
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        copy = scratch / path.name
        try:
            with closing(_opened(f"{path.as_uri()}?mode=ro")) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
        except sqlite3.Error as problem:
            # Shipped and removed between the listing and here.
            if not path.exists():
                continue
            raise BackupError(f"the outbox {path} cannot be read: {problem}") from problem
        yield path.stem, copy
        copy.unlink()


def put_back(archive: Archive, folder: Path, scratch: Path) -> None:
    """Bring the clicks of the copies into a folder that no process uses; what lies there stays."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for source in archive.outboxes:
        target = folder / f"{uuid.UUID(source)}{_SUFFIX}"
        copy = scratch / target.name
        archive.copy_outbox(source, copy)
        if target.exists():
            _merge(copy, target)
            copy.unlink()
        else:
            # It is shipped and not written any more, because the mark of this boot is not beside it.
            copy.replace(target)


def _merge(copy: Path, target: Path) -> None:
    with closing(_opened(target.as_uri())) as connection:
        connection.execute("ATTACH ? AS copy", (copy.as_uri(),))
        connection.execute(_MERGE)


def sources_in(folder: Path | None) -> frozenset[str]:
    """Name the outboxes of a folder."""
    found = set()
    for path in folder.glob(f"*{_SUFFIX}") if folder else ():
        with suppress(ValueError):
            found.add(str(uuid.UUID(path.stem)))
    return frozenset(found)


def _opened(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
