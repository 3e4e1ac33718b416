"""Random clicks, zones and windows: spoo.me's numbers are those of a naive count over the raw list."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from linkmeter.analytics.v1 import clicks_pb2
from tests.rest.spoo import examples
from tests.rest.spoo.conftest import Shorten
from tests.rest.spoo.examples import BERLIN, COLUMBUS_GEORGIA, COLUMBUS_OHIO, IPHONE_SAFARI, NOWHERE, WINDOWS_CHROME

START = datetime(2023, 10, 20, tzinfo=UTC)
DAYS = 30
ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham"]
COUNTRIES = {BERLIN: "DE", COLUMBUS_OHIO: "US", COLUMBUS_GEORGIA: "US", NOWHERE: "XX"}
CITIES = {BERLIN: "Berlin", COLUMBUS_OHIO: "Columbus", COLUMBUS_GEORGIA: "Columbus", NOWHERE: "Unknown"}
BROWSERS = {WINDOWS_CHROME: "Chrome", IPHONE_SAFARI: "Mobile Safari", "": "Unknown"}
SITES = {
    "": "Direct",
    "https://t.co/a": "t.co",
    "https://a.bbc.co.uk/": "bbc.co.uk",
    "https://bbc.co.uk/b": "bbc.co.uk",
}
QUESTIONS = 30

Click = clicks_pb2.RecordedClick


def random_clicks(choose: random.Random) -> list[Click]:
    """Make clicks around the end of summer time, some of them on the borders of quarters of an hour."""
    return [
        examples.click(
            START + timedelta(minutes=choose.randrange(DAYS * 96) * 15, milliseconds=choose.choice([0, 0, 1, 899_999])),
            ip=choose.choice(list(COUNTRIES)),
            user_agent=choose.choice(list(BROWSERS)),
            referrer=choose.choice(list(SITES)),
        )
        for _ in range(400)
    ]


def time_of(made: Click) -> datetime:
    moment: datetime = made.time.ToDatetime(UTC)
    return moment


VALUES: dict[str, Callable[[Click], str]] = {
    "country": lambda made: COUNTRIES[made.ip],
    "city": lambda made: CITIES[made.ip],
    "browser": lambda made: BROWSERS[made.user_agent],
    "referrer": lambda made: SITES[made.referrer],
}


def counted(clicks: Iterable[Click], value_of: Callable[[Click], str]) -> dict[str, tuple[int, int]]:
    """Count clicks and visitors by a value."""
    rows: dict[str, list[Click]] = {}
    for made in clicks:
        rows.setdefault(value_of(made), []).append(made)
    return {value: (len(found), visitors(found)) for value, found in rows.items()}


def visitors(clicks: Iterable[Click]) -> int:
    return len({(made.ip, made.user_agent) for made in clicks})


async def test_figures_are_those_of_a_naive_count(owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """Sums, steps of the zone, and every list, of random windows and filters."""
    choose = random.Random(5)
    link = await shorten(owner)
    clicks = random_clicks(choose)
    await link.ingest(clicks)
    for _ in range(QUESTIONS):
        zone = choose.choice(ZONES)
        start = START + timedelta(minutes=choose.randrange(DAYS * 24 * 60))
        end = start + timedelta(minutes=choose.choice([30, 600, 5000, choose.randrange(1, 12 * 24 * 60)]))
        country, referrer = choose.choice(["", "US", "XX,DE"]), choose.choice(["", "bbc.co.uk", "Direct,t.co"])
        parameters = {
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "timezone": zone,
            "group_by": f"time,{','.join(VALUES)}",
            "country": country,
            "referrer": referrer,
        }
        answer = await owner.get("/api/v1/stats", params=parameters)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        meant = [
            made
            for made in clicks
            if start <= time_of(made) <= end
            and VALUES["country"](made) in (country or VALUES["country"](made)).split(",")
            and VALUES["referrer"](made) in (referrer or VALUES["referrer"](made)).split(",")
        ]
        assert body["summary"]["total_clicks"] == len(meant), parameters
        assert body["summary"]["unique_clicks"] == visitors(meant)
        for name, value_of in VALUES.items():
            people = {row[name]: row["unique_clicks"] for row in body["metrics"][f"unique_clicks_by_{name}"]}
            rows = {row[name]: (row["clicks"], people[row[name]]) for row in body["metrics"][f"clicks_by_{name}"]}
            assert rows == counted(meant, value_of), (name, parameters)
        if end - start > timedelta(hours=24):
            by_day = Counter(f"{time_of(made).astimezone(ZoneInfo(zone)):%Y-%m-%d}" for made in meant)
            days = {row["time"]: row["clicks"] for row in body["metrics"]["clicks_by_time"]}
            assert {day: number for day, number in days.items() if number} == dict(by_day), parameters
        assert sum(row["clicks"] for row in body["metrics"]["clicks_by_time"]) == len(meant)
