"""R16: messages of the version after are understood by the one before: what is new is passed over or passed on."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from google.protobuf.message import Message

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2
from linkmeter.links.v1 import link_service_pb2, link_service_pb2_grpc, links_pb2, resolution_service_pb2
from services.redirect.outbox.file import NewRow, OutboxFile
from tests.support.analytics import running_analytics
from tests.support.clicks import recorded_click
from tests.support.system import System
from tests.support.traffic import create_links, recorded
from tests.support.wait import eventually

# Field 15000 with a text, and field 15001 with a number: nothing that we know.
LATER = b"\xc2\xa9\x07\x05later" + b"\xc8\xa9\x07\x2a"


def later(message: Message) -> bytes:
    """Write a message as a later version might: with fields that we do not know."""
    return message.SerializeToString() + LATER


@pytest.mark.parametrize(
    "kind",
    [clicks_pb2.RecordedClick, resolution_service_pb2.Resolution, links_pb2.Caller, ingest_service_pb2.OutboxReport],
)
def test_r16_what_is_not_known_is_kept(kind: type[Message]) -> None:
    """Who reads a message and writes it again loses nothing of it."""
    assert kind.FromString(LATER).SerializeToString() == LATER


async def test_r16_clicks_of_a_later_redirect_are_stored(analytics_database: str) -> None:
    """With unknown fields in the click, its row, the report and the call: stored, not set aside."""
    now = datetime.now(UTC)
    request = ingest_service_pb2.IngestClicksRequest.FromString(
        ingest_service_pb2.IngestClicksRequest(
            source=str(uuid4()),
            rows=[
                ingest_service_pb2.OutboxRow.FromString(
                    later(ingest_service_pb2.OutboxRow(sequence=1, click=later(recorded_click(now))))
                )
            ],
            report=ingest_service_pb2.OutboxReport.FromString(later(ingest_service_pb2.OutboxReport(last_sequence=1))),
        ).SerializeToString()
        + LATER
    )
    async with running_analytics(analytics_database) as analytics:
        assert (await analytics.ingest.IngestClicks(request)).acknowledged_sequence == 1
        (entry,) = (await analytics.ledger()).entries
    assert (entry.stored, entry.set_aside, entry.pending) == (1, 0, 0)


async def test_r16_clicks_of_an_earlier_redirect_are_stored(analytics_database: str) -> None:
    """What a click has to have has not grown since the first version."""
    needed = clicks_pb2.RecordedClick(
        time=recorded_click(datetime.now(UTC)).time, link_id=1, owner_id=1, http_status=302
    )
    async with running_analytics(analytics_database) as analytics:
        assert await analytics.take(uuid4(), needed) == 1
        (entry,) = (await analytics.ledger()).entries
    assert (entry.stored, entry.set_aside) == (1, 0)


def test_r16_an_outbox_of_a_later_redirect_is_used(tmp_path: Path) -> None:
    """A roll-back: its file has a column and a table more, and goes on with the next sequence."""
    path = tmp_path / f"{uuid4()}.outbox"
    _outbox_of_later_version(path, [b"one"])
    with closing(OutboxFile(path)) as file:
        file.append([NewRow(1, b"two")], {"disk_full": 1})
        assert [(row.sequence, row.click) for row in file.read(10, 1000)] == [(1, b"one"), (2, b"two")]
        file.acknowledge(2)
        assert (file.pending_rows, file.last_sequence, file.dropped) == (0, 2, {"disk_full": 1})


def _outbox_of_later_version(path: Path, clicks: list[bytes]) -> None:
    OutboxFile(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE clicks ADD COLUMN added_later TEXT NOT NULL DEFAULT ''")
        connection.execute("CREATE TABLE later (name TEXT)")
        connection.executemany(
            "INSERT INTO clicks (time_us, click, added_later) VALUES (1, ?, 'later')", [(click,) for click in clicks]
        )


async def test_r16_what_a_later_redirect_left_is_shipped_as_it_is(system: System) -> None:
    """From its outbox to the statistics, through programs that know less."""
    ((code, link_id),) = (await create_links(system, 1)).items()
    async with system.client() as client:
        link = (await client.get(f"/v1/links/{link_id}")).raise_for_status().json()
    click = recorded_click(
        datetime.now(UTC), link_id=link_id, owner_id=int(link["ownerId"]), code=code, query="utm_content=later"
    )
    scratch = system.folder.path / f"{uuid4()}.outbox"
    _outbox_of_later_version(scratch, [later(click)])
    target = system.folder.outbox / scratch.name
    scratch.rename(target)
    await eventually(lambda: _is_recorded(system, link_id), every=0.2, what="the click arrives")


async def _is_recorded(system: System, link_id: int) -> bool:
    return set(await recorded(system, [link_id])) == {"later"}


async def test_r16_what_later_links_write_into_redis_is_followed(system: System) -> None:
    """A copy of a link with unknown fields leads where it says."""
    ((code, _),) = (await create_links(system, 1)).items()
    with redis.Redis.from_url(system.stack.redis_url) as client:
        (key,) = client.scan_iter(match=f"lm:resolution:*/{code}", count=1000)
        copy = resolution_service_pb2.Resolution.FromString(client.get(key) or b"")
        copy.destination = "https://example.com/from-redis"
        client.set(key, later(copy), ex=60)
    async with system.client(api_key="") as visitor:
        assert (await visitor.get(f"/{code}")).headers["location"] == "https://example.com/from-redis"


async def test_r16_a_caller_of_a_later_version_is_understood(system: System) -> None:
    """Fields and scopes that are not known give nothing and take nothing."""
    (link_id,) = (await create_links(system, 1)).values()
    caller = links_pb2.Caller(owner_id=2, scopes=["links:read", "later:scope"])
    async with system.channel("links") as channel:
        stub: link_service_pb2_grpc.LinkServiceAsyncStub = link_service_pb2_grpc.LinkServiceStub(channel)
        metadata = (("x-linkmeter-caller-bin", later(caller)),)
        link = await stub.GetLink(link_service_pb2.GetLinkRequest(link_id=link_id), metadata=metadata)
    assert link.link_id == link_id
