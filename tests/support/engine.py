"""Everything that stores, settles and counts clicks, in the test's own loop, on a database and a folder."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from services.analytics.domain.click import Click
from services.analytics.domain.query import Audience, Metric, Query, QueryResult, Report
from services.analytics.questions.click_list import ClickReader
from services.analytics.questions.memory import Memory
from services.analytics.questions.snapshots import Snapshots
from services.analytics.questions.stats import Stats
from services.analytics.questions.visitor_sets import VisitorSets
from services.analytics.segments import registry
from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.files import SegmentFiles
from services.analytics.segments.forgetting import Forgetting
from services.analytics.segments.locate import open_files
from services.analytics.segments.registry import Segment
from services.analytics.segments.rewriting import Rewriting
from services.analytics.segments.settling import Settling
from services.analytics.store.clicks import ClickWriter
from services.analytics.store.erasure import Erasure
from services.analytics.store.retention import OldClicks
from services.runtime.postgres import Pool, open_pool
from tests.support.clicks import batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The parts of a running engine."""

    pool: Pool
    files: SegmentFiles
    limits: DuckLimits
    writer: ClickWriter
    settling: Settling
    rewriting: Rewriting
    old_clicks: OldClicks
    snapshots: Snapshots
    stats: Stats
    clicks: ClickReader
    erasure: Erasure

    async def store(self, clicks: Sequence[Click], now: datetime, source: UUID | None = None, first: int = 1) -> None:
        """Store clicks of one outbox in batches, as they would arrive; their sequences begin at first."""
        name = source or uuid4()
        for index in range(0, len(clicks), 400):
            await self.writer.store(batch(name, clicks[index : index + 400], first=first + index), now)

    async def settle(self) -> int:
        """Settle everything, and return how many clicks that were."""
        settled = 0
        while (turn := await self.settling.settle()).rows or turn.is_more:
            settled += turn.rows
        return settled

    async def segments(self) -> tuple[Segment, ...]:
        """Return the segments that count."""
        async with self.pool.acquire() as connection:
            return await registry.live_segments(connection)

    async def ask(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query."""
        return await self.stats.query(query, now)

    async def count(self, audience: Audience, now: datetime) -> tuple[int, ...]:
        """Count clicks in two ways, from sums and one by one; and visitors."""
        metrics = [(Metric.CLICKS,), (Metric.CLICKS, Metric.MEAN_LATENCY), (Metric.VISITORS,)]
        reports = tuple(Report(metrics=each) for each in metrics)
        result = await self.ask(Query(audience=audience, reports=reports), now)
        return tuple(rows[0].metrics[0] for rows in result.results)


@asynccontextmanager
async def running_engine(url: str, folder: Path, *, segments: str = "") -> AsyncIterator[Engine]:
    """Run an engine on a migrated database; its files are in the folder, or where segments says."""
    spill = folder / f"spill-{uuid4().hex}"
    spill.mkdir(parents=True)
    files = open_files(segments or str(folder / "segments"), cache_folder=spill / "cache", cache_bytes=2**30)
    limits = DuckLimits(memory_mib=400, threads=2, spill=spill)
    pool = await open_pool(url, "analytics")
    snapshots = Snapshots(pool, files, limits)
    try:
        rewriting = Rewriting(pool, files, limits)
        yield Engine(
            pool=pool,
            files=files,
            limits=limits,
            writer=ClickWriter(pool),
            settling=Settling(pool, files, limits),
            rewriting=rewriting,
            old_clicks=OldClicks(pool, rewriting, Forgetting(pool, files, limits)),
            snapshots=snapshots,
            # Tests have few clicks: some owners have enough in a segment to be remembered, others not.
            stats=Stats(snapshots, files, Memory(sets=VisitorSets(enough_clicks=20))),
            clicks=ClickReader(snapshots, files),
            erasure=Erasure(pool, files, limits),
        )
    finally:
        snapshots.close()
        await files.close()
        await pool.close()
