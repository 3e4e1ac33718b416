"""A database of the version that kept clicks and their sums in tables, and the SQL by which it stored them: frozen."""

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension, detail_of, value_of
from services.analytics.store.click_rows import COLUMNS, record_of
from services.runtime.postgres import Connection, migrate
from tests.support.make_run import ROOT

MIGRATIONS = ROOT / "services" / "analytics" / "migrations"
_LAST = 8
# The commonest value of each dimension had no rows.
_IMPLICIT = {
    Dimension.IS_BOT: "false",
    Dimension.HTTP_STATUS: "302",
    Dimension.METHOD: "GET",
    Dimension.SCHEME: "https",
}
_SOURCE = """
INSERT INTO sources (source, first_report_time, last_report_time, mark, stored, last_sequence)
VALUES ($1, now(), now(), $2, $2, $2)
ON CONFLICT (source) DO UPDATE SET mark = $2, stored = $2, last_sequence = $2
"""
_ADD_TOTALS = """
INSERT INTO totals AS known (link_id, start, owner_id, clicks, human_clicks)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (link_id, start, owner_id) DO UPDATE
SET clicks = known.clicks + excluded.clicks, human_clicks = known.human_clicks + excluded.human_clicks
"""
_ADD_DAILY = """
INSERT INTO daily AS known (link_id, dimension, day, value, detail, owner_id, clicks, human_clicks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (link_id, dimension, day, value, detail, owner_id) DO UPDATE
SET clicks = known.clicks + excluded.clicks, human_clicks = known.human_clicks + excluded.human_clicks
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def make_old_database(postgres_url: str, folder: Path) -> None:
    """Bring an empty database to the tables of that version."""
    await asyncio.to_thread(_copy_old_migrations, folder)
    assert len(await migrate(postgres_url, "analytics", folder)) == _LAST


def _copy_old_migrations(folder: Path) -> None:
    folder.mkdir()
    for path in sorted(MIGRATIONS.glob("*.sql"))[:_LAST]:
        shutil.copy(path, folder)


async def migrate_to_new(postgres_url: str) -> list[str]:
    """Bring a database to the tables of today."""
    return await migrate(postgres_url, "analytics", MIGRATIONS)


async def connect(postgres_url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect as a program of that version does."""
    return await asyncpg.connect(postgres_url, server_settings={"search_path": "analytics", "timezone": "UTC"})


async def store_as_before(
    connection: Connection, clicks: Sequence[Click], *, source: UUID | None = None, partitions_from: date = date.min
) -> None:
    """Store a batch whose sequences begin at 1; months before partitions_from have no partition of their own."""
    name = source or uuid4()
    for month in sorted({click.time.astimezone(UTC).date().replace(day=1) for click in clicks}):
        if month >= partitions_from:
            await connection.execute("SELECT ensure_clicks_month($1)", month)
    async with connection.transaction():
        await connection.execute(_SOURCE, name, len(clicks))
        rows = [_row(click, name, sequence) for sequence, click in enumerate(clicks, 1)]
        await connection.copy_records_to_table("clicks", records=rows, columns=COLUMNS)
        totals, daily = _sums(clicks)
        await connection.executemany(_ADD_TOTALS, [(*key, *counts) for key, counts in sorted(totals.items())])
        await connection.executemany(_ADD_DAILY, [(*key, *counts) for key, counts in sorted(daily.items())])


def _row(click: Click, source: UUID, sequence: int) -> tuple[object, ...]:
    identity = {"source": source, "sequence": sequence}
    return tuple(identity.get(name, value) for name, value in zip(COLUMNS, record_of(click), strict=True))


_Totals = dict[tuple[int, datetime, int], list[int]]
_Daily = dict[tuple[int, int, date, str, str, int], list[int]]


def _sums(clicks: Sequence[Click]) -> tuple[_Totals, _Daily]:
    totals: _Totals = defaultdict(lambda: [0, 0])
    daily: _Daily = defaultdict(lambda: [0, 0])
    for click in clicks:
        quarter = click.time - (click.time - _EPOCH) % timedelta(minutes=15)
        sums = [totals[click.link_id, quarter, click.owner_id]]
        day = click.time.astimezone(UTC).date()
        for dimension in Dimension:
            value = value_of(dimension)(click)
            if dimension is not Dimension.LINK and value != _IMPLICIT.get(dimension, ""):
                detail = detail_of(dimension, click)
                sums.append(daily[click.link_id, dimension, day, value, detail, click.owner_id])
        for each in sums:
            each[0] += 1
            each[1] += not click.is_bot
    return totals, daily
