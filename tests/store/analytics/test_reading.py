"""A question has its time, of which it tells the truth; others do not notice that it is over."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.analytics.domain.query import Audience
from services.analytics.questions.conditions import Statement
from services.analytics.questions.reading import Reader
from services.common.errors import DeadlineExceeded
from services.runtime.postgres import outage_of
from tests.support.clicks import OWNER, random_clicks
from tests.support.engine import running_engine

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CLICKS = random_clicks(41, 200, datetime(2026, 1, 3, tzinfo=UTC), timedelta(days=20))
OWNED = Audience(owner_id=OWNER)
# Each click with each of a few milliards.
ENDLESS = "SELECT count(*) FROM {rows} AS clicks, range(10_000_000_000) AS numbers WHERE latency_us % 7 = range % 11"


async def test_a_question_that_takes_too_long_is_told_so(analytics_database: str, tmp_path: Path) -> None:
    """Within a statement, and when nothing is left for the next one; the engine goes on."""
    async with running_engine(analytics_database, tmp_path) as engine:
        await engine.store(CLICKS, NOW)
        await engine.settle()
        expected = await engine.count(OWNED, NOW)
        assert expected[0] == sum(item.owner_id == OWNER for item in CLICKS)

        async def take_long(seconds: float) -> None:
            async with engine.snapshots.taken(visitors=True) as snapshot:
                reader, statement = Reader(snapshot, engine.files, seconds), Statement()
                files = [file for segment in snapshot.segments for kind, file in segment.files.items()
                         if kind == "clicks"]  # fmt: skip
                rows = statement.rows_of(files)
                for _ in range(2):
                    with pytest.raises(DeadlineExceeded) as told:
                        await reader.fetch(ENDLESS.format(rows=rows), statement)
                    assert outage_of(told.value) is None
                assert "database" not in str(told.value)

        await take_long(0.0)
        long = asyncio.create_task(take_long(0.3))
        while not long.done():
            assert await engine.count(OWNED, NOW) == expected
            # Otherwise it is an answer that is kept.
            await engine.pool.execute("UPDATE registry SET version = version + 1")
        await long
        assert await engine.count(OWNED, NOW) == expected
