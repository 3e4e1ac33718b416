"""IngestService: stores batches of clicks that outboxes ship."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from linkmeter.analytics.v1 import ingest_service_pb2, ingest_service_pb2_grpc
from services.analytics import metrics
from services.analytics.convert.clicks import import_name_of, recorded_click_of, report_of, source_of
from services.analytics.domain.click import Fault, SetAside
from services.analytics.domain.enrich import Enricher
from services.analytics.domain.validation import fault_of
from services.analytics.store.clicks import Batch, ClickWriter, OutboxRow, Stored
from services.common.clock import Clock
from services.common.errors import InvalidArgument
from services.runtime import log
from services.runtime.interceptors import Context

MOST_ROWS: Final = 5_000
_LARGEST_SEQUENCE: Final = 2**63 - 1
_FAULTS: Final = frozenset(Fault)

_logger = log.get(__name__)


class IngestServicer(ingest_service_pb2_grpc.IngestServiceServicer):
    """Stores what outboxes ship."""

    def __init__(
        self,
        *,
        enricher: Enricher,
        writer: ClickWriter,
        import_writer: ClickWriter,
        clock: Clock,
        tell: Callable[[], None],
    ) -> None:
        """Take what is needed; tell is called after clicks were stored, and must neither wait nor fail."""
        self._enricher = enricher
        self._tell = tell
        self._writer = writer
        self._import_writer = import_writer
        self._clock = clock

    async def IngestClicks(
        self, request: ingest_service_pb2.IngestClicksRequest, context: Context
    ) -> ingest_service_pb2.IngestClicksResponse:
        """Store a batch, and return the sequence up to which the outbox may forget its clicks."""
        _ = context
        started = time.perf_counter()
        source, report, name = source_of(request.source), report_of(request.report), import_name_of(request)
        if len(request.rows) > MOST_ROWS:
            raise InvalidArgument("rows", f"at most {MOST_ROWS} rows are taken at once")
        now = self._clock.now()
        # In a thread: a full batch would keep the loop from answering anybody for a good while.
        rows = await asyncio.to_thread(self._rows, source, request.rows, now)
        writer = self._import_writer if name else self._writer
        stored = await writer.store(Batch(source=source, rows=rows, report=report, import_name=name), now)
        if stored.clicks:
            self._tell()
        metrics.INGEST_BATCH_ROWS.observe(len(rows))
        metrics.INGEST_SECONDS.observe(time.perf_counter() - started)
        _account(source, stored, self._clock.now(), is_import=bool(name))
        return ingest_service_pb2.IngestClicksResponse(acknowledged_sequence=stored.mark)

    def _rows(self, source: UUID, messages: Sequence[ingest_service_pb2.OutboxRow], now: datetime) -> list[OutboxRow]:
        """Read the rows in rising sequence; a sequence that comes twice counts once."""
        contents = {message.sequence: message for message in messages}
        if contents and not 0 < min(contents) <= max(contents) <= _LARGEST_SEQUENCE:
            raise InvalidArgument("rows.sequence", "must be a positive number of 63 bits")
        return [self._row(source, sequence, contents[sequence], now) for sequence in sorted(contents)]

    def _row(self, source: UUID, sequence: int, message: ingest_service_pb2.OutboxRow, now: datetime) -> OutboxRow:
        content = message.click
        if message.fault:
            told = Fault(message.fault) if message.fault in _FAULTS else Fault.BAD_VALUE
            return OutboxRow(sequence=sequence, content=content, outcome=SetAside(sequence, told, content))
        try:
            recorded = recorded_click_of(content)
        except ValueError:
            return OutboxRow(sequence=sequence, content=content, outcome=SetAside(sequence, Fault.UNDECODABLE, content))
        if fault := fault_of(recorded, now):
            return OutboxRow(sequence=sequence, content=content, outcome=SetAside(sequence, fault, content))
        return OutboxRow(sequence=sequence, content=content, outcome=self._enricher.enrich(source, sequence, recorded))


def _account(source: UUID, stored: Stored, now: datetime, *, is_import: bool) -> None:
    """Count what became of a batch, and log what an operator should look at.

    Clicks of an import are late by nature, and what is set aside of them is told to whoever imports.
    """
    metrics.CLICKS_STORED.inc(len(stored.clicks))
    if stored.clicks and not is_import:
        oldest = min(click.time for click in stored.clicks)
        metrics.LAG_SECONDS.observe(max(0.0, (now - oldest).total_seconds()))
    for row in stored.set_aside:
        metrics.CLICKS_SET_ASIDE.labels(row.fault).inc()
        if not is_import:
            _logger.warning("click_set_aside", source=source, sequence=row.sequence, fault=row.fault)
    if stored.missing:
        metrics.CLICKS_MISSING.inc(stored.missing)
        _logger.error("clicks_missing", source=source, count=stored.missing, up_to=stored.mark)
