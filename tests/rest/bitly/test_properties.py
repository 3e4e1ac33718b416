"""Bitly's numbers equal a naive count over the raw list of clicks, in every zone and window."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from linkmeter.analytics.v1 import clicks_pb2
from tests.rest.bitly import examples
from tests.rest.bitly.conftest import Account
from tests.support.clicks import recorded_click

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "-3",
    "5.5",
    "14",
)
# Clocks change in many zones within these weeks.
START = datetime(2023, 9, 20, tzinfo=UTC)
SPAN = timedelta(days=60)
QUESTIONS = 12
PAGES = ("", "http://a.example/x?y=1", "http://a.example/z", "https://b.example/", "tokenOnly=")


def random_clicks(choose: random.Random) -> list[clicks_pb2.RecordedClick]:
    """Make clicks of all kinds, a third of them close to local midnights."""
    found = []
    for _ in range(400):
        moment = START + SPAN * choose.random()
        if choose.random() < 1 / 3:
            moment = moment.replace(hour=choose.choice((3, 4, 5, 22, 23)), minute=choose.choice((0, 59)), second=0)
        place = choose.choice(list(examples.PLACES))
        found.append(recorded_click(moment, ip=examples.PLACES[place], referrer=choose.choice(PAGES)))
    return found


def zone_of(name: str) -> Callable[[datetime], datetime]:
    """Make what tells local time, without the code under test."""
    if "/" in name:
        info = ZoneInfo(name)
        return lambda moment: moment.astimezone(info).replace(tzinfo=None)
    offset = timedelta(hours=float(name))
    return lambda moment: moment.astimezone(UTC).replace(tzinfo=None) + offset


def unit_of(unit: str, local: datetime) -> date | datetime:
    """Name the unit that a local time is in."""
    if unit == "hour":
        return local.replace(minute=0, second=0, microsecond=0)
    if unit == "week":
        return local.date() - timedelta(days=local.weekday())
    return local.date().replace(day=1) if unit == "month" else local.date()


def in_window(unit: str, units: int, local: datetime, reference: datetime) -> bool:
    """Return whether a local time is in the window, counting units on the calendar."""
    mine, newest = unit_of(unit, local), unit_of(unit, reference)
    if unit == "month":
        age = (newest.year - mine.year) * 12 + newest.month - mine.month
    else:
        age = (newest - mine) // {"day": timedelta(days=1), "week": timedelta(days=7)}[unit]
    return 0 <= age < units


@pytest.mark.parametrize("seed", range(3))
async def test_numbers_equal_a_naive_count(account: Account, seed: int) -> None:
    """Totals, steps, countries and referrers of random windows."""
    choose = random.Random(seed)
    clicks = random_clicks(choose)
    link = await account.new_link()
    await examples.ingest(account.system, link, clicks)
    for _ in range(QUESTIONS):
        unit, units, zone = choose.choice(("day", "week", "month")), choose.randint(1, 40), choose.choice(ZONES)
        reference = (START + SPAN * choose.random()).replace(microsecond=0)
        local = zone_of(zone)
        inside = [
            click for click in clicks if in_window(unit, units, local(click.time.ToDatetime(UTC)), local(reference))
        ]
        asked: dict[str, Any] = {
            "link": link.short_url,
            "unit": unit,
            "units": units,
            "timezone": zone,
            "unit_reference_ts": int(reference.timestamp()),
            "limit": 1000,
        }
        assert (await account.data("link/clicks", **asked))["link_clicks"] == len(inside), asked
        steps = (await account.data("link/clicks", **asked, rollup="false"))["link_clicks"]
        assert {step["dt"]: step["clicks"] for step in steps if step["clicks"]} == naive_steps(unit, zone, inside), (
            asked
        )
        countries = (await account.data("link/countries", **asked))["countries"]
        assert {row["country"]: row["clicks"] for row in countries} == naive_countries(inside), asked
        referrers = (await account.data("link/referrers", **asked))["referrers"]
        assert {row["referrer"]: row["clicks"] for row in referrers} == naive_referrers(inside), asked


def naive_steps(unit: str, zone: str, clicks: list[clicks_pb2.RecordedClick]) -> dict[int, int]:
    local = zone_of(zone)
    counted = Counter(unit_of(unit, local(click.time.ToDatetime(UTC))) for click in clicks)
    return {epoch_of(day, zone): count for day, count in counted.items()}


def epoch_of(day: date, zone: str) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if "/" in zone:
        return int(midnight.replace(tzinfo=ZoneInfo(zone)).timestamp())
    return int((midnight - timedelta(hours=float(zone))).timestamp())


def naive_countries(clicks: list[clicks_pb2.RecordedClick]) -> dict[str, int]:
    places = {ip: country for country, ip in examples.PLACES.items()}
    return dict(Counter(places[click.ip] for click in clicks))


def naive_referrers(clicks: list[clicks_pb2.RecordedClick]) -> dict[str, int]:
    return dict(Counter(click.referrer.partition("?")[0] or "direct" for click in clicks))
