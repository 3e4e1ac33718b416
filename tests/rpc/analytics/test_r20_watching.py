"""Watching while clicks are stored, settled and told of by several replicas, and while what that needs is away."""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path
from uuid import UUID, uuid4

from prometheus_client import REGISTRY

from deploy.local.process import Process
from deploy.local.readiness import answers_redis, wait_ready
from services.analytics.watching.limits import WatchLimits
from services.common.errors import ResourceExhausted
from tests.support.analytics import Analytics, running_analytics, segments_of
from tests.support.clicks import OWNER, recorded_click
from tests.support.clock import FakeClock
from tests.support.engine import running_engine
from tests.support.valkey import TestValkey, running_valkey
from tests.support.wait import eventually
from tests.support.watching import Watcher, ids

NOW = FakeClock().now()
CLICK = recorded_click(NOW)
_BATCHES = 25
_OF_BATCH = 25


async def test_those_who_come_back_find_what_was_settled(
    analytics_database: str, clock: FakeClock, tmp_path: Path
) -> None:
    """Clicks that moved from landing into segments meanwhile, and those that came since, are sent once each."""
    async with (
        running_engine(analytics_database, tmp_path, segments=segments_of(analytics_database)) as engine,
        running_analytics(analytics_database, clock=clock) as analytics,
    ):
        watcher, source, other = Watcher(analytics), uuid4(), uuid4()
        await watcher.begin()
        await analytics.take(source, CLICK, recorded_click(NOW, owner_id=OWNER + 1), CLICK)
        await analytics.take(other, *[CLICK] * 700)
        assert await engine.settle() == 703
        await analytics.take(source, CLICK, first=4)
        expected = ids(source, 1, 3, 4) + ids(other, *range(1, 701))
        assert sorted(await watcher.receive(703)) == sorted(expected)
        assert max(len(message.clicks) for message in watcher.messages) == 500
        assert REGISTRY.get_sample_value("linkmeter_analytics_watch_reads_total", {"source": "segments"})


async def test_nothing_is_lost_and_nothing_comes_twice(
    analytics_database: str, clock: FakeClock, tmp_path: Path
) -> None:
    """Whatever is stored and settled by whom, and however often who watches is cut off or falls behind."""
    watches = WatchLimits(shortest_seconds=0.1, longest_seconds=0.4, most_waiting=20)
    sources = [uuid4() for _ in range(3)]
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(
            running_engine(analytics_database, tmp_path, segments=segments_of(analytics_database))
        )
        replicas = [
            await stack.enter_async_context(running_analytics(analytics_database, clock=clock, watches=watches))
            for _ in range(2)
        ]
        watchers = [Watcher(random.choice(replicas)) for _ in range(4)]
        for watcher in watchers:
            await watcher.begin()
        total = len(sources) * _BATCHES * _OF_BATCH
        received = [asyncio.create_task(restless(watcher, replicas, total)) for watcher in watchers]
        storing = asyncio.gather(*(store(random.choice(replicas), source) for source in sources))
        while not storing.done():
            await engine.settle()
        await storing
        for watcher, task in zip(watchers, received, strict=True):
            await task
            check(watcher, sources)


async def store(analytics: Analytics, source: UUID) -> None:
    for batch in range(_BATCHES):
        await analytics.take(source, *[CLICK] * _OF_BATCH, first=batch * _OF_BATCH + 1)


async def restless(watcher: Watcher, replicas: list[Analytics], total: int) -> None:
    """Watch, now here and now there, and leave after a few messages."""
    while len(watcher.click_ids) < total:
        watcher.analytics = random.choice(replicas)
        leave = len(watcher.messages) + random.randrange(1, 6)
        # Too many may ask at once for what is in segments.
        with suppress(ResourceExhausted):
            await watcher.watch(lambda: len(watcher.messages) >= leave or len(watcher.click_ids) >= total)  # noqa: B023


def check(watcher: Watcher, sources: list[UUID]) -> None:
    assert max(Counter(watcher.click_ids).values()) == 1
    for source in sources:
        own = [click_id for click_id in watcher.click_ids if click_id.startswith(str(source))]
        assert own == ids(source, *range(1, _BATCHES * _OF_BATCH + 1))


async def test_a_replica_that_is_behind_repeats_nothing(analytics_database: str, clock: FakeClock) -> None:
    """Who comes from another replica may have clicks that this one has yet to find."""
    async with (
        running_analytics(analytics_database, clock=clock) as quick,
        running_analytics(analytics_database, clock=clock) as slow,
    ):
        # It has looked just now, and looks again in a second, for nobody tells it.
        waiting = Watcher(slow)
        stream = asyncio.create_task(waiting.receive(2))
        await eventually(lambda: waiting.messages)
        watcher, source = Watcher(quick), uuid4()
        await watcher.begin()
        await quick.take(source, CLICK)
        await watcher.receive(1)
        watcher.analytics = slow
        received = asyncio.create_task(watcher.receive(2))
        await eventually(lambda: waiting.click_ids)
        await quick.take(source, CLICK, first=2)
        assert await received == await stream == ids(source, 1, 2)


async def test_replicas_tell_each_other_while_redis_is_there(
    analytics_database: str, clock: FakeClock, tmp_path: Path
) -> None:
    """Without it nobody waits and nothing is lost: clicks are looked for, which the stream says, until it is back."""
    with ExitStack() as servers:
        valkey = servers.enter_context(running_valkey(tmp_path))
        async with AsyncExitStack() as stack:
            url = valkey.server.url()
            here, there = [
                await stack.enter_async_context(
                    running_analytics(analytics_database, clock=clock, LINKMETER_REDIS_URL=url)
                )
                for _ in range(2)
            ]
            watcher, source = Watcher(here), uuid4()
            await eventually(lambda: is_polling(watcher, False), what="Redis is heard")
            await there.take(source, CLICK)
            await watcher.receive(1)
            valkey.process.stop()
            await watcher.watch(lambda: watcher.messages[-1].polling)
            await there.take(source, CLICK, first=2)
            await watcher.receive(2)
            servers.callback(start_again(valkey, tmp_path).stop)
            await watcher.watch(lambda: not watcher.messages[-1].polling)
            await there.take(source, CLICK, first=3)
            assert await watcher.receive(3) == ids(source, 1, 2, 3)


async def is_polling(watcher: Watcher, value: bool) -> bool:
    await watcher.begin()
    return watcher.messages[-1].polling is value


def start_again(valkey: TestValkey, folder: Path) -> Process:
    process = Process(valkey.server.command(), folder)
    wait_ready(process, lambda: answers_redis(valkey.server.address))
    return process
