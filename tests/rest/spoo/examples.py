"""Clicks that make the numbers of spoo.me's documentation."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2, ingest_service_pb2_grpc
from tests.support.mmdb import place, write_mmdb
from tests.support.system import System

NEW_YORK, BOSTON, COLUMBUS_OHIO, COLUMBUS_GEORGIA, BERLIN, LONDON, TORONTO = (
    f"198.51.100.{number}" for number in range(1, 8)
)
NOWHERE = "198.51.100.200"
PLACES = {
    NEW_YORK: place("US", "New York", 5128581),
    BOSTON: place("US", "Boston", 4930956),
    COLUMBUS_OHIO: place("US", "Columbus", 4509177),
    COLUMBUS_GEORGIA: place("US", "Columbus", 4188985),
    BERLIN: place("DE", "Berlin", 2950159),
    LONDON: place("GB", "London", 2643743),
    TORONTO: place("CA", "Toronto", 6167865),
}

_CHROME = "537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
WINDOWS_CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/{_CHROME}"
LINUX_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"
MAC_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Safari/605.1.15"
)
IPHONE_SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Mobile/15E148 Safari/604.1"
)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


def write_places(path: Path) -> Path:
    """Write the database that knows the addresses of the examples."""
    return write_mmdb(path, {f"{address}/32": known for address, known in PLACES.items()})


def stats_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make the four clicks of the example of /stats: one on the first day, three of two visitors on the second.

    One of them is from nowhere; together they took 29 ms. Around the period there are more.
    """
    second_day = FIRST_DAY + timedelta(days=1)
    first = FIRST_DAY + timedelta(hours=9, minutes=12, seconds=44, milliseconds=120)
    last = second_day + timedelta(hours=20, minutes=1, seconds=2, milliseconds=3)
    yield click(first, ip=NEW_YORK, latency_us=7000)
    yield click(second_day + timedelta(hours=3), ip=BOSTON, latency_us=7000)
    yield click(second_day + timedelta(hours=4), ip=BOSTON, latency_us=7500)
    yield click(last, ip=NOWHERE, latency_us=7500)
    yield click(FIRST_DAY - timedelta(microseconds=1), ip=LONDON, latency_us=99_000)
    yield click(FIRST_DAY + timedelta(days=2, microseconds=1), ip=LONDON, latency_us=99_000)


def filter_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make twelve clicks for the documentation's filters: of several browsers, systems, places and referrers."""
    rows = [
        (NEW_YORK, WINDOWS_CHROME, "https://www.google.com/search?q=x"),
        (NEW_YORK, WINDOWS_CHROME, "https://news.google.com/"),
        (TORONTO, WINDOWS_CHROME, "https://twitter.com/a/status/1"),
        (TORONTO, LINUX_FIREFOX, "https://twitter.com/a"),
        (LONDON, LINUX_FIREFOX, ""),
        (BERLIN, MAC_SAFARI, ""),
        (BERLIN, MAC_SAFARI, "https://bbc.co.uk/news"),
        (COLUMBUS_OHIO, IPHONE_SAFARI, "https://www.bbc.co.uk/"),
        (COLUMBUS_GEORGIA, IPHONE_SAFARI, ""),
        (NOWHERE, "", ""),
        (NOWHERE, BOT, ""),
        # The same visitor in both towns of that name, and from both hosts of one site.
        (COLUMBUS_OHIO, IPHONE_SAFARI, "https://bbc.co.uk/sport"),
    ]
    for number, (ip, agent, referrer) in enumerate(rows):
        yield click(FIRST_DAY + timedelta(hours=number), ip=ip, user_agent=agent, referrer=referrer)


def click(time: datetime, **changes: object) -> clicks_pb2.RecordedClick:
    """Make a click of a link that ingest names."""
    made = clicks_pb2.RecordedClick(
        **{  # type: ignore[arg-type]
            "destination": "https://example.com/page",
            "http_status": 302,
            "method": "GET",
            "scheme": "https",
            "ip": NOWHERE,
            "user_agent": WINDOWS_CHROME,
            "domain": "localhost",
            "domain_id": 1,
            **changes,
        }
    )
    made.time.FromDatetime(time)
    return made


async def ingest(system: System, clicks: Iterable[clicks_pb2.RecordedClick], **link: object) -> None:
    """Bring clicks into analytics as an outbox does: link_id, owner_id and code are the link's."""
    rows = []
    for sequence, made in enumerate(sorted(clicks, key=lambda item: item.time.ToDatetime()), start=1):
        for name, value in link.items():
            setattr(made, name, value)
        rows.append(ingest_service_pb2.OutboxRow(sequence=sequence, click=made.SerializeToString()))
    request = ingest_service_pb2.IngestClicksRequest(source=str(uuid4()), rows=rows)
    async with system.channel("analytics") as channel:
        answer = await ingest_service_pb2_grpc.IngestServiceStub(channel).IngestClicks(request, timeout=60)
    assert answer.acknowledged_sequence == len(rows)
