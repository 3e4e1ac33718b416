"""Clicks that make the figures of shtr's documentation.

Where its example contradicts itself, the figures that fit each other were taken:
* 42 clicks in all, but its days sum up to 25: the other 17 fall on a third day.
* 20 Windows and 15 macOS need 35 desktops, but there are 30: so 10 are macOS, the 12 mobiles Android and iOS.
* Its countries sum up to 35: the other 7 clicks come from addresses that are nowhere, and what is unknown is left out.
* 15 from Twitter stand before 27 direct ones, though the list is called top: most clicks come first here.
* Its click of 192.168.1.1 is from New York; a private address is nowhere, so the click comes from one that is there.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2, ingest_service_pb2_grpc
from services.common.caller import ANONYMOUS_OWNER_ID
from tests.support.system import System

WINDOWS_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
MAC_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Safari/605.1.15"
)
ANDROID_CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
)
IPHONE_SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Mobile/15E148 Safari/604.1"
)
NEW_YORK = "128.59.0.1"
TWEET = "https://twitter.com/someone/status/1"

_AGENTS = [WINDOWS_CHROME] * 20 + [MAC_SAFARI] * 10 + [ANDROID_CHROME] * 8 + [IPHONE_SAFARI] * 4
_DAYS = [15] * 10 + [16] * 15 + [17] * 17
_REFERRERS = [TWEET] * 15 + [""] * 27
# 25 in the USA, 10 in Germany, 7 nowhere; 38 different visitors, because one comes twice and one four times.
_ADDRESSES = [
    *(f"128.59.0.{number}" for number in range(1, 26)),
    *(f"141.20.1.{number}" for number in range(1, 11)),
    *("192.168.1.1", "192.168.1.2", "192.168.1.2", *["192.168.1.3"] * 4),
]


def clicks_of_stats_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make the 42 clicks of the statistics example, oldest first."""
    for number, day in enumerate(_DAYS):
        time = datetime(2024, 1, day, 12, number, tzinfo=UTC)
        yield _click(time, _ADDRESSES[number], _AGENTS[number], _REFERRERS[number])


def clicks_of_clicks_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make 42 clicks whose newest is the one of the clicks example, oldest first."""
    newest = datetime(2024, 1, 15, 14, 30, tzinfo=UTC)
    for age in range(41, 0, -1):
        yield _click(newest - timedelta(minutes=age), f"192.168.1.{age}", MAC_SAFARI, "")
    yield _click(newest, NEW_YORK, WINDOWS_CHROME, TWEET)


async def ingest(system: System, link_id: int, code: str, clicks: Iterable[clicks_pb2.RecordedClick]) -> None:
    """Bring clicks of a link into analytics as an outbox does."""
    rows = []
    for sequence, click in enumerate(clicks, start=1):
        click.link_id, click.code = link_id, code
        rows.append(ingest_service_pb2.OutboxRow(sequence=sequence, click=click.SerializeToString()))
    request = ingest_service_pb2.IngestClicksRequest(source=str(uuid4()), rows=rows)
    async with system.channel("analytics") as channel:
        answer = await ingest_service_pb2_grpc.IngestServiceStub(channel).IngestClicks(request, timeout=60)
    assert answer.acknowledged_sequence == len(rows)


def _click(time: datetime, ip: str, user_agent: str, referrer: str) -> clicks_pb2.RecordedClick:
    click = clicks_pb2.RecordedClick(
        owner_id=ANONYMOUS_OWNER_ID,
        domain_id=1,
        domain="localhost",
        destination="https://example.com/page",
        http_status=302,
        method="GET",
        scheme="https",
        ip=ip,
        user_agent=user_agent,
        referrer=referrer,
    )
    click.time.FromDatetime(time)
    return click
