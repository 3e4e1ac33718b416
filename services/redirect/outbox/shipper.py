"""Ship clicks from outboxes to analytics, in order, one batch of each source under way at a time."""

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import ingest_service_pb2, ingest_service_pb2_grpc
from services.common import clock, errors
from services.redirect import metrics
from services.redirect.outbox import folder
from services.redirect.outbox.file import ROW_OVERHEAD, OutboxFile, Row
from services.redirect.outbox.outbox import Outbox
from services.runtime import log
from services.runtime.background import Background

BATCH_ROWS: Final = 1000
# Half of what a server takes in one message by default.
BATCH_BYTES: Final = 2 * 1024 * 1024
# Read from the outbox, or deleted there, in one go: visitors get their turn in between.
PIECE_ROWS: Final = 125
# Clicks gather this long before they go; short enough to be seen in statistics at once.
GATHER_SECONDS: Final = 0.2
# When so many have gathered by then, the batch waits until it is full, at most so long: a call costs analytics and
# PostgreSQL as much as 50 clicks, whatever it carries, and has to leave the most of R11's five seconds to them.
BUSY_ROWS: Final = 100
BUSY_SECONDS: Final = 1.0
REPORT_SECONDS: Final = 5.0
ORPHAN_SECONDS: Final = 5.0
CALL_SECONDS: Final = 10.0
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0

_logger = log.get(__name__)


class Source(Protocol):
    """What can be shipped: the outbox in use, or the file of a dead worker."""

    @property
    def source(self) -> str:
        """The UUID of the outbox."""
        ...

    @property
    def last_sequence(self) -> int:
        """The highest sequence given so far."""
        ...

    @property
    def oldest_time_us(self) -> int:
        """The time of the oldest row; 0 when there is none."""
        ...

    @property
    def dropped(self) -> dict[str, int]:
        """Clicks that could not be recorded, by reason."""
        ...

    def read(self, limit: int, max_bytes: int, after: int = 0) -> list[Row]:
        """Read the oldest rows whose sequence is greater than after."""
        ...

    def acknowledge(self, sequence: int) -> None:
        """Delete all rows up to a sequence."""
        ...


class Shipper:
    """Ships the outbox of this worker, and those that nobody holds any more."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        directory: Path,
        ingest: "ingest_service_pb2_grpc.IngestServiceAsyncStub",
        clock: clock.Clock,
        gather_seconds: float = GATHER_SECONDS,
        busy_seconds: float = BUSY_SECONDS,
        report_seconds: float = REPORT_SECONDS,
        orphan_seconds: float = ORPHAN_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._directory = directory
        self._ingest = ingest
        self._clock = clock
        self._gather_seconds = gather_seconds
        self._busy_seconds = busy_seconds
        self._report_seconds = report_seconds
        self._orphan_seconds = orphan_seconds
        self._background = Background()

    def start(self) -> None:
        """Start to ship in the background."""
        self._background.every("ship_own", 0, self._ship_own)
        self._background.every("ship_orphans", self._orphan_seconds, self._ship_orphans)

    async def stop(self, seconds: float) -> None:
        """Stop, after trying for so many seconds to ship the last clicks; what stays is shipped by the next worker."""
        await self._background.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ship_all(self._outbox)

    async def _ship_own(self) -> None:
        has_new = await self._wait_for_clicks()
        if has_new:
            await self._gather()
        self._outbox.arrived.clear()
        self._outbox.save_dropped()
        await self._ship_all(self._outbox)

    async def _wait_for_clicks(self) -> bool:
        try:
            async with asyncio.timeout(self._report_seconds):
                return await self._outbox.arrived.wait()
        except TimeoutError:
            return False

    async def _gather(self) -> None:
        """Let clicks come together in a batch: few of them shortly, many until it is full."""
        await asyncio.sleep(self._gather_seconds)
        waited = self._gather_seconds
        while BUSY_ROWS <= self._outbox.pending_rows < BATCH_ROWS and waited < self._busy_seconds:
            await asyncio.sleep(self._gather_seconds)
            waited += self._gather_seconds

    async def _ship_orphans(self) -> None:
        # Listing and locking are a few system calls; there is rarely any file.
        with contextlib.suppress(OSError):
            for hold in folder.unheld(self._directory):
                await self._ship_orphan(hold)

    async def _ship_orphan(self, hold: folder.Hold) -> None:
        try:
            # In a thread, because measuring what hours of an outage left takes a while.
            orphan = await asyncio.to_thread(OutboxFile, hold.path)
        except sqlite3.OperationalError:
            hold.release()
            return
        except sqlite3.DatabaseError as problem:
            _logger.failure("outbox_damaged", problem, source=hold.path.stem)
            hold.set_aside()
            return
        _logger.info("orphan_adopted", source=orphan.source, pending=orphan.pending_rows)
        metrics.ORPHANS.inc()
        is_done = False
        try:
            await self._ship_all(orphan)
            # The last report says that nothing is left.
            await self._ship_all(orphan)
            is_done = True
        finally:
            metrics.ORPHANS.dec()
            orphan.close()
            if is_done:
                hold.remove()
            else:
                hold.release()

    async def _ship_all(self, source: Source) -> None:
        """Ship all that waits, however long analytics is away.

        What comes while the last batch is under way gathers for the next time: shipped at once, batches would be as
        small as calls are quick.
        """
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                if not await self._ship_batch(source):
                    return
                pause = FIRST_PAUSE_SECONDS
            except (errors.LinkmeterError, sqlite3.Error) as problem:
                metrics.SHIP_FAILURES.labels(type(problem).__name__).inc()
                if pause == LONGEST_PAUSE_SECONDS:
                    _logger.warning("ship_failed", error=type(problem).__name__)
                await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads retries, guards nothing
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _ship_batch(self, source: Source) -> bool:
        """Ship one batch and the report, and return whether more waited; raise LinkmeterError when analytics fails."""
        name, last_sequence = source.source, source.last_sequence
        if not name:
            return False
        request = ingest_service_pb2.IngestClicksRequest(source=name)
        rows = await _read_batch(source, request)
        request.report.CopyFrom(_report(source))
        if source.source != name:
            return True
        response = await self._ingest.IngestClicks(request, timeout=CALL_SECONDS)
        if source.source != name:
            return True
        if self._is_behind(source, response.acknowledged_sequence):
            return True
        if not rows:
            return False
        if response.acknowledged_sequence < rows[-1].sequence:
            raise errors.Unavailable("analytics acknowledged less than the batch")
        await self._forget(source, rows)
        return last_sequence > rows[-1].sequence

    def _is_behind(self, source: Source, acknowledged: int) -> bool:
        """Return whether to go on with a new outbox, because this one gives sequences that analytics has clicks of."""
        if acknowledged <= source.last_sequence:
            return False
        # The file is older than what analytics has of it, as after restoring a backup: its sequences were used.
        _logger.error("outbox_behind_analytics", source=source.source, acknowledged=acknowledged)
        if isinstance(source, Outbox):
            source.start_anew()
            return True
        return False

    async def _forget(self, source: Source, rows: Sequence[Row]) -> None:
        """Delete what analytics has."""
        name = source.source
        for end in range(PIECE_ROWS, len(rows) + PIECE_ROWS, PIECE_ROWS):
            # A new outbox has sequences of its own.
            if source.source == name:
                source.acknowledge(rows[min(end, len(rows)) - 1].sequence)
                await asyncio.sleep(0)
        metrics.SHIPPED.inc(len(rows))
        metrics.SHIP_LAG.set(max(0.0, self._clock.now().timestamp() - rows[0].time_us / 1e6))


async def _read_batch(source: Source, request: ingest_service_pb2.IngestClicksRequest) -> list[Row]:
    """Add the oldest rows to a request, as many as a batch may have, and return them."""
    rows: list[Row] = []
    room = BATCH_BYTES
    while len(rows) < BATCH_ROWS and room > 0 and source.source == request.source:
        piece = source.read(PIECE_ROWS, room, rows[-1].sequence if rows else 0)
        for row in piece:
            request.rows.add(sequence=row.sequence, click=row.click)
            room -= len(row.click) + ROW_OVERHEAD
        rows += piece
        if len(piece) < PIECE_ROWS:
            break
        await asyncio.sleep(0)
    return rows


def _report(source: Source) -> ingest_service_pb2.OutboxReport:
    oldest = source.oldest_time_us
    return ingest_service_pb2.OutboxReport(
        last_sequence=source.last_sequence,
        dropped=source.dropped,
        oldest_pending_time=(
            Timestamp(seconds=oldest // 1_000_000, nanos=oldest % 1_000_000 * 1000) if oldest else None
        ),
    )
