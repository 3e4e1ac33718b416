"""Every example of Bitly's documentation, through the real gateway, with exactly its figures."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.links.v1 import links_pb2
from tests.rest.bitly import examples
from tests.rest.bitly.conftest import Account, NewAccount, unique
from tests.support.clicks import recorded_click
from tests.support.system import System

# Copies a link for as many new accounts; through the API it would take a minute.
MANY_ENCODERS = """
    WITH copied AS (SELECT * FROM links.links WHERE link_id = $1),
    made AS (
        INSERT INTO links.owners (login, display_name)
        SELECT 'many' || $1 || '-' || number, 'Many' FROM generate_series(1, $2::int) AS number
        RETURNING owner_id
    )
    INSERT INTO links.links (
        owner_id, domain_id, code, destination, title, tags, redirect_status, max_clicks, archived, note, private_stats,
        block_bots, expired_destination, create_time, update_time
    )
    SELECT made.owner_id, domain_id, 'many-' || made.owner_id, destination, title, tags, redirect_status, max_clicks,
        archived, note, private_stats, block_bots, expired_destination, create_time, update_time
    FROM copied, made
"""
SAVED = (("mang0", "a5YvlH", 1265002617), ("ogakiyaku", "97CuIj", 1265018066))


async def link_with(account: Account, clicks: Iterable[clicks_pb2.RecordedClick]) -> links_pb2.Link:
    """Create the link 1234 of the documents, on a domain of its own, with clicks."""
    link = await account.new_link(domain=await account.new_domain(), code="1234")
    await examples.ingest(account.system, link, clicks)
    return link


async def ask(account: Account, call: str, link: links_pb2.Link, **parameters: Any) -> Any:
    """Ask as the documents do; return the whole body."""
    answer = await account.get(call, link=link.short_url, **parameters)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    return answer.json()


async def backdate(system: System, code: str, epoch: int) -> None:
    """Let a link of the installation's own domain have been created long ago."""
    connection = await asyncpg.connect(system.stack.postgres_url)
    try:
        moment = datetime.fromtimestamp(epoch, UTC)
        await connection.execute(
            "UPDATE links.links SET create_time = $2 WHERE code = $1 AND domain_id = 1", code, moment
        )
    finally:
        await connection.close()


def many_clicks() -> Iterator[clicks_pb2.RecordedClick]:
    """Make the 9139 clicks of the first example."""
    return (recorded_click(examples.REFERENCE) for _ in range(9139))


async def test_clicks(account: Account) -> None:
    """All clicks as one number."""
    link = await link_with(account, many_clicks())
    assert await ask(account, "link/clicks", link, unit_reference_ts=examples.REFERENCE_TS) == examples.golden("clicks")


async def test_clicks_without_reference_say_what_they_refer_to(account: Account) -> None:
    """The documented request names no moment, and its answer does: it is now."""
    link = await link_with(account, many_clicks())
    body = await ask(account, "link/clicks", link)
    now = body["data"].pop("unit_reference_ts")
    assert abs(now - datetime.now(UTC).timestamp()) < 60
    expected = examples.golden("clicks")
    del expected["data"]["unit_reference_ts"]
    # New York is four or five hours behind, as the season has it.
    assert body["data"].pop("tz_offset") in (-4, -5)
    del expected["data"]["tz_offset"]
    assert body == expected


async def test_clicks_of_five_days(account: Account) -> None:
    """Days of New York, newest first, named by their first second."""
    # Of clicks just before and after the five days nothing may be seen.
    others = (recorded_click(datetime.fromtimestamp(moment, UTC)) for moment in (1359953999, 1360386000))
    link = await link_with(account, [*examples.by_day(examples.DAYS), *others])
    body = await ask(account, "link/clicks", link, units=5, rollup="false", unit_reference_ts=examples.REFERENCE_TS)
    assert body == examples.golden("clicks_by_day")


@pytest.mark.parametrize(
    ("name", "make", "figures"),
    [
        ("countries", examples.by_country, examples.COUNTRIES),
        ("referrers", examples.by_referrer, examples.REFERRERS),
        ("referrers_by_domain", examples.by_referrer, examples.REFERRERS_BY_DOMAIN),
        ("referring_domains", examples.by_referrer, examples.REFERRING_DOMAINS),
    ],
)
async def test_breakdowns(
    account: Account,
    name: str,
    make: Callable[[dict[str, int]], Iterator[clicks_pb2.RecordedClick]],
    figures: dict[str, int],
) -> None:
    """Where the clicks came from, most first."""
    link = await link_with(account, make(figures))
    body = await ask(account, f"link/{name}", link)
    expected = examples.golden(name)
    # The documents were written in winter.
    assert body["data"].pop("tz_offset") in (-4, -5)
    assert expected["data"].pop("tz_offset") == -5
    assert body == expected


async def test_encoders(account: Account, new_account: NewAccount, bitly: httpx.AsyncClient) -> None:
    """Who else has a link there, and when they made it; the oldest link of all stands for all."""
    destination = unique()
    # Whoever made this one has no account, so the link counts and nobody is named; and mine is private.
    made = await bitly.post("/api/v1/shorten", json={"long_url": destination, "alias": "900913"})
    assert made.status_code == 201, made.text
    mine = await account.new_link(destination, code="ze6poY", private_stats=True)
    logins = {}
    for login, code, epoch in SAVED:
        other = await new_account()
        logins[other.owner.login] = login
        await other.new_link(destination, code=code)
        await backdate(account.system, code, epoch)
    await backdate(account.system, "900913", 1265002616)
    body = await ask(account, "link/encoders", mine)
    for entry in body["data"]["entries"]:
        entry["user"] = logins[entry["user"]]
    host = mine.short_url.removeprefix("http://").partition("/")[0]
    assert body == examples.golden("encoders", host=host)


async def test_encoders_count(account: Account) -> None:
    """How many accounts have a link there."""
    destination = unique()
    mine = await account.new_link(destination, domain=await account.new_domain(), code="900913")
    connection = await asyncpg.connect(account.system.stack.postgres_url)
    try:
        await connection.execute(MANY_ENCODERS, mine.link_id, 3489)
    finally:
        await connection.close()
    expected = examples.golden("encoders_count", host=mine.domain)
    assert await ask(account, "link/encoders_count", mine) == expected
