"""Filters, dimensions, steps and audiences of statistics."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.rest.spoo import examples
from tests.rest.spoo.conftest import Shorten, SpooLink
from tests.rest.spoo.examples import FIRST_DAY

PERIOD = {"start_date": "2025-01-01", "end_date": "2025-01-02"}


async def ask(client: httpx.AsyncClient, path: str = "/api/v1/stats", **parameters: Any) -> dict[str, Any]:
    """Ask for statistics of the examples' day."""
    answer = await client.get(path, params={**PERIOD, **parameters})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def counts(body: dict[str, Any], dimension: str, metric: str = "clicks") -> dict[str, int]:
    """Return the rows of a list."""
    return {row[dimension]: row[metric] for row in body["metrics"][f"{metric}_by_{dimension}"]}


@pytest.fixture
async def example(owner: httpx.AsyncClient, shorten: Shorten) -> SpooLink:
    """Return a private link with the clicks for filters."""
    link = await shorten(owner)
    await link.ingest(examples.filter_example())
    return link


async def test_every_dimension(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """Values as the real service has them: unknown ones have names, sites are registered domains."""
    names = "browser,os,device,country,city,referrer,short_code,utm_source,utm_medium,utm_campaign"
    body = await ask(owner, group_by=names)
    assert body["summary"]["total_clicks"] == 12
    assert counts(body, "browser") == {
        "Chrome": 3,
        "Mobile Safari": 3,
        "Firefox": 2,
        "Safari": 2,
        "Googlebot": 1,
        "Unknown": 1,
    }
    assert counts(body, "os") == {"Windows": 3, "iOS": 3, "Linux": 2, "Mac OS X": 2, "Unknown": 2}
    assert counts(body, "device") == {"desktop": 7, "mobile": 3, "unknown": 2}
    assert counts(body, "country") == {"US": 5, "CA": 2, "DE": 2, "XX": 2, "GB": 1}
    assert counts(body, "city") == {
        "Columbus": 3,
        "Berlin": 2,
        "New York": 2,
        "Toronto": 2,
        "Unknown": 2,
        "London": 1,
    }
    assert counts(body, "referrer") == {"Direct": 5, "bbc.co.uk": 3, "google.com": 2, "twitter.com": 2}
    assert counts(body, "short_code") == {example.alias: 12}
    for name in ("utm_source", "utm_medium", "utm_campaign"):
        assert counts(body, name) == {"(none)": 12}
    assert body["time_bucket_info"] is None


async def test_nobody_is_counted_twice_in_a_row(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """One came from two hosts of a site: visitors of merged rows are counted, not added up."""
    body = await ask(owner, group_by="referrer,city")
    assert counts(body, "referrer", "unique_clicks") == {
        "Direct": 5,
        "twitter.com": 2,
        "bbc.co.uk": 2,
        "google.com": 1,
    }
    # Two addresses, so two visitors, in two towns of one name.
    assert counts(body, "city", "unique_clicks")["Columbus"] == 2
    assert body["summary"]["unique_clicks"] == 9
    assert example.owner_id


@pytest.mark.parametrize(
    ("filters", "clicks"),
    [
        ({"browser": ["Chrome", "Firefox"]}, 5),
        ({"country": ["US", "CA"], "browser": ["Chrome"]}, 3),
        ({"browser": "Chrome,Firefox"}, 5),
        ({"browser": ["chrome"]}, 0),
        ({"os": ["macOS"]}, 2),
        ({"os": ["Mac OS X", "Windows"]}, 5),
        ({"country": ["United States"]}, 5),
        ({"country": ["United States", "GB"]}, 6),
        ({"country": ["XX"]}, 2),
        ({"city": ["New York", "London", "Mumbai"]}, 3),
        ({"city": ["Columbus"]}, 3),
        ({"referrer": ["https://google.com", "https://twitter.com"]}, 4),
        ({"referrer": ["twitter.com"]}, 2),
        ({"referrer": ["https://www.bbc.co.uk/"]}, 3),
        ({"referrer": ["Direct"]}, 5),
        ({"referrer": ["Direct", "google.com"]}, 7),
        ({"referrer": ["co.uk"]}, 0),
        ({"device": ["mobile"]}, 3),
        ({"device": ["unknown"]}, 2),
        ({"utm_source": ["(none)"]}, 12),
        ({"browser": ["Unknown"]}, 1),
        ({"moon": ["full"]}, 12),
        ({"browser": []}, 12),
    ],
)
async def test_filters(
    owner: httpx.AsyncClient, example: SpooLink, filters: dict[str, list[str] | str], clicks: int
) -> None:
    """As JSON and, where it is a list, as parameters; the documentation's examples among them."""
    assert (await ask(owner, filters=json.dumps(filters)))["summary"]["total_clicks"] == clicks
    lists = {name: ",".join(values) for name, values in filters.items() if isinstance(values, list)}
    assert (await ask(owner, **lists))["summary"]["total_clicks"] == clicks or len(lists) < len(filters)
    assert example.owner_id


async def test_a_parameter_takes_the_place_of_the_same_filter(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """Both ways can be combined; what was filtered by is told."""
    text = json.dumps({"browser": ["Firefox"], "country": ["GB", "CA"]})
    body = await ask(owner, filters=text, browser="Chrome")
    assert body["filters"] == {"browser": ["Chrome"], "country": ["GB", "CA"]}
    assert body["summary"]["total_clicks"] == 1
    assert example.owner_id


async def test_links_are_filtered_by_code_id_and_tag(
    owner: httpx.AsyncClient, shorten: Shorten, example: SpooLink
) -> None:
    """The documentation's {"short_code": ["link1", "link2"]}, and what its newer client knows."""
    other, third = await shorten(owner), await shorten(owner)
    await other.ingest([examples.click(FIRST_DAY)])
    await third.ingest([examples.click(FIRST_DAY)])
    assert (await ask(owner))["summary"]["total_clicks"] == 14
    codes = json.dumps({"short_code": [example.alias, other.alias]})
    assert (await ask(owner, filters=codes))["summary"]["total_clicks"] == 13
    assert (await ask(owner, short_code=f"{other.alias},{third.alias}"))["summary"]["total_clicks"] == 2
    assert (await ask(owner, url_id=third.url_id))["summary"]["total_clicks"] == 1
    assert (await ask(owner, tag="nobody-has-it"))["summary"]["total_clicks"] == 0
    body = await ask(owner, group_by="short_code", metrics="unique_clicks")
    assert counts(body, "short_code", "unique_clicks") == {example.alias: 9, other.alias: 1, third.alias: 1}
    assert set(body["metrics"]) == {"unique_clicks_by_short_code"}


async def test_repeated_parameters_are_one_list(owner: httpx.AsyncClient, example: SpooLink) -> None:
    """browser=Chrome&browser=Firefox, and the order of dimensions is kept."""
    pairs = [("browser", "Chrome"), ("browser", "Firefox"), ("group_by", "os"), ("group_by", "time"), *PERIOD.items()]
    body = (await owner.get(f"/api/v1/stats?{urlencode(pairs)}&&unknown=1&fbclid=x")).json()
    assert body["filters"] == {"browser": ["Chrome", "Firefox"]}
    assert body["group_by"] == ["os", "time"]
    assert body["summary"]["total_clicks"] == 5
    assert example.owner_id


@pytest.mark.parametrize(
    ("start", "end", "zone", "strategy", "points"),
    [
        ("2025-01-01T00:05:00Z", "2025-01-01T00:55:00Z", "UTC", "10_minute", ("2025-01-01 00:00", 6)),
        ("2025-01-01T00:00:00Z", "2025-01-01T01:00:00Z", "UTC", "10_minute", ("2025-01-01 00:00", 7)),
        ("2025-01-01T00:30:00Z", "2025-01-01T06:00:00Z", "UTC", "hourly", ("2025-01-01 00:00", 7)),
        ("2025-01-01T00:30:00Z", "2025-01-01T06:00:00Z", "Asia/Kolkata", "hourly", ("2025-01-01 06:00", 6)),
        ("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z", "UTC", "hourly", ("2025-01-01 00:00", 25)),
        ("2025-01-01T00:00:00Z", "2025-01-02T00:00:01Z", "UTC", "daily", ("2025-01-01", 2)),
        ("2025-01-01T00:00:00Z", "2025-01-03T00:00:00Z", "America/New_York", "daily", ("2024-12-31", 3)),
        ("2024-10-05T00:00:00Z", "2025-01-03T00:00:00Z", "UTC", "daily", ("2024-10-05", 91)),
        ("2025-03-09T05:30:00Z", "2025-03-09T09:30:00Z", "America/New_York", "hourly", ("2025-03-09 00:00", 5)),
        ("2025-11-02T04:30:00Z", "2025-11-02T08:30:00Z", "America/New_York", "hourly", ("2025-11-02 00:00", 4)),
    ],
)
async def test_steps(
    owner: httpx.AsyncClient,
    example: SpooLink,
    start: str,
    end: str,
    zone: str,
    strategy: str,
    points: tuple[str, int],
) -> None:
    """Their length follows the period; they begin at borders of the zone, and the last holds the end."""
    body = await ask(owner, start_date=start, end_date=end, timezone=zone)
    rows = body["metrics"]["clicks_by_time"]
    assert body["time_bucket_info"]["strategy"] == strategy
    assert (rows[0]["time"], len(rows)) == points
    assert [row["time"] for row in rows] == sorted({row["time"] for row in rows})
    assert sum(row["clicks"] for row in rows) == body["summary"]["total_clicks"]
    assert example.owner_id


async def test_both_ends_are_counted(owner: httpx.AsyncClient, shorten: Shorten) -> None:
    """To the microsecond."""
    link = await shorten(owner)
    start, end = FIRST_DAY, FIRST_DAY + timedelta(minutes=1)
    microsecond = timedelta(microseconds=1)
    await link.ingest(examples.click(time) for time in (start - microsecond, start, end, end + microsecond))
    body = await ask(owner, start_date=start.isoformat(), end_date=end.isoformat())
    assert body["summary"]["total_clicks"] == 2
    assert body["summary"]["first_click"] == "2025-01-01T00:00:00Z"
    assert body["summary"]["last_click"] == "2025-01-01T00:01:00Z"


async def test_the_default_period_is_seven_days_until_now(owner: httpx.AsyncClient) -> None:
    """With eight points, for neither end is at midnight."""
    body = (await owner.get("/api/v1/stats")).json()
    start, end = (datetime.fromisoformat(body["time_range"][name]) for name in ("start_date", "end_date"))
    assert end - start == timedelta(days=7)
    assert abs(datetime.now(UTC) - end) < timedelta(minutes=1)
    assert len(body["metrics"]["clicks_by_time"]) == 8


async def test_equal_answers_are_equal(owner: httpx.AsyncClient) -> None:
    """Keys come in the same order each time, whichever process answers."""
    asked = {"group_by": "time,browser,os,country,city,referrer", "end_date": "2025-01-02", "start_date": "2025-01-01"}
    answers = [(await owner.get("/api/v1/stats", params=asked)).json() for _ in range(3)]
    assert len({json.dumps(list(answer["metrics"])) for answer in answers}) == 1
    assert list(answers[0]["metrics"]) == sorted(answers[0]["metrics"])
