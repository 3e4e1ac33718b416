"""What an import knows of itself, in a file of SQLite: it outlives the program, and keeps memory flat."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from linkmeter.moving.importing.options import ImportFailed
from linkmeter.moving.importing.tally import Tally

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (
    number INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    origin_domain TEXT NOT NULL,
    origin_code TEXT NOT NULL,
    domain TEXT NOT NULL,
    code TEXT NOT NULL,
    destination TEXT NOT NULL,
    message BLOB NOT NULL,
    is_deleted INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    link_id INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS links_by_origin ON links (origin_code, origin_domain);
CREATE INDEX IF NOT EXISTS links_by_target ON links (code, domain);
"""
_COLUMNS: Final = (
    "number, place, origin_domain, origin_code, domain, code, destination, message, is_deleted, outcome, link_id"
)


class Outcome(StrEnum):
    """What becomes of a link of the origin."""

    CREATE = "CREATE"  # created, or to be
    ATTACH = "ATTACH"  # the account has it, with the same destination: its history is attached
    SAME = "SAME"  # this import created it in an earlier run
    SHARE = "SHARE"  # another link of the origin has its code and destination; both become one
    SKIP = "SKIP"  # it clashes, and is left out
    CLASH = "CLASH"  # it clashes, and nothing was said about that
    REFUSE = "REFUSE"  # no link can be like it


@dataclass(slots=True)
class PlannedLink:
    """A link of the origin, and what becomes of it."""

    number: int
    place: str
    origin_domain: str
    origin_code: str
    domain: str
    code: str
    destination: str
    message: bytes  # an ImportedLink
    is_deleted: bool  # to be deleted when its clicks are there
    outcome: Outcome
    link_id: int = 0


class State:
    """The file. One program at a time has it."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or without path a temporary one. Raise ImportFailed when another program has it."""
        try:
            self._database = sqlite3.connect(path or "", timeout=0, isolation_level=None)
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("BEGIN EXCLUSIVE")
            for statement in _SCHEMA.split(";\n"):
                self._database.execute(statement)
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as problem:
            raise ImportFailed(f"{path} cannot be opened ({problem}): does another run of this import go on?") from None
        except sqlite3.DatabaseError as problem:
            raise ImportFailed(f"{path} is no state of an import ({problem}); delete it and begin anew") from None
        self.link_for = lru_cache(maxsize=100_000)(self._link_for)
        self.is_planned = lru_cache(maxsize=100_000)(self._is_planned)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def fact(self, name: str) -> str:
        """Return what was noted under a name; empty when nothing was."""
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, **facts: str) -> None:
        """Note facts, all or none of them."""
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
        self._database.execute("COMMIT")

    def tally(self, name: str) -> Tally:
        """Return the tally that was noted under a name; an empty one when none was."""
        return Tally.from_dict(json.loads(self.fact(name) or "{}"))

    def forget_links(self) -> None:
        """Delete all links: they are planned anew."""
        self._database.execute("DELETE FROM links")
        self._forget_lookups()

    def save(self, links: Iterable[PlannedLink]) -> None:
        """Add links, or replace them by their number."""
        rows = [
            (*(getattr(link, name) for name in PlannedLink.__slots__[:-2]), link.outcome.value, link.link_id)
            for link in links
        ]
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")
        self._forget_lookups()

    def links(self, *outcomes: Outcome) -> Iterator[PlannedLink]:
        """Yield the links with these outcomes, or all, in the origin's order. They may be saved meanwhile."""
        wanted = [outcome.value for outcome in outcomes or Outcome]
        marks, last = ", ".join("?" * len(wanted)), 0
        # The marks are all that is put in.
        query = f"SELECT {_COLUMNS} FROM links WHERE number > ? AND outcome IN ({marks}) ORDER BY number LIMIT 1000"  # noqa: S608
        while rows := self._database.execute(query, (last, *wanted)).fetchall():
            last = rows[-1][0]
            for row in rows:
                link = PlannedLink(*row)
                link.is_deleted, link.outcome = bool(link.is_deleted), Outcome(link.outcome)
                yield link

    def destination_at(self, domain: str, code: str) -> str | None:
        """Return where an earlier link of this import leads that gets this code; None when none does."""
        row = self._database.execute(
            "SELECT destination FROM links WHERE code = ? AND domain = ? "
            "AND outcome NOT IN ('SKIP', 'CLASH', 'REFUSE')",
            (code, domain),
        ).fetchone()
        return str(row[0]) if row else None

    def counts(self) -> dict[Outcome, int]:
        """Return how many links have each outcome."""
        rows = dict(self._database.execute("SELECT outcome, count(*) FROM links GROUP BY outcome"))
        return {outcome: rows.get(outcome.value, 0) for outcome in Outcome}

    def has_links(self) -> bool:
        """Return whether the origin has any links."""
        return self._database.execute("SELECT 1 FROM links LIMIT 1").fetchone() is not None

    def share_ids(self) -> None:
        """Give links that share a code with another one its id."""
        self._database.execute(
            "UPDATE links SET link_id = coalesce((SELECT max(other.link_id) FROM links AS other "
            "WHERE other.code = links.code AND other.domain = links.domain), 0) WHERE outcome = 'SHARE'"
        )
        self._forget_lookups()

    def _forget_lookups(self) -> None:
        self.link_for.cache_clear()
        self.is_planned.cache_clear()

    def _is_planned(self, origin_domain: str, origin_code: str) -> bool:
        """Return whether a link of the origin becomes, or is, one here."""
        row = self._database.execute(
            "SELECT 1 FROM links WHERE origin_code = ? AND origin_domain = ? "
            "AND outcome NOT IN ('SKIP', 'CLASH', 'REFUSE')",
            (origin_code, origin_domain),
        ).fetchone()
        return row is not None

    def _link_for(self, origin_domain: str, origin_code: str) -> int | None:
        """Return the id of what a link of the origin became, 0 for nothing; None when the origin has no such link."""
        row = self._database.execute(
            "SELECT max(link_id) FROM links WHERE origin_code = ? AND origin_domain = ?", (origin_code, origin_domain)
        ).fetchone()
        return None if row[0] is None else int(row[0])
