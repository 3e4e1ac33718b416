"""What is known of every outbox."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.analytics.domain.ledger import OutboxReport, SourceState
from services.runtime.postgres import Connection, Pool

_ADD: Final = """
INSERT INTO sources (source, first_report_time, last_report_time) VALUES ($1, $2, $2)
ON CONFLICT (source) DO NOTHING
"""
# The lock makes batches of one outbox follow each other, whichever replicas they reach.
_LOCK: Final = "SELECT mark, last_sequence, dropped FROM sources WHERE source = $1 FOR UPDATE"
_ADVANCE: Final = """
UPDATE sources
SET mark = $2, stored = stored + $3, set_aside = set_aside + $4, missing = missing + $5
WHERE source = $1
"""
_REPORT: Final = """
UPDATE sources
SET last_sequence = $2, dropped = $3, oldest_pending_time = $4, last_report_time = greatest(last_report_time, $5)
WHERE source = $1
"""
# Once: it stays what it was called first.
_NAME: Final = "UPDATE sources SET name = $2 WHERE source = $1 AND name = ''"
_LIST: Final = """
SELECT source, name, last_report_time, mark, stored, set_aside, missing, last_sequence, oldest_pending_time, dropped
FROM sources ORDER BY first_report_time, source
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """The state of an outbox whose row this transaction holds."""

    mark: int
    last_sequence: int
    dropped: Mapping[str, int]


async def lock(connection: Connection, source: UUID, now: datetime) -> Locked:
    """Lock the outbox's row until the transaction ends, and return it; a new outbox gets one."""
    await connection.execute(_ADD, source, now)
    row = await connection.fetchrow(_LOCK, source)
    assert row is not None, "added above, and rows are never deleted"  # noqa: S101
    return Locked(row["mark"], row["last_sequence"], json.loads(row["dropped"]))


async def name_import(connection: Connection, source: UUID, name: str) -> None:
    """Say that a source, whose row the caller has locked, is an import, and what it is called."""
    await connection.execute(_NAME, source, name)


async def advance(
    connection: Connection, source: UUID, mark: int, *, stored: int, set_aside: int, missing: int
) -> None:
    """Move the mark and account for everything between the old one and the new one."""
    await connection.execute(_ADVANCE, source, mark, stored, set_aside, missing)


async def save_report(connection: Connection, source: UUID, report: OutboxReport, known: Locked, now: datetime) -> None:
    """Store what the outbox reports. A report that was overtaken on its way takes nothing back."""
    dropped = dict(known.dropped)
    for reason, count in report.dropped.items():
        dropped[reason] = max(count, dropped.get(reason, 0))
    await connection.execute(
        _REPORT,
        source,
        max(report.last_sequence, known.last_sequence),
        json.dumps(dropped),
        report.oldest_pending_time,
        now,
    )


class Sources:
    """Reads the outboxes' states."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def list(self) -> tuple[SourceState, ...]:
        """Return all states, in the order in which the outboxes first reported."""
        rows = await self._pool.fetch(_LIST)
        return tuple(SourceState(**{**row, "dropped": json.loads(row["dropped"])}) for row in rows)
