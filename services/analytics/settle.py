"""The program that moves clicks from landing into segments, and keeps these few and in order.

It serves nobody, and has its memory for itself. Any number of it may run: they take turns by locks of PostgreSQL.
"""

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from services.analytics import metrics
from services.analytics.segments import registry
from services.analytics.segments.conversion import Conversion, Progress
from services.analytics.segments.duck import DuckLimits
from services.analytics.segments.forgetting import Forgetting
from services.analytics.segments.locate import open_files
from services.analytics.segments.merging import Merging
from services.analytics.segments.rewriting import Rewriting
from services.analytics.segments.settling import Settling
from services.analytics.segments.sweeping import Sweeping
from services.analytics.settings import SCHEMA, SettleSettings
from services.analytics.store.retention import OldClicks
from services.common.clock import Clock, SystemClock
from services.runtime import log, postgres
from services.runtime.background import Background

_logger = log.get(__name__)

_CONNECTIONS: Final = 6
_LOOK_SECONDS: Final = 2.0
_MERGE_SECONDS: Final = 10.0
_CONVERT_SECONDS: Final = 60.0
_WATCH_SECONDS: Final = 60.0
_SWEEP_SECONDS: Final = 60.0
_RETENTION_SECONDS: Final = 24 * 3600.0
# Fewer rows wait until there are as many, or for so long: small segments have to be merged, and cost more to read.
_ENOUGH_ROWS: Final = 50_000
_LONGEST_WAIT: Final = timedelta(minutes=15)
# What it does may be large, and nobody waits for it.
_STATEMENT_MS: Final = 300_000


class SettleServer:
    """A running program of this kind."""

    def __init__(self, settings: SettleSettings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._waiting_since: datetime | None = None

    async def start(self) -> None:
        """Begin. PostgreSQL and the segments need not be there yet."""
        segments = self._settings.segments
        segments.cache_folder.mkdir(parents=True, exist_ok=True)
        self._spill = Path(mkdtemp(prefix="settle-", dir=segments.cache_folder))
        self._pool = await postgres.open_pool(
            self._settings.postgres_url, SCHEMA, max_size=_CONNECTIONS, statement_timeout_ms=_STATEMENT_MS
        )
        self._files = open_files(
            segments.location, cache_folder=segments.cache_folder / "settle", cache_bytes=segments.cache_mib << 20
        )
        # For what is settled, and for what is rewritten at the same time.
        limits = DuckLimits(memory_mib=self._settings.memory_mib // 2, threads=2, spill=self._spill)
        self.settling = Settling(self._pool, self._files, limits)
        rewriting = Rewriting(self._pool, self._files, limits)
        self._merging = Merging(self._pool, rewriting, self._clock)
        self._jobs = Background(postgres.outage_of)
        # Nothing is to be converted but once, after an old installation became this one.
        conversion = Conversion(self._pool, self._files, limits)
        self._jobs.every("convert_old_clicks", _CONVERT_SECONDS, lambda: conversion.run(log_conversion))
        self._jobs.every("settle_clicks", _LOOK_SECONDS, self.settle_when_due)
        self._jobs.every("merge_segments", _MERGE_SECONDS, self.merge_all)
        sweeping = Sweeping(self._pool, self._files, self._clock)
        self._jobs.every("sweep_segments", _SWEEP_SECONDS, sweeping.sweep)
        self._jobs.every("watch_segments", _WATCH_SECONDS, self.watch_segments)
        self._old_clicks = OldClicks(self._pool, rewriting, Forgetting(self._pool, self._files, limits))
        if not self._settings.retention.is_for_ever:
            self._jobs.every("drop_old_clicks", _RETENTION_SECONDS, self.drop_old_clicks)

    async def stop(self) -> None:
        """End. What is under way is broken off, and begun anew next time."""
        await self._jobs.stop()
        await self._files.close()
        await self._pool.close()
        await asyncio.to_thread(shutil.rmtree, self._spill, ignore_errors=True)

    async def watch_segments(self) -> None:
        """Show how many segments there are, and how many of them have files that are not what was written."""
        async with self._pool.acquire() as connection:
            segments = await registry.live_segments(connection)
        metrics.SEGMENTS.set(len(segments))
        metrics.SEGMENT_BYTES.set(sum(file.bytes for segment in segments for file in segment.files.values()))
        found = await self._files.verify([file for segment in segments for file in segment.files.values()])
        # What was replaced meanwhile may be gone.
        async with self._pool.acquire() as connection:
            live = {segment.name for segment in await registry.live_segments(connection)}
        damages = [damage for damage in found if damage.name.partition("/")[0] in live]
        for damage in damages:
            _logger.error("segment_damaged", file=damage.name, what=damage.what)
        metrics.DAMAGED_SEGMENTS.set(len({damage.name.partition("/")[0] for damage in damages}))

    async def merge_all(self) -> None:
        """Merge what is due, one piece after another."""
        while await self._merging.merge_one():
            pass

    async def drop_old_clicks(self) -> None:
        """Drop what is too old, unless another program is at it."""
        dropped = await self._old_clicks.drop(self._settings.retention, self._clock.now())
        if dropped is None:
            _logger.info("old_clicks_left_to_another")
            return
        _logger.info(
            "old_clicks_dropped",
            months=[f"{month:%Y-%m}" for month in dropped.months],
            clicks=dropped.clicks,
            orphans=dropped.orphans,
            set_aside=dropped.set_aside,
        )

    async def settle_when_due(self) -> None:
        """Settle clicks when there are enough, or when some have waited for long."""
        rows, now = await self.settling.waiting(), self._clock.now()
        metrics.LANDING_CLICKS.set(rows)
        if not rows:
            self._waiting_since = None
            metrics.SETTLED_TIME.set(now.timestamp())
            return
        self._waiting_since = self._waiting_since or now
        if rows < _ENOUGH_ROWS and now - self._waiting_since < _LONGEST_WAIT:
            return
        is_more = True
        while is_more:
            with metrics.SETTLE_SECONDS.time():
                settled = await self.settling.settle()
            metrics.SETTLED_CLICKS.inc(settled.rows)
            metrics.SETTLED_TIME.set(self._clock.now().timestamp())
            _logger.info("clicks_settled", clicks=settled.rows, segments=settled.segments)
            is_more = settled.is_more
        self._waiting_since = None


def log_conversion(progress: Progress) -> None:
    """Write a line about how far converting clicks of an older version has come."""
    _logger.info(
        "clicks_converted" if progress.is_finished else "converting_clicks",
        part=progress.part,
        clicks=progress.clicks,
        parts_done=progress.parts_done,
        parts=progress.parts,
    )
