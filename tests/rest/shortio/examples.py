"""Clicks that make the counts of Short.io's documentation.

What the examples leave open: 34 of the 42 clicks are bots', since the lists sum up to 8; the clicks from France are of
no known city; two of the 7 people of the second example have a browser that nobody knows.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2, ingest_service_pb2_grpc
from tests.support.mmdb import place, write_mmdb
from tests.support.system import System

ASHBURN, BOARDMAN, COLUMBUS, GERA, FRANCE, USA, INDIA = (
    *("198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"),
    *("198.51.100.5", "198.51.100.6", "202.83.57.227"),
)
PLACES = {
    ASHBURN: place("US", "Ashburn", 4744870),
    BOARDMAN: place("US", "Boardman", 5714964),
    COLUMBUS: place("US", "Columbus", 4509177),
    GERA: place("DE", "Gera", 2921232),
    FRANCE: place("FR"),
    USA: place("US"),
    INDIA: place("IN"),
}

_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/"
_CHROME = "537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
WINDOWS_CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/{_CHROME}"
WINDOWS_UNKNOWN = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC_CHROME = f"{_MAC}{_CHROME}"
MAC_SAFARI = f"{_MAC}605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15"
MAC_FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0"
MAC_UNKNOWN = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
LINUX_CHROME = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/{_CHROME}"
IPHONE_SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Mobile/15E148 Safari/604.1"
)
ANDROID_CHROME = (
    "Mozilla/5.0 (Linux; Android 10; HD1901) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/81.0.4044.138 Mobile Safari/537.36"
)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
AMP = (
    "https://blog-short-io.cdn.ampproject.org/v/s/blog.short.io/shortlinks-youtube/amp/"
    "?amp_js_v=a3&amp_gsa=1&usqp=mq331AQFKAGwASA%3D"
)

# The people of the first example: address and browser.
_FIRST = (
    *((ASHBURN, WINDOWS_CHROME), (ASHBURN, WINDOWS_CHROME), (BOARDMAN, WINDOWS_CHROME), (BOARDMAN, MAC_CHROME)),
    *((FRANCE, WINDOWS_CHROME), (FRANCE, WINDOWS_CHROME), (FRANCE, MAC_SAFARI), (GERA, MAC_FIREFOX)),
)
# Those of the second.
_SECOND = (
    *((ASHBURN, WINDOWS_CHROME), (ASHBURN, WINDOWS_CHROME), (COLUMBUS, MAC_CHROME), (BOARDMAN, LINUX_CHROME)),
    *((USA, IPHONE_SAFARI), (USA, WINDOWS_UNKNOWN), (GERA.replace(".4", ".7"), MAC_UNKNOWN)),
)
PLACES["198.51.100.7"] = place("DE")


def write_places(path: Path) -> Path:
    """Write the database that knows the addresses of the examples."""
    return write_mmdb(path, {f"{address}/32": known for address, known in PLACES.items()})


def first_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make 42 clicks, 8 of them people's: three on the first of two days."""
    start = datetime(2024, 9, 24, 9, tzinfo=UTC)
    for number, (address, agent) in enumerate(_FIRST):
        yield click(start + timedelta(minutes=number, days=number // 3 * 2), ip=address, user_agent=agent)
    for number in range(34):
        yield click(start + timedelta(days=2, hours=1, seconds=number), ip="198.51.100.200", user_agent=BOT)


def second_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make 21 clicks of a custom period, 7 of them people's and one from a tweet, and clicks around it."""
    start = datetime(2020, 4, 30, 12, 56, 53, tzinfo=UTC)
    for number, (address, agent) in enumerate(_SECOND):
        referrer = "https://t.co/xyz" if number == 0 else ""
        yield click(start + timedelta(hours=10 * number), ip=address, user_agent=agent, referrer=referrer)
    for number in range(14):
        yield click(start + timedelta(hours=number), ip="198.51.100.200", user_agent=BOT)
    for outside in (start - timedelta(milliseconds=1), start + timedelta(days=5)):
        yield click(outside, ip=ASHBURN, user_agent=WINDOWS_CHROME)


def stream_example() -> Iterator[clicks_pb2.RecordedClick]:
    """Make the click of the clickstream example, and others that its request leaves out."""
    time = datetime(2020, 5, 20, 6, 19, 12, tzinfo=UTC)
    yield click(time - timedelta(hours=1), user_agent=WINDOWS_CHROME)
    yield click(time - timedelta(hours=2), user_agent=BOT)
    yield click(time, ip=INDIA, user_agent=ANDROID_CHROME, referrer=AMP, destination="https://app.short.cm/login")


def click(time: datetime, **changes: object) -> clicks_pb2.RecordedClick:
    """Make a click of a link that ingest names."""
    made = clicks_pb2.RecordedClick(
        **{  # type: ignore[arg-type]
            "destination": "https://example.com/page",
            "http_status": 302,
            "method": "GET",
            "scheme": "https",
            "ip": "198.51.100.200",
            **changes,
        }
    )
    made.time.FromDatetime(time)
    return made


async def ingest(system: System, clicks: Iterable[clicks_pb2.RecordedClick], **link: object) -> None:
    """Bring clicks into analytics as an outbox does: link_id, owner_id, domain_id, domain and code are the link's."""
    rows = []
    for sequence, made in enumerate(sorted(clicks, key=lambda item: item.time.ToDatetime()), start=1):
        for name, value in link.items():
            setattr(made, name, value)
        rows.append(ingest_service_pb2.OutboxRow(sequence=sequence, click=made.SerializeToString()))
    request = ingest_service_pb2.IngestClicksRequest(source=str(uuid4()), rows=rows)
    async with system.channel("analytics") as channel:
        answer = await ingest_service_pb2_grpc.IngestServiceStub(channel).IngestClicks(request, timeout=60)
    assert answer.acknowledged_sequence == len(rows)
