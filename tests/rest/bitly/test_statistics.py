"""Parameters of the metrics calls, on real clicks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from linkmeter.links.v1 import links_pb2
from tests.rest.bitly import examples
from tests.rest.bitly.conftest import Account, NewAccount, unique
from tests.support.clicks import recorded_click
from tests.support.wait import eventually

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
async def link(account: Account) -> links_pb2.Link:
    """Return a link of the account's."""
    return await account.new_link()


async def visited(account: Account, link: links_pb2.Link, *times: datetime) -> None:
    await examples.ingest(account.system, link, [recorded_click(time) for time in times])


async def clicks(account: Account, link: links_pb2.Link, **parameters: Any) -> Any:
    return (await account.data("link/clicks", link=link.short_url, **parameters))["link_clicks"]


async def test_steps_without_clicks_are_zeros(account: Account, link: links_pb2.Link) -> None:
    """rollup=false answers every unit of the window."""
    await visited(account, link, examples.REFERENCE)
    rows = await clicks(account, link, units=3, rollup="false", unit_reference_ts=examples.REFERENCE_TS + 86400)
    assert [row["clicks"] for row in rows] == [0, 1, 0]


async def test_all_steps_begin_with_the_first_click(account: Account, link: links_pb2.Link) -> None:
    """units=-1 and rollup=false: from the newest unit to that of the first click, at most limit rows."""
    await visited(account, link, examples.REFERENCE - timedelta(days=3), examples.REFERENCE)
    asked = {"units": -1, "rollup": "false", "unit_reference_ts": examples.REFERENCE_TS}
    assert [row["clicks"] for row in await clicks(account, link, **asked)] == [1, 0, 0, 1]
    assert [row["clicks"] for row in await clicks(account, link, **asked, limit=2)] == [1, 0]


async def test_without_clicks_there_is_one_step(account: Account, link: links_pb2.Link) -> None:
    """All units of a link that nobody followed are the present one."""
    assert [row["clicks"] for row in await clicks(account, link, rollup="false")] == [0]
    assert await clicks(account, link) == 0


@pytest.mark.parametrize(
    ("unit", "units", "starts"),
    [
        ("hour", 2, [datetime(2013, 2, 8, 14, tzinfo=NEW_YORK), datetime(2013, 2, 8, 13, tzinfo=NEW_YORK)]),
        ("week", 2, [datetime(2013, 2, 4, tzinfo=NEW_YORK), datetime(2013, 1, 28, tzinfo=NEW_YORK)]),
        ("mweek", 1, [datetime(2013, 2, 4, tzinfo=NEW_YORK)]),
        ("month", 2, [datetime(2013, 2, 1, tzinfo=NEW_YORK), datetime(2013, 1, 1, tzinfo=NEW_YORK)]),
    ],
)  # fmt: skip
async def test_units(account: Account, link: links_pb2.Link, unit: str, units: int, starts: list[datetime]) -> None:
    """Each unit begins at its border in the zone; weeks on Monday."""
    data = await account.data(
        "link/clicks", link=link.short_url, unit=unit, units=units, rollup="false", unit_reference_ts=1360351157
    )
    assert [row["dt"] for row in data["link_clicks"]] == [int(start.timestamp()) for start in starts]
    assert (data["unit"], data["units"]) == (unit, units)


async def test_minutes_end_with_the_present_one(account: Account, link: links_pb2.Link) -> None:
    """The last hour can be seen by the minute."""
    now = datetime.now(UTC)
    await visited(account, link, now - timedelta(hours=2), now - timedelta(minutes=20), now - timedelta(minutes=20))
    rows = await clicks(account, link, unit="minute", units=60, rollup="false")
    assert len(rows) == 60
    assert sum(row["clicks"] for row in rows) == 2
    assert all(newer["dt"] - older["dt"] == 60 for newer, older in pairwise(rows))
    assert await clicks(account, link, unit="minute") == 2


@pytest.mark.parametrize(
    ("zone", "offset"),
    [({"timezone": "Asia/Tokyo"}, 9), ({"timezone": "-5"}, -5), ({"tz_offset": "9"}, 9), ({"timezone": "5.5"}, 5.5)],
)
async def test_zones_move_the_days(account: Account, link: links_pb2.Link, zone: dict[str, str], offset: float) -> None:
    """A name and an offset say the same, in the newer and the older parameter."""
    data = await account.data(
        "link/clicks", link=link.short_url, units=1, rollup="false", unit_reference_ts=1360351157, **zone
    )
    assert data["tz_offset"] == offset
    local = datetime.fromtimestamp(1360351157, UTC) + timedelta(hours=offset)
    midnight = local.replace(hour=0, minute=0, second=0)
    assert data["link_clicks"][0]["dt"] == int((midnight - timedelta(hours=offset)).timestamp())


async def test_offset_is_that_of_the_season(account: Account, link: links_pb2.Link) -> None:
    """In July New York is four hours behind."""
    data = await account.data("link/clicks", link=link.short_url, unit_reference_ts=1373300000)
    assert data["tz_offset"] == -4


async def test_now_is_what_mediacloud_asks(account: Account, link: links_pb2.Link) -> None:
    """unit_reference_ts=now, units=-1 and timezone=Etc/GMT; the answer must have all five keys."""
    await visited(account, link, examples.REFERENCE)
    data = await account.data(
        "link/clicks", link=link.short_url, unit_reference_ts="now", units=-1, timezone="Etc/GMT", unit="day"
    )
    assert set(data) == {"link_clicks", "tz_offset", "unit", "unit_reference_ts", "units"}
    assert (data["link_clicks"], data["tz_offset"], data["units"]) == (1, 0, -1)


@pytest.mark.parametrize("call", ["countries", "referrers", "referrers_by_domain", "referring_domains"])
async def test_breakdowns_keep_to_their_window(account: Account, link: links_pb2.Link, call: str) -> None:
    """Clicks outside are in no row."""
    await visited(account, link, examples.REFERENCE - timedelta(days=2), examples.REFERENCE)
    data = await account.data(f"link/{call}", link=link.short_url, units=1, unit_reference_ts=1360351157)
    rows = data["referrers" if call == "referrers_by_domain" else call]
    listed = [row for group in rows.values() for row in group] if isinstance(rows, dict) else rows
    assert [row["clicks"] for row in listed] == [1]
    assert data["unit_reference_ts"] == 1360351157


async def test_limit_cuts_the_rows(account: Account, link: links_pb2.Link) -> None:
    """Those with most clicks stay."""
    await examples.ingest(account.system, link, examples.by_country({"US": 3, "DE": 2, "JP": 1}))
    data = await account.data("link/countries", link=link.short_url, limit=2)
    assert data["countries"] == [{"clicks": 3, "country": "US"}, {"clicks": 2, "country": "DE"}]


async def test_all_links_of_the_account(account: Account, link: links_pb2.Link) -> None:
    """The calls of user/ count all links of the account, and nobody else's."""
    other = await account.new_link()
    await visited(account, link, examples.REFERENCE)
    await visited(account, other, examples.REFERENCE, examples.REFERENCE)
    data = await account.data("user/clicks", unit="day", unit_reference_ts=1360351157)
    assert data["user_clicks"] == 3
    assert (await account.data("user/referrers"))["referrers"] == [{"clicks": 3, "referrer": "direct"}]
    assert (await account.data("user/referring_domains"))["referring_domains"] == [{"clicks": 3, "domain": "direct"}]
    assert (await account.data("user/countries"))["countries"] == [{"clicks": 3, "country": "None"}]


async def test_user_clicks_in_the_older_shape(account: Account, link: links_pb2.Link) -> None:
    """Asked without parameters: seven days, newest first."""
    await visited(account, link, datetime.now(UTC))
    data = await account.data("user/clicks")
    assert (data["days"], data["total_clicks"], len(data["clicks"])) == (7, 1, 7)
    assert data["clicks"][0]["clicks"] == 1
    starts = [datetime.fromtimestamp(day["day_start"], NEW_YORK) for day in data["clicks"]]
    assert all((start.hour, start.minute) == (0, 0) for start in starts)


async def test_followed_links_are_counted(account: Account, link: links_pb2.Link) -> None:
    """A visit through the gateway is a click here, a bot's too."""
    assert (await account.client.get(f"/{link.code}", headers={"user-agent": "curl/8"})).status_code == 302

    async def counted() -> bool:
        return bool(await clicks(account, link) == 1)

    await eventually(counted, 10)


@pytest.mark.parametrize("name", ["countries", "referrers", "referring_domains"])
async def test_lists_of_all_links_have_both_names(account: Account, name: str) -> None:
    """The older pages call them user_…, the newer as those of one link."""
    data = await account.data(f"user/{name}")
    assert data[f"user_{name}"] == data[name] == []
    link = await account.new_link()
    assert f"user_{name}" not in await account.data(f"link/{name}", link=link.short_url)


async def test_older_counts(account: Account, new_account: NewAccount) -> None:
    """Clicks of a link, and of all of the account's links to the same place; somebody else's have none."""
    url = unique()
    link, sibling = await account.new_link(url), await account.new_link(url)
    await examples.ingest(account.system, link, examples.by_country({"US": 2}))
    await examples.ingest(account.system, sibling, examples.by_country({"DE": 3}))
    theirs = await (await new_account()).new_link(unique())
    hashes = {"user_hash": link.code, "global_hash": link.code}
    assert (await account.data("clicks", shortUrl=link.short_url, hash=theirs.code))["clicks"] == [
        {"short_url": link.short_url, **hashes, "user_clicks": 2, "global_clicks": 5},
        {"hash": theirs.code, "error": "NOT_FOUND"},
    ]
    minutes = (await account.data("clicks_by_minute", hash=link.code))["clicks_by_minute"]
    assert minutes == [{"hash": link.code, **hashes, "clicks": [0] * 60}]
    days = (await account.data("clicks_by_day", hash=link.code, days=30))["clicks_by_day"][0]["clicks"]
    assert len(days) == 30
    assert set(days[0]) == {"clicks", "day_start"}
    described = {"hash": link.code, **hashes, "created_by": account.owner.login}
    assert await account.data("countries", hash=link.code) == {
        **described,
        "countries": [{"clicks": 2, "country": "US"}],
    }
    assert await account.data("referrers", hash=link.code) == {
        **described,
        "referrers": [{"clicks": 2, "referrer": "direct"}],
    }
    assert await account.refused("referrers", hash=theirs.code) == (500, "INVALID_ARG_HASH")
