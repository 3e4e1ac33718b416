"""Record a click before its redirect leaves."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from services.redirect import convert, metrics
from services.redirect.convert import OrphanResponse
from services.redirect.domain.resolution import Finding, Resolution
from services.redirect.outbox.file import NewRow
from services.redirect.request_facts import RequestFacts


class ClickSink(Protocol):
    """What takes clicks: the outbox."""

    def append(self, row: NewRow) -> asyncio.Future[None]:
        """Append a click; the future is done once it is durable, or counted as dropped."""
        ...

    def append_at_once(self, row: NewRow, done: Callable[[], None]) -> None:
        """Append a click; done is called once it is durable, or counted as dropped."""
        ...


class Recorder:
    """Records followed links, and visits that found none to follow."""

    def __init__(self, sink: ClickSink) -> None:
        self._sink = sink

    async def record(self, resolution: Resolution, facts: RequestFacts, *, now: datetime, started: float) -> None:
        """Record a click, and return once it is durable or counted as dropped."""
        await self._sink.append(_row(resolution, facts, now, started))
        metrics.RESPONSE_SECONDS.observe(time.perf_counter() - started)

    def record_at_once(
        self, resolution: Resolution, facts: RequestFacts, *, now: datetime, started: float, done: Callable[[], None]
    ) -> None:
        """Record a click; done is called once it is durable, or counted as dropped."""

        def finish() -> None:
            done()
            metrics.RESPONSE_SECONDS.observe(time.perf_counter() - started)

        self._sink.append_at_once(_row(resolution, facts, now, started), finish)

    async def record_orphan(
        self, finding: Finding, response: OrphanResponse, facts: RequestFacts, *, now: datetime, started: float
    ) -> None:
        """Record a visit that followed no link, and return once it is durable or counted as dropped."""
        time_us = int(now.timestamp() * 1_000_000)
        latency = time.perf_counter() - started
        visit = convert.recorded_orphan(finding, response, facts, time_us=time_us, latency_us=int(latency * 1_000_000))
        await self._sink.append(NewRow(time_us, visit))


def _row(resolution: Resolution, facts: RequestFacts, now: datetime, started: float) -> NewRow:
    time_us = int(now.timestamp() * 1_000_000)
    latency_us = int((time.perf_counter() - started) * 1_000_000)
    return NewRow(time_us, convert.recorded_click(resolution, facts, time_us=time_us, latency_us=latency_us))
