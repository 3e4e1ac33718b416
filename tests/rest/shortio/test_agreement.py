"""Random clicks, time zones and intervals: Short.io's counts are those of a naive count over the raw list."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from linkmeter.analytics.v1 import clicks_pb2
from tests.rest.shortio.conftest import Domain, Shorten
from tests.rest.shortio.examples import ASHBURN, BOT, FRANCE, GERA, MAC_SAFARI, WINDOWS_CHROME, click

START = datetime(2023, 10, 20, tzinfo=UTC)
DAYS = 30
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham"]
COUNTRIES = {ASHBURN: "US", FRANCE: "FR", GERA: "DE", "198.51.100.200": ""}
BROWSERS = {WINDOWS_CHROME: "Chrome", MAC_SAFARI: "Safari", BOT: ""}
QUESTIONS = 40


def random_clicks(choose: random.Random) -> list[clicks_pb2.RecordedClick]:
    """Make clicks around the end of summer time, some of them on the borders of quarters of an hour."""
    return [
        click(
            START + timedelta(minutes=choose.randrange(DAYS * 96) * 15, milliseconds=choose.choice([0, 0, 1, 899_999])),
            ip=choose.choice(list(COUNTRIES)),
            user_agent=choose.choice(list(BROWSERS)),
            referrer=choose.choice(["", "https://t.co/a", "https://news.example/b"]),
        )
        for _ in range(400)
    ]


def time_of(made: clicks_pb2.RecordedClick) -> datetime:
    moment: datetime = made.time.ToDatetime(UTC)
    return moment


def counted(
    clicks: Iterable[clicks_pb2.RecordedClick], value_of: Callable[[clicks_pb2.RecordedClick], str]
) -> dict[str, int]:
    """Count the people by a value, without those who have none."""
    return dict(Counter(value for made in clicks if made.user_agent != BOT and (value := value_of(made))))


def scores(rows: list[dict[str, Any]], name: str) -> dict[str, int]:
    return {row[name]: row["score"] for row in rows}


async def test_counts_are_those_of_a_naive_count(shortio: httpx.AsyncClient, domain: Domain, shorten: Shorten) -> None:
    """Totals, days of the zone, and breakdowns, of random windows."""
    choose = random.Random(3)
    link = await shorten()
    clicks = random_clicks(choose)
    await domain.ingest(clicks, link)
    for _ in range(QUESTIONS):
        zone = choose.choice(ZONES)
        start = START + timedelta(minutes=choose.randrange(DAYS * 24 * 60))
        end = start + timedelta(minutes=choose.randrange(1, 12 * 24 * 60))
        options = {
            "period": "custom",
            "tz": zone,
            "startDate": int(start.timestamp() * 1000),
            "endDate": int(end.timestamp() * 1000),
        }
        body = (await shortio.post(f"/statistics/link/{link['idString']}", json=options)).json()
        meant = [made for made in clicks if start <= time_of(made) < end]
        assert body["totalClicks"] == len(meant), options
        assert body["humanClicks"] == sum(made.user_agent != BOT for made in meant)
        points = body["clickStatistics"]["datasets"][0]["data"]
        by_day = Counter(f"{time_of(made).astimezone(ZoneInfo(zone)):%Y-%m-%d}" for made in meant)
        days = {
            f"{datetime.fromisoformat(point['x']).astimezone(ZoneInfo(zone)):%Y-%m-%d}": int(point["y"])
            for point in points
        }
        assert {day: number for day, number in days.items() if number} == dict(by_day), options
        assert len(points) == len(days)
        assert scores(body["country"], "country") == counted(meant, lambda made: COUNTRIES[made.ip])
        assert scores(body["browser"], "browser") == counted(meant, lambda made: BROWSERS[made.user_agent])
        hosts = counted(meant, lambda made: made.referrer.removeprefix("https://").partition("/")[0])
        assert scores(body["referer"], "referer") == hosts
