"""A segment file that is missing or changed is refused by its name; what does not need it is answered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.analytics.domain.query import Audience, Metric, Query, Report
from services.analytics.segments.files import SegmentDamaged
from services.analytics.segments.layout import Kind
from services.common.errors import Unavailable
from tests.support.analytics import Analytics, running_analytics, running_settle
from tests.support.clicks import OWNER, random_clicks, recorded_click
from tests.support.clock import FakeClock
from tests.support.engine import Engine, running_engine
from tests.support.rewriting import check_answers

NOW = FakeClock().now()
JANUARY = datetime(2026, 1, 3, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 3, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
CLICKS = [
    *random_clicks(71, 100, JANUARY, timedelta(days=20)),
    *random_clicks(72, 100, FEBRUARY, timedelta(days=20)),
]
HARM = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
}


@pytest.fixture
async def engine(engine: Engine) -> Engine:
    await engine.store(CLICKS, NOW)
    await engine.settle()
    return engine


def asked(start: datetime, end: datetime, *metrics: Metric) -> Query:
    return Query(audience=Audience(owner_id=OWNER), start=start, end=end, reports=(Report(metrics=metrics),))


async def count(analytics: Analytics, start: datetime, end: datetime) -> int:
    return await analytics.count(start=start, end=end)


@pytest.mark.parametrize("harm", HARM)
async def test_a_harmed_file_is_named_over_the_wire(
    analytics_database: str, clock: FakeClock, tmp_path: Path, harm: str
) -> None:
    """To whoever asks for its month; put back, it is read again without a restart."""
    settings = {"LINKMETER_SEGMENTS": str(tmp_path)}
    async with (
        running_settle(analytics_database, clock=clock, **settings) as settle,
        running_engine(analytics_database, tmp_path, segments=str(tmp_path)) as engine,
        running_analytics(analytics_database, clock=clock, LINKMETER_SEGMENTS=str(tmp_path)) as analytics,
    ):
        clicks = [recorded_click(start + timedelta(hours=hour)) for start in (JANUARY, FEBRUARY) for hour in range(30)]
        await analytics.take(uuid4(), *clicks)
        assert (await settle.settling.settle()).segments == 2
        # Not to be asked again: it is known for as long as nothing changes.
        assert await count(analytics, JANUARY, MARCH - timedelta(seconds=1)) == 60
        january, _ = await engine.segments()
        paths = [tmp_path / file.name for file in january.files.values()]
        before = [path.read_bytes() for path in paths]
        for path in paths:
            HARM[harm](path)
        for end in (FEBRUARY, MARCH):
            with pytest.raises(Unavailable) as told:
                await count(analytics, JANUARY, end)
            assert f"the segment file {january.name}/" in str(told.value)
            assert told.value.retry_after_seconds == 60
        assert await count(analytics, FEBRUARY, MARCH) == 30
        # It can be settled into other months meanwhile.
        await analytics.take(uuid4(), recorded_click(NOW - timedelta(hours=1)))
        assert await count(analytics, FEBRUARY, NOW) == 31
        for path, content in zip(paths, before, strict=True):
            path.write_bytes(content)
        assert await count(analytics, JANUARY, NOW) == 61


@pytest.mark.parametrize("kind", [Kind.CLICKS, Kind.OWNER_TOTALS, Kind.LINKS])
async def test_only_what_needs_the_file_is_refused(engine: Engine, tmp_path: Path, kind: Kind) -> None:
    january, _ = await engine.segments()
    (tmp_path / "segments" / january.files[kind].name).unlink()
    questions = {
        # Neither begins nor ends within a quarter of an hour, so that sums are enough.
        Kind.OWNER_TOTALS: asked(JANUARY, FEBRUARY, Metric.CLICKS),
        Kind.CLICKS: asked(JANUARY, FEBRUARY, Metric.VISITORS),
        Kind.LINKS: Query(audience=Audience(owner_id=OWNER), end=FEBRUARY, reports=(Report(),)),
    }
    with pytest.raises(SegmentDamaged) as told:
        await engine.ask(questions[kind], NOW)
    assert (told.value.name, told.value.what) == (january.files[kind].name, "is missing")
    for metric in (Metric.CLICKS, Metric.VISITORS):
        result = await engine.ask(asked(FEBRUARY, MARCH, metric), NOW)
        assert result.results[0][0].metrics[0] > 0


async def test_other_content_of_the_same_size_is_refused_once_it_is_found(engine: Engine, tmp_path: Path) -> None:
    """Each file is read once a process, before somebody believes what it says for long; put back, it counts again."""
    january, february = await engine.segments()
    files = [file for segment in (january, february) for file in segment.files.values()]
    path = tmp_path / "segments" / january.files[Kind.OWNER_TOTALS].name
    before = path.read_bytes()
    path.write_bytes(before[:-20] + bytes([before[-20] ^ 1]) + before[-19:])
    (found,) = await engine.files.verify(files)
    assert (found.name, path.name) == (january.files[Kind.OWNER_TOTALS].name, "owner_totals.parquet")
    with pytest.raises(SegmentDamaged):
        await engine.ask(asked(JANUARY, FEBRUARY, Metric.CLICKS), NOW)
    assert (await engine.ask(asked(FEBRUARY, MARCH, Metric.CLICKS), NOW)).results[0][0].metrics[0] > 0
    path.write_bytes(before)
    assert await engine.files.verify(files) == []
    await check_answers(engine, CLICKS, NOW)


async def test_a_file_that_cannot_be_read_is_named_before_anybody_has_looked(engine: Engine, tmp_path: Path) -> None:
    """Rather than called a fault of ours; it is looked at again by who looks at all files."""
    january, _ = await engine.segments()
    file = january.files[Kind.CLICKS]
    path = tmp_path / "segments" / file.name
    before = path.read_bytes()
    path.write_bytes(bytes(len(before)))
    for _ in range(2):
        with pytest.raises(SegmentDamaged) as told:
            await engine.ask(asked(JANUARY, FEBRUARY, Metric.VISITORS), NOW)
        assert (told.value.name, told.value.what) == (file.name, "has another content than was registered")
    path.write_bytes(before)
    assert await engine.files.verify([file]) == []
    await check_answers(engine, CLICKS, NOW)
