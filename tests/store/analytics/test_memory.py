"""What questions remember of files: it is used, and it is never out of date, whatever happens between two questions."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Query, Report
from services.analytics.questions.memory import Memory
from services.analytics.questions.stats import Stats
from services.analytics.questions.visitor_sets import VisitorSets
from services.analytics.segments.files import SegmentFile
from services.analytics.segments.merging import Merging
from services.common.clock import SystemClock
from tests.store.analytics.naive_count import naive
from tests.support.clicks import OWNER, random_clicks
from tests.support.clock import FakeClock
from tests.support.engine import Engine
from tests.support.rewriting import erase_link

START = datetime(2026, 1, 20, tzinfo=UTC)
NOW = START + timedelta(days=60)
CLICKS = random_clicks(61, 480, START, timedelta(days=50))
_VISITORS = (Metric.CLICKS, Metric.HUMAN_CLICKS, Metric.VISITORS, Metric.HUMAN_VISITORS)
_PEOPLE = Filter(dimension=Dimension.IS_BOT, values=frozenset({"false"}))
_COUNTRY = Filter(dimension=Dimension.COUNTRY, values=frozenset({"DE", "US"}))
REPORTS = (
    Report(metrics=_VISITORS),
    Report(metrics=(Metric.VISITORS, Metric.MEAN_LATENCY), filters=(_PEOPLE,)),
    Report(metrics=_VISITORS, bucket=Bucket.DAY),
    Report(metrics=(Metric.VISITORS,), bucket=Bucket.WEEK, filters=(_COUNTRY,)),
    Report(metrics=(Metric.HUMAN_VISITORS,), bucket=Bucket.DAY, filters=(_PEOPLE,), limit=7),
)
OF_OWNER = Query(audience=Audience(owner_id=OWNER), reports=REPORTS)
QUERIES = (
    OF_OWNER,
    replace(OF_OWNER, time_zone="Asia/Kathmandu"),
    replace(OF_OWNER, start=START + timedelta(days=5, hours=7), end=START + timedelta(days=43, minutes=1)),
    Query(audience=Audience(owner_id=OWNER, link_id=1), reports=REPORTS),
)


@pytest.fixture
def memory() -> Memory:
    """Return a memory that takes what these few clicks come to."""
    return Memory(sets=VisitorSets(enough_clicks=20))


async def check(engine: Engine, memory: Memory, clicks: Sequence[Click]) -> None:
    """Compare answers with a naive count, twice: the second time with what the first one remembered."""
    for _ in range(2):
        for query in QUERIES:
            # One of its own each time: it keeps whole answers, too.
            result = await Stats(engine.snapshots, engine.files, memory).query(query, NOW)
            for report, rows in zip(query.reports, result.results, strict=True):
                assert list(rows) == naive(query, report, clicks, NOW), (query, report)


async def test_answers_are_right_whatever_happens_to_clicks(engine: Engine, memory: Memory) -> None:
    """They come late, are settled, merged, erased and written without what was erased."""
    third = len(CLICKS) // 3
    clock = FakeClock(SystemClock().now())
    merging = Merging(engine.pool, engine.rewriting, clock)
    for upto in (third, 2 * third):
        await engine.store(CLICKS[upto - third : upto], NOW)
        await check(engine, memory, CLICKS[:upto])
        await engine.settle()
        await check(engine, memory, CLICKS[:upto])
    await engine.store(CLICKS[2 * third :], NOW)
    await check(engine, memory, CLICKS)
    while await merging.merge_one():
        pass
    await check(engine, memory, CLICKS)
    await erase_link(engine, OWNER, 1)
    left = [item for item in CLICKS if (item.owner_id, item.link_id) != (OWNER, 1)]
    await check(engine, memory, left)
    await engine.settle()
    clock.advance(timedelta(days=1))
    while await merging.merge_one():
        pass
    await check(engine, memory, left)


async def test_what_is_remembered_is_not_read_again(
    engine: Engine, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of whole segments and of days that are over; a chart's first and last day may be cut, and are."""
    await engine.store(CLICKS, NOW)
    await engine.settle()
    read: list[SegmentFile] = []
    lent = engine.files.lent

    def noted(files: Sequence[SegmentFile]) -> AbstractAsyncContextManager[Mapping[str, Path]]:
        read.extend(files)
        return lent(files)

    monkeypatch.setattr(engine.files, "lent", noted)
    counts = []
    for report in (REPORTS[0], REPORTS[2]):
        for _ in range(2):
            read.clear()
            query = replace(OF_OWNER, reports=(report,), start=START - timedelta(days=1), end=NOW + timedelta(days=1))
            await Stats(engine.snapshots, engine.files, memory).query(query, NOW)
            counts.append(len([file for file in read if file.name.endswith("/clicks.parquet")]))
    assert counts == [3, 0, 3, 0]
