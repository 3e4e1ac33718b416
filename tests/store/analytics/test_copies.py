"""Copies of links in memory answer what SQL answers, whatever happens to the clicks in between."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.analytics import metrics
from services.analytics.columns import frame, words
from services.analytics.domain.buckets import Bucket
from services.analytics.domain.classes import ClickClass
from services.analytics.domain.click import Campaign, Click, Referral
from services.analytics.domain.dimensions import Dimension
from services.analytics.domain.query import Audience, Filter, Metric, Order, Query, Report, Span
from services.analytics.domain.retention import Retention
from services.analytics.store.clicks import ClickWriter
from services.analytics.store.copies import NO_COPIES, Copies, CopyLimits
from services.analytics.store.erasure import Erasure
from services.analytics.store.link_state import state_of
from services.analytics.store.partitions import Partitions
from services.analytics.store.reclassification import Reclassification
from services.analytics.store.retention import OldClicks
from services.analytics.store.stats import Stats
from services.runtime.postgres import Pool, open_pool
from tests.support.clicks import LINK, OWNER, batch, click, random_clicks
from tests.support.wait import eventually

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
SPAN = timedelta(days=300)
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "+05:37"]
LIMITS = CopyLimits(most_bytes=64 * 1024 * 1024, fewest_clicks=1, patience_seconds=30, rest=0)
STRANGE = ["tab\tnew\nline", "back\\slash", "\\N", "ünï\u2028cöde", "'--", "\x01\x0b\x7f", "\U0001f600", "zebra"]


@dataclass(slots=True)
class World:
    """A database whose clicks change, and two programs that answer from it: with copies and without."""

    pool: Pool
    choose: random.Random
    copies: Copies
    sources: dict[UUID, int] = field(default_factory=dict)

    async def take(self, clicks: Sequence[Click]) -> None:
        """Take clicks from one of several outboxes, new ones among them."""
        source = self.choose.choice([*self.sources, uuid4()])
        first = self.sources.get(source, 0) + 1
        await ClickWriter(self.pool, Partitions(self.pool)).store(batch(source, clicks, first=first), NOW)
        self.sources[source] = first + len(clicks) - 1

    async def agree(self, query: Query) -> None:
        """Fail unless both programs answer the same."""
        expected = await Stats(self.pool).query(query, NOW)
        assert await Stats(self.pool, self.copies).query(query, NOW) == expected


@asynccontextmanager
async def opened(url: str, seed: int, limits: CopyLimits = LIMITS) -> AsyncIterator[World]:
    pool = await open_pool(url, "analytics")
    copies = Copies(pool, limits)
    try:
        yield World(pool, random.Random(seed), copies)
    finally:
        await copies.close()
        await pool.close()


def drawn_clicks(choose: random.Random, count: int) -> list[Click]:
    """Draw clicks of which some are late, some have text that needs care, and some have visitors in common."""
    found = random_clicks(choose.randrange(2**32), count, NOW - SPAN, SPAN)
    return [_strange(choose, item) if choose.random() < 0.1 else item for item in found]


def _strange(choose: random.Random, item: Click) -> Click:
    text = choose.choice(STRANGE)
    return replace(
        item,
        referral=Referral(referrer=text, referrer_host=text, referrer_origin=text, referrer_page=text),
        campaign=Campaign(utm_source=text, utm_term=choose.choice(STRANGE)),
        variant=choose.choice(STRANGE),
        latency_us=choose.choice([0, 1, 2**31 - 1]),
    )


def drawn_query(choose: random.Random) -> Query:
    """Draw a query about one link, by its id or its code."""
    start, end = sorted(NOW - SPAN * choose.uniform(-0.1, 1.1) for _ in range(2))
    link = choose.choice(["1", "2", "3"])
    by = choose.choice([Dimension.LINK, Dimension.LINK, Dimension.CODE])
    named = Filter(dimension=by, values=frozenset({link if by is Dimension.LINK else f"code{link}"}))
    edit_token = choose.random() < 0.2
    return Query(
        audience=Audience(link_id=int(link)) if edit_token else Audience(owner_id=choose.choice([OWNER, OWNER, 12])),
        filters=(*([] if edit_token else [named]), *drawn_filters(choose)),
        start=choose.choice([start, None]),
        end=choose.choice([end, None]),
        excluded=choose.choice([(), (), (), (Span(end=NOW - SPAN * 0.9), Span(start=start, end=end))]),
        time_zone=choose.choice(ZONES),
        reports=tuple(drawn_report(choose) for _ in range(choose.randint(1, 5))),
    )


def drawn_filters(choose: random.Random) -> list[Filter]:
    return [drawn_filter(choose) for _ in range(choose.choice([0, 0, 1, 2]))]


def drawn_filter(choose: random.Random) -> Filter:
    dimension = choose.choice(list(Dimension))
    values = ["1", "3"] if dimension is Dimension.LINK else [*STRANGE, "US", "", "302", "true", "Chrome", "mail", "bot"]
    prefix = choose.random() < 0.3
    chosen = choose.sample(values, choose.randint(1, 2))
    whole = dimension is Dimension.LINK
    return Filter(
        dimension=dimension,
        values=frozenset(value if whole else value[:1] if prefix else value for value in chosen),
        negated=choose.random() < 0.5,
        prefix=prefix,
    )


def drawn_report(choose: random.Random) -> Report:
    bucket = choose.choice([Bucket.NONE, Bucket.NONE, Bucket.HOUR, Bucket.DAY, Bucket.WEEK, Bucket.MONTH])
    orders = list(Order) if bucket else [Order.DEFAULT, Order.METRIC_DESCENDING]
    return Report(
        dimensions=tuple(choose.sample(list(Dimension), choose.choice([0, 1, 1, 1, 2, 3]))),
        bucket=bucket,
        metrics=tuple(choose.sample(list(Metric), choose.randint(1, 3))),
        limit=choose.choice([0, 0, 1, 3, 10_000]),
        order=choose.choice(orders),
        filters=tuple(drawn_filters(choose)) if choose.random() < 0.4 else (),
    )


async def take_some(world: World) -> None:
    await world.take(drawn_clicks(world.choose, world.choose.randint(1, 60)))


async def erase(world: World) -> None:
    owner = Audience(owner_id=world.choose.choice([OWNER, 12]))
    await Erasure(world.pool).of_link(owner, world.choose.choice([1, 2, 3]))
    await take_some(world)


async def reclassify(world: World) -> None:
    definition = world.choose.randint(10, 30_000)
    bots = world.choose.choice([ClickClass.PERSON, ClickClass.PREVIEW])
    command = Reclassification(world.pool, definition=definition, class_of=lambda *_: bots, batch_rows=200)
    await command.run(lambda *_: None)


async def drop_old(world: World) -> None:
    months = world.choose.choice([9, 7, 5])
    await OldClicks(world.pool).drop(Retention(click_months=months), NOW)


EVENTS = [*[take_some] * 12, erase, reclassify, drop_old]


def answered_in_memory() -> float:
    """Count the reports that copies answered so far."""
    count: float = metrics.REPORTS.labels("memory")._value.get()  # noqa: SLF001 - has no other way to be read.
    return count


@pytest.mark.parametrize("seed", range(6))
async def test_copies_answer_what_sql_answers(
    analytics_database: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random questions between batches, late clicks, erasures, reclassifications and retention."""
    if seed % 2:
        # New clicks are put among the old ones all the time.
        monkeypatch.setattr(frame, "_MOST_NEW", 70)
    before = answered_in_memory()
    async with opened(analytics_database, seed) as world:
        await world.take(drawn_clicks(world.choose, 600))
        for _ in range(60):
            await world.choose.choice(EVENTS)(world)
            for _ in range(3):
                await world.agree(drawn_query(world.choose))
    assert answered_in_memory() - before > 150


def about(link_id: int, *metric: Metric) -> Query:
    """Ask for totals and a breakdown that SQL would count raw clicks for."""
    wanted = metric or (Metric.CLICKS, Metric.VISITORS)
    return Query(
        audience=Audience(owner_id=OWNER),
        filters=(Filter(dimension=Dimension.LINK, values=frozenset({str(link_id)})),),
        reports=(Report(metrics=wanted), Report(metrics=wanted, dimensions=(Dimension.COUNTRY,), limit=10_000)),
    )


async def test_an_answer_is_of_one_moment_while_clicks_come_in(analytics_database: str) -> None:
    """Questions at once, of clicks that come in at the same time: breakdowns add up to totals that never sink."""
    async with opened(analytics_database, 1) as world:
        await world.take(drawn_clicks(world.choose, 300))
        stats, seen = Stats(world.pool, world.copies), [0]
        before = answered_in_memory()

        async def ask() -> None:
            for _ in range(25):
                least = max(seen)
                answer = await stats.query(about(1), NOW)
                (total,), rows = answer.results
                assert sum(row.metrics[0] for row in rows) == total.metrics[0] >= least
                seen.append(total.metrics[0])

        async def come_in() -> None:
            for _ in range(25):
                await take_some(world)

        await asyncio.gather(come_in(), *(ask() for _ in range(4)))
        await world.agree(about(1))
        assert seen[-1] > seen[1]
        assert answered_in_memory() - before == 2 * 101


async def test_a_copy_never_answers_for_a_moment_before_it(analytics_database: str) -> None:
    """An older snapshot than the copy's is left to SQL."""
    query = about(1)
    async with opened(analytics_database, 2) as world:
        await world.take(drawn_clicks(world.choose, 100))
        await world.agree(query)
        async with world.pool.acquire() as connection:
            old = await state_of(connection, 1)
            await take_some(world)
            await world.agree(query)
            async with world.copies.turn(query) as copy:
                assert copy is not None
                assert await world.copies.frame_at(connection, copy, query, old) is None
        await world.agree(query)


async def test_a_code_that_two_links_had_is_left_to_sql(analytics_database: str) -> None:
    code = Filter(dimension=Dimension.CODE, values=frozenset({"abc"}))
    query = replace(about(1), filters=(code,))
    async with opened(analytics_database, 3) as world:
        await world.take([click(NOW - timedelta(days=1), link_id=1)] * 5)
        before = answered_in_memory()
        await world.agree(query)
        assert answered_in_memory() == before + 2
        await world.take([click(NOW - timedelta(days=1), link_id=2)])
        await world.agree(query)
        assert answered_in_memory() == before + 2


async def test_visitors_that_could_look_alike_are_left_to_sql(analytics_database: str) -> None:
    """Hashes of several lengths, or longer than a copy holds; when they come later, too."""
    time = NOW - timedelta(days=1)
    async with opened(analytics_database, 4) as world:
        await world.take([click(time, link_id=1, visitor=visitor) for visitor in (b"a", b"a\0", b"b")])
        await world.take([click(time, link_id=2, visitor=bytes(17))] * 3)
        await world.take([click(time, link_id=3, visitor=b"abc")] * 3)
        before = answered_in_memory()
        for link_id in (1, 2):
            await world.agree(about(link_id))
        assert answered_in_memory() == before
        await world.agree(about(3))
        assert answered_in_memory() == before + 2
        await world.take([click(time, link_id=3, visitor=b"abcd")])
        await world.agree(about(3))
        assert answered_in_memory() == before + 2


async def test_what_is_too_varied_is_left_to_sql(analytics_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dictionaries have an end."""
    monkeypatch.setattr(words, "_MOST", 10)
    async with opened(analytics_database, 5) as world:
        await world.take([click(NOW - timedelta(days=1), variant=str(number)) for number in range(11)])
        before = answered_in_memory()
        await world.agree(about(LINK))
        assert answered_in_memory() == before


async def test_copies_give_way_to_each_other(analytics_database: str) -> None:
    """Together they take no more than they may, and the one not asked for longest goes first."""
    async with opened(analytics_database, 6) as world:
        await world.take(drawn_clicks(world.choose, 900))
        for link_id in (1, 2):
            await world.agree(about(link_id))
        sizes = [copy.nbytes for copy in world.copies.held()]
        tight = Copies(world.pool, replace(LIMITS, most_bytes=sum(sizes) * 3 // 4))
        for link_id in (1, 2, 1, 2):
            await Stats(world.pool, tight).query(about(link_id), NOW)
            assert [copy.link_id for copy in tight.held()] == [link_id]
            assert sum(copy.nbytes for copy in tight.held()) <= sum(sizes) * 3 // 4


async def test_small_links_and_sums_need_no_copy(analytics_database: str) -> None:
    """Nor is there one when the setting says none."""
    clicks = about(1, Metric.CLICKS)
    async with opened(analytics_database, 7) as world:
        await world.take(drawn_clicks(world.choose, 100))
        small = replace(LIMITS, fewest_clicks=1000)
        for query, limits in [(clicks, LIMITS), (about(1), small), (about(1), NO_COPIES)]:
            copies = Copies(world.pool, limits)
            await Stats(world.pool, copies).query(query, NOW)
            assert copies.held() == []


async def test_nobody_waits_longer_than_he_has_patience(analytics_database: str) -> None:
    """SQL answers while a copy is being loaded."""
    async with opened(analytics_database, 8, replace(LIMITS, patience_seconds=0)) as world:
        await world.take(drawn_clicks(world.choose, 100))
        await world.agree(about(1))

        async def is_loaded() -> bool:
            return bool(world.copies.held())

        await eventually(is_loaded, 10)
        before = answered_in_memory()
        await world.agree(about(1))
        assert answered_in_memory() == before + 2


async def test_a_copy_that_was_dropped_rests(analytics_database: str) -> None:
    """Clicks that are rewritten again and again are not loaded each time."""
    async with opened(analytics_database, 9, replace(LIMITS, rest=1e6)) as world:
        await world.take(drawn_clicks(world.choose, 100))
        await world.agree(about(1))
        assert len(world.copies.held()) == 1
        await reclassify(world)
        await world.agree(about(1))
        await world.agree(about(1))
        assert world.copies.held() == []
