"""What tests of dropping old clicks share: three months are kept, and some clicks are much older."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from services.analytics.domain.click import Click
from services.analytics.domain.query import Audience, Query, QueryResult, Report
from services.analytics.domain.retention import Retention
from tests.support.clicks import OWNER, random_clicks
from tests.support.engine import Engine

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
SINCE = datetime(2025, 12, 1, tzinfo=UTC)
RETENTION = Retention(click_months=3)
# Of nine months, six of which are too old.
CLICKS = random_clicks(11, 900, NOW - timedelta(days=240), timedelta(days=240))


async def store(engine: Engine, clicks: Sequence[Click]) -> None:
    """Store clicks and settle them."""
    await engine.store(clicks, NOW)
    await engine.settle()


async def ask(engine: Engine, *reports: Report, **changes: object) -> QueryResult:
    query = Query(audience=Audience(owner_id=OWNER), reports=reports, **changes)  # type: ignore[arg-type]
    return await engine.ask(query, NOW)


async def raw_clicks(engine: Engine, folder: Path) -> list[datetime]:
    """Read the times of all raw clicks of live segments."""
    files = [str(folder / "segments" / segment.files[kind].name)
             for segment in await engine.segments() for kind in segment.files if kind == "clicks"]  # fmt: skip
    if not files:
        return []
    with duckdb.connect() as duck:
        rows = duck.execute("SELECT epoch(time) FROM read_parquet($1) ORDER BY time", [files]).fetchall()
    return [datetime.fromtimestamp(row[0], UTC) for row in rows]


async def hashes(engine: Engine, folder: Path) -> set[int]:
    """Read the hashes of all visitors that are known."""
    files = [str(folder / "segments" / segment.files[kind].name)
             for segment in await engine.segments() for kind in segment.files if kind == "visitors"]  # fmt: skip
    if not files:
        return set()
    with duckdb.connect() as duck:
        return {row[0] for row in duck.execute("SELECT visitor_hash FROM read_parquet($1)", [files]).fetchall()}
