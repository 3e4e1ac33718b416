"""Ship clicks from outboxes to analytics, in order, one batch of each source under way at a time."""

import asyncio
import contextlib
import random
import sqlite3
from pathlib import Path
from typing import Final, Protocol

from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import ingest_service_pb2, ingest_service_pb2_grpc
from services.common import clock, errors
from services.redirect import metrics
from services.redirect.outbox import folder
from services.redirect.outbox.file import OutboxFile, Row
from services.redirect.outbox.outbox import Outbox
from services.runtime import log
from services.runtime.background import Background

BATCH_ROWS: Final = 1000
# Half of what a server takes in one message by default.
BATCH_BYTES: Final = 2 * 1024 * 1024
# Clicks gather this long before they go; short enough to be seen in statistics at once.
GATHER_SECONDS: Final = 0.2
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

    def read(self, limit: int, max_bytes: int) -> list[Row]:
        """Read the oldest rows."""
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
        report_seconds: float = REPORT_SECONDS,
        orphan_seconds: float = ORPHAN_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._directory = directory
        self._ingest = ingest
        self._clock = clock
        self._gather_seconds = gather_seconds
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
        with contextlib.suppress(TimeoutError, errors.LinkmeterError, sqlite3.Error):
            async with asyncio.timeout(seconds):
                while await self._ship_batch(self._outbox):
                    pass

    async def _ship_own(self) -> None:
        has_new = await self._wait_for_clicks()
        if has_new:
            await asyncio.sleep(self._gather_seconds)
        self._outbox.arrived.clear()
        self._outbox.save_dropped()
        await self._ship_all(self._outbox)

    async def _wait_for_clicks(self) -> bool:
        try:
            async with asyncio.timeout(self._report_seconds):
                return await self._outbox.arrived.wait()
        except TimeoutError:
            return False

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
        """Ship until nothing is left, however long analytics is away."""
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
        """Ship one batch and the report, and return whether more waits; raise LinkmeterError when analytics fails."""
        if not source.source:
            return False
        rows = source.read(BATCH_ROWS, BATCH_BYTES)
        request = ingest_service_pb2.IngestClicksRequest(
            source=source.source,
            rows=[ingest_service_pb2.OutboxRow(sequence=row.sequence, click=row.click) for row in rows],
            report=_report(source),
        )
        response = await self._ingest.IngestClicks(request, timeout=CALL_SECONDS)
        if request.source != source.source:
            return True
        return self._settle(source, rows, response.acknowledged_sequence)

    def _settle(self, source: Source, rows: list[Row], acknowledged: int) -> bool:
        if acknowledged > source.last_sequence:
            # The file is older than what analytics has of it, as after restoring a backup: its sequences were used.
            _logger.error("outbox_behind_analytics", source=source.source, acknowledged=acknowledged)
            if isinstance(source, Outbox):
                source.start_anew()
                return True
        if not rows:
            return False
        if acknowledged < rows[-1].sequence:
            raise errors.Unavailable("analytics acknowledged less than the batch")
        source.acknowledge(rows[-1].sequence)
        metrics.SHIPPED.inc(len(rows))
        metrics.SHIP_LAG.set(max(0.0, self._clock.now().timestamp() - rows[0].time_us / 1e6))
        return source.last_sequence > rows[-1].sequence


def _report(source: Source) -> ingest_service_pb2.OutboxReport:
    oldest = source.oldest_time_us
    return ingest_service_pb2.OutboxReport(
        last_sequence=source.last_sequence,
        dropped=source.dropped,
        oldest_pending_time=(
            Timestamp(seconds=oldest // 1_000_000, nanos=oldest % 1_000_000 * 1000) if oldest else None
        ),
    )
