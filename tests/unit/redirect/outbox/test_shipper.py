"""When clicks go to analytics, and in what batches."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from linkmeter.analytics.v1 import ingest_service_pb2
from services.common.clock import SystemClock
from services.redirect.outbox.file import NewRow, Row
from services.redirect.outbox.outbox import Outbox
from services.redirect.outbox.shipper import BATCH_ROWS, BUSY_ROWS, PIECE_ROWS, Shipper
from tests.support.wait import eventually

NEVER = 600.0


class Ingest:
    """Analytics as it is called; takes all, and does what a test wants meanwhile."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.sources: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def IngestClicks(  # noqa: N802 - named by the contract
        self,
        request: ingest_service_pb2.IngestClicksRequest,
        timeout: float,  # noqa: ASYNC109 - as stubs have it
    ) -> ingest_service_pb2.IngestClicksResponse:
        """Store a batch."""
        del timeout
        self.batches.append([row.sequence for row in request.rows])
        self.sources.append(request.source)
        self.meanwhile()
        mark = request.rows[-1].sequence if request.rows else 0
        return ingest_service_pb2.IngestClicksResponse(acknowledged_sequence=mark)


class WatchedOutbox(Outbox):
    """Remembers in what pieces it was read and emptied."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, max_bytes=10**9)
        self.read_rows: list[int] = []
        self.acknowledged: list[int] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def read(self, limit: int, max_bytes: int, after: int = 0) -> list[Row]:
        """Read, and remember."""
        rows = super().read(limit, max_bytes, after)
        self.read_rows.append(len(rows))
        return rows

    def acknowledge(self, sequence: int) -> None:
        """Delete, and remember."""
        super().acknowledge(sequence)
        self.acknowledged.append(sequence)
        self.meanwhile()

    def fill(self, clicks: int) -> None:
        """Append clicks without waiting."""
        for _ in range(clicks):
            self.append_at_once(NewRow(1, b"click"), lambda: None)


@asynccontextmanager
async def shipping(folder: Path, ingest: Ingest, *, clicks: int, **times: float) -> AsyncIterator[WatchedOutbox]:
    """Ship an outbox that has clicks already; by default they gather for a moment, and busy ones not any longer."""
    outbox = WatchedOutbox(folder)
    outbox.open()
    outbox.fill(clicks)
    settings: dict[str, Any] = {"gather_seconds": 0.01, "busy_seconds": 0.0, "report_seconds": NEVER} | times
    shipper = Shipper(
        outbox=outbox,
        directory=folder,
        ingest=ingest,  # type: ignore[arg-type] # the one call that is made of it
        clock=SystemClock(),
        orphan_seconds=NEVER,
        **settings,
    )
    shipper.start()
    yield outbox
    await shipper.stop(0)
    outbox.close()


async def test_what_waits_goes_in_full_batches_read_and_deleted_in_pieces(tmp_path: Path) -> None:
    """All of it, in order; between the pieces visitors have their turn."""
    ingest = Ingest()
    async with shipping(tmp_path, ingest, clicks=BATCH_ROWS + PIECE_ROWS + 1) as outbox:
        await eventually(lambda: outbox.pending_rows == 0 and outbox.last_sequence > 0)
        assert [len(batch) for batch in ingest.batches] == [BATCH_ROWS, PIECE_ROWS + 1]
        assert [sequence for batch in ingest.batches for sequence in batch] == list(range(1, outbox.last_sequence + 1))
        assert outbox.read_rows == [PIECE_ROWS] * (BATCH_ROWS // PIECE_ROWS) + [PIECE_ROWS, 1]
        assert outbox.acknowledged[:2] == [PIECE_ROWS, 2 * PIECE_ROWS]
        assert outbox.acknowledged[-3:] == [BATCH_ROWS, BATCH_ROWS + PIECE_ROWS, BATCH_ROWS + PIECE_ROWS + 1]


async def test_what_comes_while_a_batch_is_under_way_gathers_for_the_next(tmp_path: Path) -> None:
    """Shipped at once, a click that comes meanwhile would have a call of its own, and so would the one after it."""
    ingest = Ingest()
    async with shipping(tmp_path, ingest, clicks=1, gather_seconds=0.3) as outbox:
        ingest.meanwhile = lambda: outbox.fill(1)
        await eventually(lambda: len(ingest.batches) == 1, every=0)
        ingest.meanwhile = lambda: None
        await eventually(lambda: outbox.last_sequence == 2 and outbox.pending_rows == 1, every=0)
        outbox.fill(9)
        await eventually(lambda: outbox.pending_rows == 0)
        assert [len(batch) for batch in ingest.batches] == [1, 10]


async def test_many_clicks_wait_for_a_full_batch(tmp_path: Path) -> None:
    """And go as soon as it is full."""
    ingest = Ingest()
    async with shipping(tmp_path, ingest, clicks=BUSY_ROWS, busy_seconds=NEVER) as outbox:
        # Ten times as long as few would wait.
        await asyncio.sleep(0.1)
        assert ingest.batches == []
        outbox.fill(BATCH_ROWS - BUSY_ROWS)
        await eventually(lambda: [len(batch) for batch in ingest.batches] == [BATCH_ROWS])


@pytest.mark.parametrize(("clicks", "busy_seconds"), [(BUSY_ROWS - 1, NEVER), (BUSY_ROWS, 0.05)])
async def test_few_clicks_do_not_wait_and_many_only_so_long(tmp_path: Path, clicks: int, busy_seconds: float) -> None:
    """R11: statistics show them soon."""
    ingest = Ingest()
    async with shipping(tmp_path, ingest, clicks=clicks, busy_seconds=busy_seconds):
        await eventually(lambda: [len(batch) for batch in ingest.batches] == [clicks])


async def test_a_new_outbox_that_takes_over_meanwhile_loses_nothing(tmp_path: Path) -> None:
    """R1: its sequences begin anew, and what was acknowledged of the old one deletes none of its clicks."""
    ingest = Ingest()
    async with shipping(tmp_path, ingest, clicks=3 * PIECE_ROWS) as outbox:

        def take_over() -> None:
            outbox.meanwhile = lambda: None
            outbox.start_anew()
            outbox.fill(2)

        outbox.meanwhile = take_over
        await eventually(lambda: [len(batch) for batch in ingest.batches] == [3 * PIECE_ROWS, 2])
        assert ingest.batches[1] == [1, 2]
        assert len(set(ingest.sources)) == 2
        await eventually(lambda: outbox.pending_rows == 0)
