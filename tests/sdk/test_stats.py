"""Statistics and clicks through the SDK, on the real system: the same for both clients."""

import itertools
from datetime import UTC, datetime, timedelta

import httpx

from linkmeter import Client, Filter, Interval, Link, Report
from tests.support.system import System
from tests.support.traffic import BROWSER
from tests.support.wait import eventually

_BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)"


async def test_clicks_are_counted_grouped_filtered_and_listed(client: Client, system: System) -> None:
    """What visitors did is in every kind of answer."""
    link = client.links.create("https://example.com/", tags=["counted"])
    other = client.links.create("https://example.com/other")
    for agent, language in ((BROWSER, "de"), (BROWSER, "fr"), (_BOT, "")):
        _follow(system, link, agent, language)
    _follow(system, other, BROWSER, "de")
    await eventually(lambda: client.stats.query(link_id=link.link_id).total["clicks"] == 3)
    await eventually(lambda: client.stats.query(link_id=other.link_id).total["clicks"] == 1)

    table = client.stats.query(
        metrics=["clicks", "human_clicks", "visitors"], dimensions=["language"], link_id=link.link_id
    )
    assert {row.dimensions["language"]: row["clicks"] for row in table.rows} == {"de": 1, "fr": 1, "": 1}
    assert table.first_click_time is not None
    assert table.interval.start is not None

    ids = [link.link_id, other.link_id]
    assert client.stats.query(filters={"link": ids, "language": "de"}).total["clicks"] == 2
    people = [Filter("click_class", "bot", negated=True), Filter("language", "", negated=True)]
    assert client.stats.query(filters=people, link_id=link.link_id).total["clicks"] == 2
    assert client.stats.query(filters={"is_bot": True}, link_id=link.link_id).total["clicks"] == 1
    assert client.stats.query(interval=(None, _yesterday()), link_id=link.link_id).total["clicks"] == 0
    assert client.stats.query(excluded_intervals=[(_yesterday(), None)], link_id=link.link_id).total["clicks"] == 0

    total, days, top = client.stats.reports(
        [
            Report(metrics=["human_clicks"]),
            Report(bucket="day"),
            Report(dimensions=["click_class"], limit=1, filters={"is_bot": "true"}),
        ],
        link_id=link.link_id,
        interval=Interval.last(timedelta(days=2)),
        time_zone="Asia/Kathmandu",
    )
    assert total.total == {"human_clicks": 2}
    assert sum(row["clicks"] for row in days.rows) == 3
    assert days.time_zone == "Asia/Kathmandu"
    assert [row.time.minute for row in days.rows if row.time] == [15] * len(days.rows)
    assert [(row.dimensions["click_class"], row["clicks"]) for row in top.rows] == [("bot", 1)]
    assert client.stats.get(link.link_id, limit=1).human_clicks == 2

    listed = client.clicks.list(link_id=link.link_id, page_size=2)
    assert [len(page.items) for page in listed.pages()] == [2, 1]
    assert {click.language for click in listed} == {"de", "fr", ""}
    assert len(list(client.clicks.list(link_id=link.link_id, human_only=True))) == 2
    assert len(list(client.clicks.list(filters={"link": link.link_id, "language": "fr"}))) == 1
    assert client.ledger.get().total.stored >= 4

    assert client.stats.delete(link_id=link.link_id) == 3
    assert list(listed) == []


async def test_clicks_are_watched_as_they_come(client: Client, system: System) -> None:
    """Those that pass the filters, each once, and from a position that was kept."""
    link = client.links.create("https://example.com/live")
    batches = client.clicks.watch(link_id=link.link_id, human_only=True).batches()
    position = next(batches).resume_token
    for language in ("de", "fr"):
        _follow(system, link, BROWSER, language)
        _follow(system, link, _BOT, language)
    watched: list[str] = []
    while len(watched) < 2:
        watched += [click.language for click in next(batches).items]
    assert watched == ["de", "fr"]
    again = client.clicks.watch(link_id=link.link_id, resume_token=position)
    assert [click.language for click in itertools.islice(again, 4)] == ["de", "de", "fr", "fr"]


def test_numbers_of_nothing_are_zero(client: Client) -> None:
    """A link that nobody followed has a total, and no rows by dimension."""
    link = client.links.create("https://example.com/")
    asked = client.stats.query(metrics=["clicks", "visitors"], link_id=link.link_id)
    assert asked.total == {"clicks": 0, "visitors": 0}
    assert client.stats.query(dimensions=["country"], link_id=link.link_id).rows == ()


def _follow(system: System, link: Link, agent: str, language: str) -> None:
    headers = {"user-agent": agent, "accept-language": language}
    answer = httpx.get(f"{system.base_url}/{link.code}", headers=headers, trust_env=False, timeout=60)
    assert answer.status_code == 302


def _yesterday() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)
