"""Clicks that make the figures of Bitly's documentation, and golden files of its answers."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from linkmeter.analytics.v1 import clicks_pb2, ingest_service_pb2, ingest_service_pb2_grpc
from linkmeter.links.v1 import links_pb2
from tests.support.clicks import recorded_click
from tests.support.system import System

_FOLDER = Path(__file__).resolve().parent / "golden"
_BATCH = 5000
# The newest moment of the documented examples.
REFERENCE_TS = 1360351157
REFERENCE = datetime.fromtimestamp(REFERENCE_TS, UTC)

# Addresses that the packaged table of places knows, by country; private ones are nowhere.
PLACES = {"US": "128.59.0.1", "None": "192.168.1.1", "JP": "133.11.0.1", "DE": "141.20.1.1", "GB": "163.1.0.1"}
COUNTRIES = {"US": 517, "None": 165, "JP": 141, "DE": 84, "GB": 84}
REFERRERS = {
    "": 1129,
    "http://news.ycombinator.com/item?id=42": 55,
    "http://twitter.com/": 41,
    "yxG0tQXMY40=": 25,
    "http://localhost/www/2ii.jp/ii.php": 24,
}
REFERRERS_BY_DOMAIN = {**REFERRERS, "http://t.co/123": 4}
REFERRING_DOMAINS = {
    "": 1129,
    "http://twitter.com/a": 40,
    "http://twitter.com/b": 32,
    "http://news.ycombinator.com/item?id=42": 56,
    "http://www.facebook.com/l.php?u=x": 26,
}
# Clicks on the days that the documents name, by what dt is there.
DAYS = {1360299600: 1, 1360213200: 2, 1360126800: 2, 1360040400: 3, 1359954000: 10}


def golden(name: str, **placeholders: str) -> Any:
    """Read a documented answer, with placeholders such as $host filled in."""
    text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for placeholder, value in placeholders.items():
        text = text.replace(f"${placeholder}", value)
    return json.loads(text)


def by_referrer(referrers: dict[str, int]) -> Iterator[clicks_pb2.RecordedClick]:
    """Make as many clicks as each referrer has."""
    for referrer, count in referrers.items():
        for _ in range(count):
            yield recorded_click(REFERENCE, referrer=referrer)


def by_country(countries: dict[str, int]) -> Iterator[clicks_pb2.RecordedClick]:
    """Make as many clicks as each country has."""
    for country, count in countries.items():
        for _ in range(count):
            yield recorded_click(REFERENCE, ip=PLACES[country])


def by_day(days: dict[int, int]) -> Iterator[clicks_pb2.RecordedClick]:
    """Make as many clicks as each day has, from its first second to its last."""
    for start, count in days.items():
        for number in range(count):
            moment = datetime.fromtimestamp(start, UTC) + timedelta(seconds=number * 86399 / max(1, count - 1))
            yield recorded_click(moment)


async def ingest(system: System, link: links_pb2.Link, clicks: Iterable[clicks_pb2.RecordedClick]) -> None:
    """Bring clicks of a link into analytics as an outbox does."""
    source, last, left = str(uuid4()), 0, iter(clicks)
    async with system.channel("analytics") as channel:
        stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
        while batch := list(islice(left, _BATCH)):
            rows = []
            for sequence, click in enumerate(batch, start=last + 1):
                click.link_id, click.owner_id, click.code, click.domain = (
                    link.link_id,
                    link.owner_id,
                    link.code,
                    link.domain,
                )
                rows.append(ingest_service_pb2.OutboxRow(sequence=sequence, click=click.SerializeToString()))
            answer = await stub.IngestClicks(
                ingest_service_pb2.IngestClicksRequest(source=source, rows=rows), timeout=30
            )
            last += len(batch)
            assert answer.acknowledged_sequence == last
