"""Everything that answers questions, put together; it needs PostgreSQL and the segments, and no contract."""

import asyncio
import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from uuid import UUID

from services.analytics.domain.click import Click
from services.analytics.domain.page_token import Cursor
from services.analytics.domain.position import Position
from services.analytics.domain.query import Audience, Query, QueryResult
from services.analytics.questions.click_list import ClickReader
from services.analytics.questions.conditions import Selection
from services.analytics.questions.later_clicks import Later, LaterClicks
from services.analytics.questions.snapshots import Snapshots
from services.analytics.questions.stats import Stats
from services.analytics.segments import registry
from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.locate import open_files
from services.analytics.store.erasure import Erasure
from services.runtime import postgres
from services.runtime.background import Background

# Each file is read once a process, when those who ask first have their answers.
_VERIFY_SECONDS: Final = 600.0
_FIRST_VERIFY_SECONDS: Final = 30.0
# A question needs one for a moment; erasing keeps one for seconds.
_CONNECTIONS: Final = 4
_ERASURE_MIB: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What the engine has to know."""

    postgres_url: str = field(repr=False)
    schema: str
    # A folder, or s3://bucket/prefix.
    segments: str
    cache_folder: Path
    cache_mib: int
    memory_mib: int
    threads: int
    log_level: str
    log_format: str


class QuestionEngine:
    """Answers questions in this process."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings

    async def start(self) -> None:
        """Open what is needed. PostgreSQL and the segments need not be there yet."""
        settings = self._settings
        settings.cache_folder.mkdir(parents=True, exist_ok=True)
        self._spill = Path(mkdtemp(prefix="questions-", dir=settings.cache_folder))
        self._pool = await postgres.open_pool(settings.postgres_url, settings.schema, max_size=_CONNECTIONS)
        self._files = open_files(
            settings.segments,
            cache_folder=settings.cache_folder / "questions",
            cache_bytes=settings.cache_mib * 1024 * 1024,
        )
        limits = DuckLimits(memory_mib=settings.memory_mib, threads=settings.threads, spill=self._spill)
        self._snapshots = Snapshots(self._pool, self._files, limits)
        self._stats = Stats(self._snapshots, self._files)
        self._clicks = ClickReader(self._snapshots, self._files)
        self._later = LaterClicks(self._snapshots, self._files)
        # It adds up a few sums, while questions are asked.
        small = replace(limits, memory_mib=max(_ERASURE_MIB, settings.memory_mib // 4))
        self._erasure = Erasure(self._pool, self._files, small)
        self._jobs = Background(postgres.outage_of)
        self._jobs.every("verify_segments", _VERIFY_SECONDS, self._verify, first_after_seconds=_FIRST_VERIFY_SECONDS)

    async def stop(self) -> None:
        """Close it; nothing may be asking."""
        await self._jobs.stop()
        self._snapshots.close()
        await self._files.close()
        await self._pool.close()
        await asyncio.to_thread(shutil.rmtree, self._spill, ignore_errors=True)

    async def query(self, query: Query, now: datetime) -> QueryResult:
        """Return the result of a query at a moment."""
        return await self._stats.query(query, now)

    async def list_clicks(self, selection: Selection, limit: int, after: Cursor | None, skip: int) -> tuple[Click, ...]:
        """Return a page of clicks, newest first."""
        return await self._clicks.list(selection, limit=limit, after=after, skip=skip)

    async def clicks_after(self, selection: Selection, position: Position, limit: int) -> Later:
        """Return clicks that were stored behind a position."""
        return await self._later.after(selection, position, limit)

    async def erase_link(self, audience: Audience, link_id: int) -> int:
        """Erase the clicks of a link, and return how many there were."""
        return await self._erasure.of_link(audience, link_id)

    async def erase_domain(self, audience: Audience, domain: str) -> int:
        """Erase the clicks and orphan visits of a domain, and return how many there were."""
        return await self._erasure.of_domain(audience, domain)

    async def erase_source(self, audience: Audience, source: UUID, name: str, now: datetime) -> int:
        """Erase all that came from an import, and return how many clicks there were."""
        return await self._erasure.of_source(audience, source, name, now)

    async def find_clicked(self, audience: Audience, links: tuple[int, ...]) -> list[int]:
        """Return those of an owner's links that have clicks."""
        return await self._erasure.followed(audience, links)

    async def _verify(self) -> None:
        """Look whether files are what was written; damaged ones are refused from then on."""
        async with self._pool.acquire() as connection:
            segments = await registry.live_segments(connection)
        # What they find is logged and counted by the program that settles.
        await self._files.verify([file for segment in segments for file in segment.files.values()])
