"""Clicks for tests: recorded ones as redirect ships them, and enriched ones as analytics stores them."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from google.protobuf.timestamp_pb2 import Timestamp

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2
from services.analytics.domain.classes import DEFINITION, ClickClass
from services.analytics.domain.click import Agent, Campaign, Click, Referral, Whereabouts
from services.analytics.domain.ledger import OutboxReport
from services.analytics.store.clicks import Batch, OutboxRow

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
OWNER = 11
LINK = 101


# Cities of one name in one country, and regions of one name in two.
WHEREABOUTS = (
    Whereabouts(),
    Whereabouts(country="US", continent="NA"),
    Whereabouts(country="US", continent="NA", region="Ohio", city="Columbus", city_geoname_id=4509177),
    Whereabouts(country="US", continent="NA", region="Georgia", city="Columbus", city_geoname_id=4188985),
    Whereabouts(country="BE", continent="EU", region="Limburg"),
    Whereabouts(country="NL", continent="EU", region="Limburg"),
)


def timestamp(time: datetime) -> Timestamp:
    """Write a time as a message."""
    message = Timestamp()
    message.FromDatetime(time)
    return message


def recorded_click(time: datetime, **changes: object) -> clicks_pb2.RecordedClick:
    """Build what redirect knows of a click."""
    fields: dict[str, object] = {
        "link_id": LINK,
        "owner_id": OWNER,
        "domain_id": 1,
        "domain": "lm.example",
        "code": "abc",
        "destination": "https://destination.example/",
        "http_status": 302,
        "method": "GET",
        "scheme": "https",
        "ip": "192.0.2.1",
        "user_agent": BROWSER,
        **changes,
    }
    return clicks_pb2.RecordedClick(time=timestamp(time), **fields)  # type: ignore[arg-type]


def ingest_request(
    source: UUID,
    clicks: Iterable[clicks_pb2.RecordedClick | bytes],
    *,
    first: int = 1,
    last_sequence: int | None = None,
    dropped: dict[str, int] | None = None,
) -> ingest_service_pb2.IngestClicksRequest:
    """Build a batch whose sequences begin at first."""
    rows = [
        ingest_service_pb2.OutboxRow(
            sequence=first + index, click=click if isinstance(click, bytes) else click.SerializeToString()
        )
        for index, click in enumerate(clicks)
    ]
    report = ingest_service_pb2.OutboxReport(
        last_sequence=first + len(rows) - 1 if last_sequence is None else last_sequence, dropped=dropped or {}
    )
    return ingest_service_pb2.IngestClicksRequest(source=str(source), rows=rows, report=report)


def click(time: datetime, **changes: object) -> Click:
    """Build an enriched click."""
    built = Click(
        source=uuid4(),
        sequence=1,
        time=time,
        link_id=LINK,
        owner_id=OWNER,
        domain_id=1,
        domain="lm.example",
        code="abc",
        destination="https://destination.example/",
        http_status=302,
        method="GET",
        scheme="https",
        ip="192.0.2.1",
        user_agent=BROWSER,
        purpose="",
        variant="",
        latency_us=50,
        agent=Agent(
            browser="Chrome", browser_family="Chrome", browser_version="120", os="Windows", device_type="desktop"
        ),
        is_bot=False,
        click_class=ClickClass.PERSON,
        definition=DEFINITION,
        whereabouts=Whereabouts(),
        referral=Referral(),
        social_network="",
        campaign=Campaign(),
        language="en-us",
        visitor=b"visitor-1",
    )
    if "is_bot" in changes:
        changes = {"click_class": ClickClass.BOT if changes["is_bot"] else ClickClass.PERSON, **changes}
    return replace(built, **changes)  # type: ignore[arg-type]


def random_clicks(seed: int, count: int, start: datetime, span: timedelta) -> list[Click]:
    """Build clicks of several owners, links and values, spread over a span, half of them in a few busy hours."""
    choose = random.Random(seed)
    busy = [start + span * choose.random() for _ in range(4)]
    return [_random_click(choose, busy, start, span) for _ in range(count)]


def batch(source: UUID, clicks: Sequence[Click], *, first: int = 1, report: OutboxReport | None = None) -> Batch:
    """Put clicks into a batch of an outbox."""
    rows = [
        OutboxRow(sequence=sequence, content=b"", outcome=replace(item, source=source, sequence=sequence))
        for sequence, item in enumerate(clicks, start=first)
    ]
    known = report or OutboxReport(last_sequence=first + len(rows) - 1, dropped={})
    return Batch(source=source, rows=rows, report=known)


def _random_click(choose: random.Random, busy: list[datetime], start: datetime, span: timedelta) -> Click:
    if choose.random() < 0.5:
        time = choose.choice(busy) + timedelta(seconds=choose.uniform(0, 7200))
    else:
        # Borders are where mistakes are: many clicks fall exactly on a minute, a quarter of an hour or a day.
        unit = choose.choice([60, 900, 86_400])
        seconds = start.timestamp() + choose.uniform(0, span.total_seconds())
        time = max(start, datetime.fromtimestamp(seconds // unit * unit, UTC))
    link_id = choose.choice([1, 2, 3])
    whereabouts = choose.choice(WHEREABOUTS)
    # As new clicks have them, and one that was stored before there were classes.
    click_class = choose.choice([*[ClickClass.PERSON] * 9, *ClickClass])
    host = choose.choice(["", "", "t.co", "news.example", "Überraschung.example", "a:b'--"])
    return click(
        time,
        link_id=link_id,
        # Link 3 changed hands.
        owner_id=12 if link_id == 3 and time > busy[0] else OWNER,
        code=f"code{link_id}",
        is_bot=click_class is not ClickClass.PERSON,
        click_class=click_class,
        visitor=bytes([choose.randrange(40)]),
        latency_us=choose.randrange(500),
        http_status=choose.choice([302, 302, 301, 307]),
        method=choose.choice(["GET", "GET", "POST"]),
        scheme=choose.choice(["https", "http"]),
        whereabouts=whereabouts,
        referral=Referral(
            referrer=host, referrer_host=host, referrer_origin=host, referrer_page=f"{host}/page" if host else ""
        ),
        campaign=Campaign(utm_source=choose.choice(["", "", "mail", "web"])),
        agent=Agent(browser=choose.choice(["Chrome", "Firefox", "", "Zebra", "zebra"])),
        variant=choose.choice(["", "a", "b"]),
    )
