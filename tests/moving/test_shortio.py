"""Short.io's links and clickstream, from our own dialect of it on the real system."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from linkmeter.moving.origin import OriginClick, OriginError, OriginLink, Problem
from linkmeter.moving.origins import shortio
from linkmeter.moving.origins.shortio import ShortIo
from tests.rest.shortio.examples import BOT, MAC_SAFARI, WINDOWS_CHROME, click
from tests.support.shortio_account import ShortIoAccount, shortio_account
from tests.support.system import System
from tests.support.wait import eventually

START = datetime(2024, 3, 4, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
async def account(system: System) -> AsyncIterator[ShortIoAccount]:
    async with shortio_account(system) as made:
        yield made


def told_apart(listed: list[OriginClick]) -> list[tuple[Any, ...]]:
    """Return what clicks are, without where they were read."""
    return [(row.time, row.domain, row.code, row.ip, row.user_agent, row.referrer) for row in listed]


def milliseconds(time: datetime) -> datetime:
    """Return a time as the clickstream has it."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


async def test_links_come_with_all_they_have(account: ShortIoAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """On several pages; one with a password comes disabled, which is said."""
    monkeypatch.setattr(shortio, "_LINKS_PER_PAGE", 2)
    full = await account.shorten(
        "Spring", title="A title", tags=["one"], expiresAt="2030-01-01T00:00:00Z", clicksLimit=7
    )
    await account.shorten("locked", password="secret-1")
    await account.shorten("plain")
    origin = account.origin
    listed = await asyncio.to_thread(lambda: list(origin.links()))
    links = {row.code: row for row in listed if isinstance(row, OriginLink)}
    assert links["Spring"] == OriginLink(
        place=links["Spring"].place,
        domain=account.host,
        code="Spring",
        destination="https://example.com/Spring",
        title="A title",
        tags=("one",),
        create_time=datetime.fromisoformat(full["createdAt"]),
        expire_time=datetime(2030, 1, 1, tzinfo=UTC),
        max_clicks=7,
    )
    assert {code: link.is_enabled for code, link in links.items()} == {"Spring": True, "locked": False, "plain": True}
    assert [row.reason for row in listed if isinstance(row, Problem)] == ["PASSWORD_LEFT_BEHIND"]
    assert await asyncio.to_thread(origin.count_links) == 3
    assert origin.identity == f"{account.system.base_url}/{account.host}"


async def test_every_click_comes_once_and_oldest_first(
    account: ShortIoAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over pages that end within a millisecond, bots' too, and no visits that found nothing: as a naive count says."""
    monkeypatch.setattr(shortio, "_CLICKS_PER_PAGE", 50)
    spring, summer = await account.shorten("Spring"), await account.shorten("summer")
    expected = []
    for link, code, agent in ((spring, "Spring", WINDOWS_CHROME), (summer, "summer", BOT)):
        made = [
            click(
                START + number // 7 * MOMENT + timedelta(microseconds=number),
                ip=f"198.51.100.{number}",
                user_agent=agent,
                referrer=f"https://news.example/{number}",
            )
            for number in range(200)
        ]
        await account.ingest(made, link, code)
        expected += [
            (milliseconds(row.time.ToDatetime(UTC)), account.host, code, row.ip, agent, row.referrer) for row in made
        ]
    await account.ingest([click(START + 3 * MOMENT, user_agent=MAC_SAFARI)], None, "nothing")
    listed = told_apart(await account.clicks())
    assert len(listed) == 400
    assert sorted(listed) == sorted(expected)
    assert [row[0] for row in listed] == sorted(row[0] for row in listed)
    assert told_apart(await account.clicks()) == listed


async def test_new_clicks_come_after_all_that_were_read(account: ShortIoAccount) -> None:
    """Those of the last ten minutes are left to a later run, so that nothing gets in between."""
    link = await account.shorten("Spring")
    await account.ingest([click(START, ip="198.51.100.1"), click(START + MOMENT, ip="198.51.100.2")], link, "Spring")
    first = told_apart(await account.clicks())
    now = datetime.now(UTC)
    settled, fresh = now - timedelta(minutes=11), now - timedelta(minutes=1)
    await account.ingest([click(fresh, ip="198.51.100.3"), click(settled, ip="198.51.100.4")], link, "Spring")
    await eventually(lambda: _shows(account, 4), what="the new clicks are in the clickstream")
    second = told_apart(await account.clicks())
    assert second[:2] == first
    assert [row[3] for row in second[2:]] == ["198.51.100.4"]


async def test_more_at_one_moment_than_can_be_asked_for_is_said(
    account: ShortIoAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out in silence, and the rest goes on."""
    monkeypatch.setattr(shortio, "_CLICKS_PER_PAGE", 5)
    link = await account.shorten("Spring")
    crowd = [click(START, ip=f"198.51.100.{number}") for number in range(8)]
    await account.ingest([*crowd, click(START - MOMENT), click(START + MOMENT)], link, "Spring")
    listed = await asyncio.to_thread(lambda: list(account.origin.clicks()))
    (problem,) = [row for row in listed if isinstance(row, Problem)]
    assert problem.reason == "CLICKS_SHARE_A_MOMENT"
    times = [row.time for row in listed if isinstance(row, OriginClick)]
    assert times == [START - MOMENT, *[START] * 5, START + MOMENT]


async def test_a_domain_that_is_not_there_and_a_wrong_key_are_told(account: ShortIoAccount) -> None:
    system = account.system
    with pytest.raises(OriginError, match=r"has no domain other\.example: it has .*example"):
        await asyncio.to_thread(
            lambda: list(ShortIo(key=system.api_key, domain="other.example", address=system.base_url).links())
        )
    with pytest.raises(OriginError, match="name the domain to import"):
        await asyncio.to_thread(lambda: ShortIo(key=system.api_key, address=system.base_url).identity)
    with pytest.raises(OriginError, match="refuses the key"):
        await asyncio.to_thread(ShortIo(key="sk_wrong", domain="a.example", address=system.base_url).count_links)


async def _shows(account: ShortIoAccount, clicks: int) -> bool:
    path = f"/statistics/domain/{account.domain_id}/last_clicks"
    return len((await account.client.post(path, json={"limit": 100})).json()) == clicks
