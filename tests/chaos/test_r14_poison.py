"""R14: a poison click is set aside with its reason and counted; the rest of the batch is stored."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2
from tests.support.analytics import running_analytics
from tests.support.clicks import recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()

POISON: dict[str, clicks_pb2.RecordedClick | bytes] = {
    "not a message": b"\xff\xff\xff",
    "text that is no UTF-8": b"\x32\x02\xff\xfe",
    "a NUL in the user agent": recorded_click(NOW, user_agent="a\0b"),
    "a time before all": recorded_click(datetime(1900, 1, 1, tzinfo=UTC)),
    "a time far ahead": recorded_click(NOW + timedelta(days=400)),
    "a time beyond the calendar": clicks_pb2.RecordedClick(time=Timestamp(seconds=2**60), link_id=1, owner_id=1),
    "no link": recorded_click(NOW, owner_id=0),
    "a negative link": recorded_click(NOW, link_id=-5),
    "no status": recorded_click(NOW, http_status=0),
    "nothing at all": b"",
}
ODD: dict[str, clicks_pb2.RecordedClick] = {
    "a NUL in a campaign": recorded_click(NOW, query="utm_source=%00&utm_medium=%ed%a0%80"),
    "a megabyte of referrer": recorded_click(NOW, referrer="https://a.example/" + "é" * 500_000),
    "a megabyte of user agent": recorded_click(NOW, user_agent="x" * 1_000_000),
    "an address that is none": recorded_click(NOW, ip="1.2.3.4.5"),
    "a referrer that is none": recorded_click(NOW, referrer="http://[::1"),
    "a huge latency": recorded_click(NOW, latency_us=2**32 - 1),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
async def test_r14_poison_is_set_aside_and_the_rest_is_stored(
    analytics_database: str, clock: FakeClock, poison: clicks_pb2.RecordedClick | bytes
) -> None:
    """The outbox may delete the whole batch, and the ledger adds up."""
    source = uuid4()
    async with running_analytics(analytics_database, clock=clock) as analytics:
        good = recorded_click(NOW)
        assert await analytics.take(source, good, poison, good) == 3
        assert await analytics.take(source, good, poison, good) == 3
        ledger = await analytics.ledger()
        day = timedelta(days=1)
        assert await analytics.count(start=NOW - day, end=NOW + day) == 2
    assert (ledger.total.stored, ledger.total.set_aside, ledger.total.accepted) == (2, 1, 3)
    connection = await asyncpg.connect(analytics_database)
    try:
        (row,) = await connection.fetch("SELECT sequence, fault, content FROM analytics.set_aside_clicks")
    finally:
        await connection.close()
    assert (row["sequence"], bool(row["fault"])) == (2, True)
    assert row["content"] == (poison if isinstance(poison, bytes) else poison.SerializeToString())


async def test_r14_what_is_only_odd_is_stored(analytics_database: str, clock: FakeClock) -> None:
    """Strangers choose referrers and agents: none of that costs a click."""
    async with running_analytics(analytics_database, clock=clock) as analytics:
        assert await analytics.take(uuid4(), *ODD.values()) == len(ODD)
        ledger = await analytics.ledger()
    assert (ledger.total.stored, ledger.total.set_aside) == (len(ODD), 0)
