"""Store batches of clicks, each in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.analytics.domain.click import Click, Fault, SetAside
from services.analytics.domain.ledger import OutboxReport
from services.analytics.store import sources
from services.analytics.store.click_rows import COLUMNS, landing_record_of, record_of
from services.analytics.store.import_sources import refuse_erased
from services.common.errors import Aborted
from services.runtime.postgres import Connection, Pool

# What PostgreSQL or its client says of a row that it will not have, as opposed to "not now".
_REFUSALS: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    ValueError,
    OverflowError,
)
_SET_ASIDE: Final = """
INSERT INTO set_aside_clicks (source, sequence, set_aside_time, fault, content)
SELECT $1, sequence, $2, fault, content
FROM unnest($3::bigint[], $4::text[], $5::bytea[]) AS rows (sequence, fault, content)
ON CONFLICT (source, sequence) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    record_of: Callable[[Click], tuple[object, ...]]


_LANDING: Final = _Table("landing", landing_record_of)
_ORPHANS: Final = _Table("orphans", record_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """An outbox row: its click, or why it has none."""

    sequence: int
    content: bytes
    outcome: Click | SetAside


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one outbox in rising sequence, and what the outbox reports of itself."""

    source: UUID
    rows: Sequence[OutboxRow]
    report: OutboxReport
    # Of an import: what the source is called. Empty: it is an outbox.
    import_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of a batch."""

    mark: int
    clicks: Sequence[Click]
    set_aside: Sequence[SetAside]
    missing: int


class ClickWriter:
    """Stores batches so that any batch may come again, at any time, to any replica."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def store(self, batch: Batch, now: datetime) -> Stored:
        """Store what is new of a batch, whole or not at all: clicks, mark and report in one transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            known = await sources.lock(connection, batch.source, now)
            rows = [row for row in batch.rows if row.sequence > known.mark]
            if batch.import_name:
                await _check_import(connection, batch, rows, known.mark)
            if batch.rows:
                stored = await _store_rows(connection, batch.source, rows, known.mark, now)
            elif batch.import_name:
                stored = Stored(mark=known.mark, clicks=(), set_aside=(), missing=0)
            else:
                stored = await _give_up(connection, batch, known.mark)
            await sources.save_report(connection, batch.source, batch.report, known, now)
        return stored


async def _check_import(connection: Connection, batch: Batch, rows: Sequence[OutboxRow], mark: int) -> None:
    """Raise FailedPrecondition when the import was undone, and Aborted when rows do not go on behind the mark."""
    await refuse_erased(connection, batch.source)
    if any(row.sequence != mark + number for number, row in enumerate(rows, start=1)):
        raise Aborted("the clicks do not go on behind those that are stored", next_sequence=str(mark + 1))
    await sources.name_import(connection, batch.source, batch.import_name)


async def _store_rows(
    connection: Connection, source: UUID, rows: Sequence[OutboxRow], mark: int, now: datetime
) -> Stored:
    if not rows:
        return Stored(mark=mark, clicks=(), set_aside=(), missing=0)
    orphans = [row for row in rows if isinstance(row.outcome, Click) and row.outcome.is_orphan]
    followed = [row for row in rows if isinstance(row.outcome, Click) and not row.outcome.is_orphan]
    refused = await _copy(connection, _LANDING, followed) + await _copy(connection, _ORPHANS, orphans)
    set_aside = [row.outcome for row in rows if isinstance(row.outcome, SetAside)]
    set_aside += [SetAside(row.sequence, Fault.REFUSED_BY_DATABASE, row.content) for row in refused]
    lost = {row.sequence for row in refused}
    clicks = [row.outcome for row in rows if isinstance(row.outcome, Click) and row.sequence not in lost]
    await _set_aside(connection, source, set_aside, now)
    # Sequences have no gaps in the outbox: what is absent here was lost there.
    new_mark = rows[-1].sequence
    missing = new_mark - mark - len(rows)
    await sources.advance(connection, source, new_mark, stored=len(clicks), set_aside=len(set_aside), missing=missing)
    return Stored(mark=new_mark, clicks=clicks, set_aside=set_aside, missing=missing)


async def _give_up(connection: Connection, batch: Batch, mark: int) -> Stored:
    """Count as missing what an empty outbox has shipped and we do not have, as after restoring a backup."""
    missing = batch.report.last_sequence - mark
    if missing <= 0 or batch.report.oldest_pending_time is not None:
        return Stored(mark=mark, clicks=(), set_aside=(), missing=0)
    await sources.advance(connection, batch.source, mark + missing, stored=0, set_aside=0, missing=missing)
    return Stored(mark=mark + missing, clicks=(), set_aside=(), missing=missing)


async def _copy(connection: Connection, table: _Table, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Store rows and return those that were refused: the batch is halved until each of them stands alone."""
    if not rows:
        return []
    try:
        async with connection.transaction():
            records = [table.record_of(row.outcome) for row in rows if isinstance(row.outcome, Click)]
            await connection.copy_records_to_table(table.name, records=records, columns=COLUMNS)
    except _REFUSALS:
        if len(rows) == 1:
            return list(rows)
        half = len(rows) // 2
        return await _copy(connection, table, rows[:half]) + await _copy(connection, table, rows[half:])
    return []


async def _set_aside(connection: Connection, source: UUID, rows: Sequence[SetAside], now: datetime) -> None:
    if rows:
        await connection.execute(
            _SET_ASIDE,
            source,
            now,
            [row.sequence for row in rows],
            [row.fault.value for row in rows],
            [row.content for row in rows],
        )
