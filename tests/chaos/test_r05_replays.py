"""R5 from the outside: a whole outbox that was shipped is shipped again, to two replicas at once."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from deploy.local.process import Command, Process
from linkmeter.analytics.v1 import ingest_service_pb2, ingest_service_pb2_grpc
from services.redirect.outbox.file import OutboxFile, Row
from services.runtime.addresses import unix
from services.runtime.rpc_client import open_channel
from tests.support.chaos import assert_exact, more_answers
from tests.support.system import System
from tests.support.traffic import create_links, visitors

pytestmark = pytest.mark.chaos_long

_LARGEST_BATCH = 200


def saved_outbox(folder: Path, copy: Path) -> tuple[str, list[Row]]:
    """Copy the only outbox with its log, and read it as a backup would be."""
    (original,) = folder.glob("*.outbox")
    copy.mkdir()
    for path in folder.glob(f"{original.name}*"):
        shutil.copy(path, copy)
    file = OutboxFile(copy / original.name)
    rows = file.read(100_000, 1 << 30)
    file.close()
    return original.stem, rows


async def test_r05_a_replayed_outbox_and_a_second_replica_change_no_count(own_system: System, tmp_path: Path) -> None:
    """Batches of other sizes, several times, at random replicas, while new clicks come in."""
    links = await create_links(own_system, 3)
    async with visitors(own_system, list(links)) as traffic:
        await more_answers(traffic)
        own_system.kill("analytics")
        await more_answers(traffic, 600)
        source, rows = saved_outbox(own_system.folder.outbox, tmp_path / "copy")
        second = unix(own_system.folder.sockets / "analytics-2")
        replica = _replica(own_system, second)
        own_system.start("analytics")
        try:
            await own_system.ready("analytics")
            await more_answers(traffic)
            await _replay(source, rows, [own_system.stack.addresses.analytics, second])
            await more_answers(traffic)
        finally:
            await asyncio.to_thread(replica.stop)
    assert len(rows) >= 600
    await assert_exact(own_system, traffic, list(links.values()))


def _replica(system: System, address: str) -> Process:
    command = system.stack.parts["analytics"].command
    environment = {**(command.environment or {}), "LINKMETER_LISTEN": address, "LINKMETER_METRICS_LISTEN": ""}
    again = Command(name="analytics-2", arguments=command.arguments, environment=environment)
    return Process(again, system.folder.logs)


async def _replay(source: str, rows: list[Row], addresses: list[str]) -> None:
    """Send the rows in order, as an outbox does that was restored from a backup, each batch to both replicas."""
    choose = random.Random(5)
    channels = [open_channel(address, deadline_seconds=20) for address in addresses]
    stubs: list[ingest_service_pb2_grpc.IngestServiceAsyncStub] = [
        ingest_service_pb2_grpc.IngestServiceStub(channel) for channel in channels
    ]
    for channel in channels:
        await channel.channel_ready()
    first = 0
    while first < len(rows):
        part = rows[first : first + choose.randint(1, _LARGEST_BATCH)]
        messages = [ingest_service_pb2.OutboxRow(sequence=row.sequence, click=row.click) for row in part]
        report = ingest_service_pb2.OutboxReport(last_sequence=part[-1].sequence)
        request = ingest_service_pb2.IngestClicksRequest(source=source, rows=messages, report=report)
        answers = await asyncio.gather(*(stub.IngestClicks(request) for stub in [*stubs, choose.choice(stubs)]))
        assert min(answer.acknowledged_sequence for answer in answers) >= part[-1].sequence
        first += len(part)
    for channel in channels:
        await channel.close()
