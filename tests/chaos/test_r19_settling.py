"""R19: every answer is of one state, while clicks come in, settle, merge and are erased, and settlers are killed."""

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.analytics.domain.buckets import Bucket
from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Query, Report
from services.analytics.segments.merging import Merging
from services.analytics.segments.sweeping import Sweeping
from services.common.clock import SystemClock
from tests.store.analytics.naive_count import naive
from tests.support import segments as place
from tests.support.clicks import OWNER, batch, random_clicks
from tests.support.clock import FakeClock
from tests.support.engine import Engine, running_engine
from tests.support.rewriting import check_answers
from tests.support.settled import check_settled, placed
from tests.support.wait import eventually

START = datetime(2026, 1, 3, tzinfo=UTC)
NOW = START + timedelta(days=60)
BATCH = 20
BATCHES = 70
ERASED = 3
OWNERS = (OWNER, OWNER + 1)
COUNTS = (Metric.CLICKS, Metric.HUMAN_CLICKS)
VISITORS = (Metric.VISITORS, Metric.HUMAN_VISITORS)
# From sums of every kind and from clicks; the first tells which batches are seen, because each outbox has its domain.
REPORTS = (
    Report(dimensions=(Dimension.DOMAIN,)),
    Report(metrics=(*COUNTS, *VISITORS)),
    Report(metrics=COUNTS),
    Report(metrics=COUNTS, dimensions=(Dimension.COUNTRY,)),
    Report(metrics=(*COUNTS, *VISITORS), dimensions=(Dimension.COUNTRY, Dimension.SCHEME)),
    Report(bucket=Bucket.DAY),
)
KEPT_LINKS = Filter(dimension=Dimension.LINK, values=frozenset({"1", "2"}))
ASKED = Query(audience=Audience(owner_id=OWNER), filters=(KEPT_LINKS,), reports=REPORTS)
# In several ways the same sum, of which nobody knows how much is erased just then.
AGREEING = Query(
    audience=Audience(owner_id=OWNER),
    reports=(
        Report(),
        Report(dimensions=(Dimension.LINK,)),
        Report(dimensions=(Dimension.DOMAIN,)),
        Report(dimensions=(Dimension.LINK, Dimension.DOMAIN)),
        Report(bucket=Bucket.DAY),
    ),
)
OUTBOXES = {
    domain: placed(
        [replace(item, domain=domain) for item in random_clicks(seed, BATCH * BATCHES, START, timedelta(days=50))],
        uuid4(),
    )
    for seed, domain in ((81, "a.example"), (82, "b.example"))
}
CLICKS = [item for clicks in OUTBOXES.values() for item in clicks]
KEPT = [item for item in CLICKS if item.link_id != ERASED]


def batches_seen(domain: str, count: int) -> int:
    """Return how many batches of an outbox hold so many clicks that are asked for; fail when that is half of one."""
    counted, found = 0, {0: 0}
    for number, item in enumerate(OUTBOXES[domain], start=1):
        counted += item.owner_id == OWNER and item.link_id != ERASED
        if number % BATCH == 0:
            found[counted] = number // BATCH
    return found[count]


class Load:
    """What goes on at the same time, until all batches are stored."""

    def __init__(self, url: str, folder: Path, engines: Sequence[Engine]) -> None:
        self._url = url
        self._folder = folder
        self._engines = engines
        self.answers = 0
        self.kills = 0
        self.merges = 0
        self.erased = 0
        # When all batches are stored, the others end.
        self.is_over = False

    async def run(self) -> None:
        """Do all of it."""
        await asyncio.gather(
            self._ingest_all(),
            self._kill(),
            self._merge(self._engines[0]),
            self._erase(self._engines[1]),
            *(self._ask(engine) for engine in self._engines),
        )

    async def _ingest_all(self) -> None:
        await asyncio.gather(*(self._ingest(clicks) for clicks in OUTBOXES.values()))
        self.is_over = True

    async def _ingest(self, clicks: Sequence[Click]) -> None:
        """Send batches, each some time after the one before, and each third one twice, to another replica."""
        for number in range(BATCHES):
            first = number * BATCH
            some = batch(clicks[0].source, clicks[first : first + BATCH], first=first + 1)
            await self._engines[number % 2].writer.store(some, NOW)
            if number % 3 == 0:
                await self._engines[1 - number % 2].writer.store(some, NOW)
            answers = self.answers
            await eventually(lambda: self.answers > answers, what="questions are answered")  # noqa: B023

    async def _ask(self, engine: Engine) -> None:
        seen = dict.fromkeys(OUTBOXES, 0)
        while not self.is_over:
            before = await self._marks(engine)
            result = await engine.ask(ASKED, NOW)
            after = await self._marks(engine)
            counted = {row.values[0].text: row.metrics[0] for row in result.results[0]}
            last, seen = seen, {domain: batches_seen(domain, counted.get(domain, 0)) for domain in OUTBOXES}
            visible: list[Click] = []
            for domain, clicks in OUTBOXES.items():
                assert max(last[domain], before[domain]) <= seen[domain] <= after[domain]
                visible += clicks[: seen[domain] * BATCH]
            for report, rows in zip(REPORTS, result.results, strict=True):
                assert list(rows) == naive(ASKED, report, visible, NOW), report
            await self._agree(engine)
            self.answers += 1

    async def _agree(self, engine: Engine) -> None:
        result = await engine.ask(AGREEING, NOW)
        sums = {sum(row.metrics[0] for row in rows) for rows in result.results}
        assert len(sums) == 1, sums

    async def _marks(self, engine: Engine) -> dict[str, int]:
        rows = await engine.pool.fetch("SELECT source, mark FROM sources")
        marks: dict[UUID, int] = {row["source"]: row["mark"] for row in rows}
        return {domain: marks.get(clicks[0].source, 0) // BATCH for domain, clicks in OUTBOXES.items()}

    async def _merge(self, engine: Engine) -> None:
        """Merge whatever can be, and sweep by a clock that is ahead by more than a year."""
        later = FakeClock(SystemClock().now() + timedelta(days=400))
        merging, sweeping = Merging(engine.pool, engine.rewriting, later), Sweeping(engine.pool, engine.files, later)
        while not self.is_over:
            self.merges += await merging.merge_one()
            await sweeping.sweep()
            await asyncio.sleep(0.05)

    async def _erase(self, engine: Engine) -> None:
        while not self.is_over:
            answers = self.answers
            for owner in OWNERS:
                self.erased += await engine.erasure.of_link(Audience(owner_id=owner), ERASED)
            await eventually(lambda: self.is_over or self.answers > answers + 4)  # noqa: B023

    async def _kill(self) -> None:
        """Let one settler after another work for some turns, and kill it at different steps."""
        engine = self._engines[0]
        steps = (self._writes, self._has_put, self._has_settled)
        while not self.is_over:
            settled = await self._settled(engine)
            settler = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.support.settler", self._url, str(self._folder)
            )
            try:
                await eventually(lambda: self._goes_on(engine, settled), every=0.005)  # noqa: B023
                await eventually(steps[self.kills % len(steps)], every=0.002)
            finally:
                settler.kill()
                await settler.wait()
            self.kills += 1

    async def _goes_on(self, engine: Engine, settled: int) -> bool:
        return self.is_over or await self._settled(engine) > settled

    async def _writes(self) -> bool:
        # What is looked at may be gone in the same moment.
        with contextlib.suppress(FileNotFoundError):
            return self.is_over or any((self._folder / "segments" / ".scratch").glob("*/*/*.parquet"))
        return False

    async def _has_put(self) -> bool:
        engine = self._engines[0]
        there = {name.partition("/")[0] for name in await place.names(engine.files)}
        named = {row["name"] for row in await engine.pool.fetch("SELECT name FROM segments")}
        return self.is_over or bool(there - named)

    async def _has_settled(self) -> bool:
        engine = self._engines[0]
        return await self._goes_on(engine, await self._settled(engine) - 1)

    async def _settled(self, engine: Engine) -> int:
        rows: int = await engine.pool.fetchval("SELECT coalesce(sum(up_to), 0)::bigint FROM settled")
        return rows


@pytest.mark.chaos_long
async def test_r19_every_answer_is_of_one_state_whatever_goes_on(analytics_database: str, tmp_path: Path) -> None:
    """All that was stored is in all answers, each once, to the visitor; at the end in files, and nothing else is."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(running_engine(analytics_database, tmp_path)) for _ in range(2)]
        engine, other = engines
        load = Load(analytics_database, tmp_path, engines)
        await load.run()
        assert load.answers > BATCHES
        assert load.kills >= 3
        assert load.merges > 0
        await engine.settle()
        for owner in OWNERS:
            load.erased += await other.erasure.of_link(Audience(owner_id=owner), ERASED)
        # Told of each click once, whenever it was erased.
        assert load.erased == len(CLICKS) - len(KEPT)
        for each in engines:
            await check_answers(each, KEPT, NOW)
        later = FakeClock(SystemClock().now() + timedelta(days=400))
        while await Merging(engine.pool, engine.rewriting, later).merge_one():
            pass
        await check_settled(engine, tmp_path / "segments", KEPT)
        await engine.pool.execute(
            "UPDATE segments SET retired_time = now() - interval '1 hour' WHERE retired_time < now()"
        )
        sweeping = Sweeping(engine.pool, engine.files, later)
        await sweeping.sweep()
        live = {file.name for segment in await engine.segments() for file in segment.files.values()}
        assert await place.names(engine.files) == live
        for each in engines:
            await check_answers(each, KEPT, NOW)
    async with running_engine(analytics_database, tmp_path) as engine:
        # What killed ones had in the making goes when the place is next opened.
        assert not [*(tmp_path / "segments" / ".scratch").glob("*")]
        await check_answers(engine, KEPT, NOW)
