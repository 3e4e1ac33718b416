"""Erasure: gone for every question at once, wherever the clicks are, and counted to the click."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.analytics.domain.click import Click
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Query, Report
from services.analytics.questions.conditions import Selection
from services.analytics.segments.registry import Replaced
from services.analytics.segments.turn import TurnTaken
from tests.support.clicks import LINK, OWNER, click
from tests.support.engine import Engine, running_engine

START = datetime(2026, 3, 30, 12, tzinfo=UTC)
NOW = START + timedelta(days=10)
OWNERS = Audience(owner_id=OWNER)
OTHERS = Audience(owner_id=OWNER + 1)


def some(count: int, **changes: object) -> list[Click]:
    """Build clicks an hour apart, over the end of a month."""
    return [
        click(START + timedelta(hours=number), visitor=f"{number:012}"[::-1].encode(), **changes)
        for number in range(count)
    ]


@pytest.fixture
async def replicas(analytics_database: str, tmp_path: Path) -> AsyncIterator[tuple[Engine, Engine]]:
    """Open two replicas that know of 30 settled clicks of LINK, 10 that are not, and others' clicks in both places."""
    async with (
        running_engine(analytics_database, tmp_path) as one,
        running_engine(analytics_database, tmp_path) as other,
    ):
        for _ in range(2):
            await one.store(some(15), NOW)
            await one.store(some(3, link_id=LINK + 1, domain="other.example", code="def"), NOW)
            await one.store(some(5, owner_id=OWNER + 1), NOW)
            await one.settle()
        await one.store(
            [*some(10), *some(2, link_id=LINK + 1, domain="other.example"), *some(1, owner_id=OWNER + 1)], NOW
        )
        for each in (one, other):
            assert await each.count(OWNERS, NOW) == (48, 48, 15)
        yield one, other


async def test_clicks_of_a_link_are_gone_at_once_on_every_replica(replicas: tuple[Engine, Engine]) -> None:
    """Settled and not: sums, clicks one by one, visitors and the list; those of others stay."""
    one, other = replicas
    assert await one.erasure.of_link(OWNERS, LINK) == 40
    for each in replicas:
        assert await each.count(OWNERS, NOW) == (8, 8, 3)
        assert await each.count(OTHERS, NOW) == (11, 11, 5)
        # Both owners' clicks of the link: only one of them has erased anything.
        assert await each.count(Audience(link_id=LINK), NOW) == (11, 11, 5)
        listed = await each.clicks.list(Selection(audience=OWNERS), limit=100)
        assert {item.link_id for item in listed} == {LINK + 1}
        report = Report(dimensions=(Dimension.LINK, Dimension.CODE))
        (rows,) = (await each.ask(Query(audience=OWNERS, reports=(report,)), NOW)).results
        assert sum(row.metrics[0] for row in rows) == 8
    assert await other.erasure.of_link(OWNERS, LINK) == 0


async def test_nothing_to_erase_changes_nothing(replicas: tuple[Engine, Engine]) -> None:
    """So that nobody makes every question read its files anew."""
    one, _ = replicas
    state = "SELECT version, landing_version, (SELECT count(*) FROM erasures) AS erasures FROM registry"
    before = await one.pool.fetchrow(state)
    assert await one.erasure.of_link(OWNERS, LINK + 7) == 0
    assert await one.erasure.of_domain(OWNERS, "never.example") == 0
    assert await one.erasure.of_link(Audience(owner_id=OWNER + 2), LINK) == 0
    assert await one.pool.fetchrow(state) == before


async def test_clicks_that_come_afterwards_count(replicas: tuple[Engine, Engine]) -> None:
    """Before they are settled and after, and until they are erased in turn."""
    one, other = replicas
    await one.erasure.of_link(OWNERS, LINK)
    await other.store(some(4), NOW)
    for each in replicas:
        assert await each.count(OWNERS, NOW) == (12, 12, 4)
    await one.settle()
    for each in replicas:
        assert await each.count(OWNERS, NOW) == (12, 12, 4)
        assert await each.count(Audience(link_id=LINK), NOW) == (15, 15, 5)
    await other.store(some(2), NOW)
    assert await other.erasure.of_link(OWNERS, LINK) == 6
    assert await one.count(OWNERS, NOW) == (8, 8, 3)


async def test_a_domain_is_erased_with_its_orphan_visits(replicas: tuple[Engine, Engine]) -> None:
    """Its links' clicks wholly, those of the same link elsewhere too; orphan visits of others stay."""
    one, other = replicas
    orphan: dict[str, object] = {"link_id": 0, "domain": "other.example", "http_status": 404, "code": "nothing"}
    await one.store([*some(3, **orphan), *some(4, **orphan, owner_id=0), *some(5, **orphan, owner_id=OWNER + 1)], NOW)
    # Two links that were followed there, one only lately, and before that elsewhere.
    await one.store(some(7, link_id=LINK + 2, domain="third.example"), NOW)
    await one.settle()
    await one.store(some(1, link_id=LINK + 2, domain="other.example"), NOW)
    assert await other.erasure.of_domain(OWNERS, "other.example") == 8 + 7 + 1 + 3
    for each in replicas:
        assert await each.count(OWNERS, NOW) == (40, 40, 15)
        domain = Filter(dimension=Dimension.DOMAIN, values=frozenset({"other.example"}))
        orphans = Query(audience=OTHERS, filters=(domain,), with_orphans=True, reports=(Report(),))
        assert (await each.ask(orphans, NOW)).results[0][0].metrics == (5,)
    assert await one.erasure.of_domain(Audience(owner_id=OWNER, sees_installation=True), "other.example") == 4
    assert await one.erasure.of_domain(OWNERS, "other.example") == 0


async def test_erased_orphan_visits_are_gone_from_answers_that_are_kept(replicas: tuple[Engine, Engine]) -> None:
    """Also where no link was ever followed, so that nothing else changes; the interval ends before now."""
    one, other = replicas
    await one.store(some(3, link_id=0, domain="wrong.example", http_status=404, code="nothing"), NOW)
    query = Query(
        audience=OWNERS,
        filters=(Filter(dimension=Dimension.DOMAIN, values=frozenset({"wrong.example"})),),
        with_orphans=True,
        start=START,
        end=NOW,
        reports=(Report(),),
    )
    for each in replicas:
        assert (await each.ask(query, NOW)).results[0][0].metrics == (3,)
    assert await other.erasure.of_domain(OWNERS, "wrong.example") == 3
    for each in replicas:
        assert (await each.ask(query, NOW)).results[0][0].metrics == (0,)


async def test_erasing_while_clicks_come_in_settle_and_are_merged(replicas: tuple[Engine, Engine]) -> None:
    """Nobody waits for ever, and each click is either told to be erased or still counted, and never both."""
    one, other = replicas
    before, *_ = await one.count(Audience(link_id=LINK), NOW)
    stored = erased = 0

    async def ingest(through: Engine) -> None:
        nonlocal stored
        source = uuid4()
        for number in range(12):
            await through.store(some(20), NOW, source=source, first=1 + 20 * number)
            stored += 20

    async def settle(through: Engine) -> None:
        for _ in range(6):
            await through.settle()

    async def merge(through: Engine) -> None:
        for _ in range(8):
            segments = await through.segments()
            month = [each for each in segments if each.month == segments[0].month]
            # One at a time may, and of segments that nobody else has replaced.
            with contextlib.suppress(TurnTaken, Replaced):
                await through.rewriting.rewrite(month)

    async def erase(through: Engine) -> None:
        nonlocal erased
        for _ in range(5):
            # Not "erased += await": what others add meanwhile would be lost.
            some_clicks = await through.erasure.of_link(OWNERS, LINK)
            erased += some_clicks

    await asyncio.gather(
        ingest(one),
        ingest(other),
        ingest(one),
        settle(other),
        settle(one),
        erase(one),
        erase(other),
        merge(other),
        merge(one),
    )
    kept = 11
    left = await one.count(Audience(link_id=LINK), NOW)
    assert left[0] == left[1] == before + stored - erased
    assert await other.count(Audience(link_id=LINK), NOW) == left
    await one.settle()
    await merge(one)
    assert await other.count(Audience(link_id=LINK), NOW) == left
    assert await one.erasure.of_link(OWNERS, LINK) == left[0] - kept
    assert await other.count(Audience(link_id=LINK), NOW) == (kept, kept, 5)
