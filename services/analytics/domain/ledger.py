"""What became of every click: the arithmetic that proves it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

MISSING: Final = "missing"
_NO_TIME: Final = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxReport:
    """What an outbox reports of itself."""

    last_sequence: int = 0
    dropped: Mapping[str, int]
    oldest_pending_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is stored of an outbox: all sequences up to mark are stored, set aside or missing."""

    source: UUID
    # Of an import: what it is called. Empty: the source is an outbox.
    name: str = ""
    last_report_time: datetime
    mark: int
    stored: int
    set_aside: int
    missing: int
    last_sequence: int
    oldest_pending_time: datetime | None
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger: accepted = stored + set_aside + pending + the sum of dropped."""

    source: str
    name: str = ""
    stored: int
    set_aside: int
    pending: int
    dropped: Mapping[str, int]
    lag: timedelta
    last_report_time: datetime | None

    @property
    def accepted(self) -> int:
        """All clicks that the outbox ever accepted."""
        return self.stored + self.set_aside + self.pending + sum(self.dropped.values())


def entry_of(state: SourceState) -> Entry:
    """Return the line of one outbox."""
    dropped = Counter(state.dropped)
    if state.missing:
        dropped[MISSING] += state.missing
    waiting = state.oldest_pending_time
    return Entry(
        source=str(state.source),
        name=state.name,
        stored=state.stored,
        set_aside=state.set_aside,
        pending=max(0, state.last_sequence - state.mark),
        dropped=dropped,
        lag=max(_NO_TIME, state.last_report_time - waiting) if waiting else _NO_TIME,
        last_report_time=state.last_report_time,
    )


def total_of(entries: Iterable[Entry]) -> Entry:
    """Return the sum of lines, with the longest lag and the earliest time of an outbox's last report."""
    lines = tuple(entries)
    dropped: Counter[str] = Counter()
    for line in lines:
        dropped.update(line.dropped)
    return Entry(
        source="",
        stored=sum(line.stored for line in lines),
        set_aside=sum(line.set_aside for line in lines),
        pending=sum(line.pending for line in lines),
        dropped=dropped,
        lag=max((line.lag for line in lines), default=_NO_TIME),
        last_report_time=min(
            (line.last_report_time for line in lines if line.last_report_time and not line.name), default=None
        ),
    )
