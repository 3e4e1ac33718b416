"""WatchClicks over the wire, on a real PostgreSQL."""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY

from linkmeter.analytics.v1 import click_service_pb2 as api
from linkmeter.analytics.v1 import click_service_pb2_grpc
from linkmeter.analytics.v1 import stats_service_pb2 as stats_api
from services.analytics.domain.position import GOOD_FOR, ResumeTokens
from services.analytics.watching.limits import WatchLimits
from services.common import keyed_hash
from services.common.caller import LINKS_READ, Caller
from services.common.errors import (
    Aborted,
    FailedPrecondition,
    InvalidArgument,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)
from services.runtime.caller_metadata import metadata_for
from services.runtime.rpc_client import open_channel
from tests.support.analytics import (
    AS_ADMIN,
    AS_LINK,
    AS_OTHER_OWNER,
    LIMITS,
    Analytics,
    running_analytics,
    settings_for,
)
from tests.support.clicks import BROWSER, LINK, OWNER, recorded_click
from tests.support.clock import FakeClock
from tests.support.wait import eventually
from tests.support.watching import Watcher, ids, watching

NOW = FakeClock().now()
CLICK = recorded_click(NOW)
# Of another source, stored in a transaction that the test ends when it likes.
_LATE = """
WITH stored AS (
    INSERT INTO sources (source, mark, stored, first_report_time, last_report_time) VALUES ($1, 1, 1, now(), now())
)
INSERT INTO landing
SELECT (jsonb_populate_record(landing, jsonb_build_object('source', $1, 'sequence', 1))).* FROM landing LIMIT 1
"""


def by_filter(**values: object) -> api.WatchClicksRequest:
    return api.WatchClicksRequest(filters=[stats_api.Filter(**values)])  # type: ignore[arg-type]


SOME_FILTERS = (
    api.WatchClicksRequest(link_id=LINK),
    api.WatchClicksRequest(human_only=True),
    by_filter(dimension=stats_api.DIMENSION_LINK, values=[f"0{LINK + 1}"]),
    by_filter(dimension=stats_api.DIMENSION_COUNTRY, values=["US"], negated=True),
    by_filter(dimension=stats_api.DIMENSION_CODE, values=["d"], prefix=True),
    by_filter(dimension=stats_api.DIMENSION_IS_BOT, values=["true"]),
    by_filter(dimension=stats_api.DIMENSION_CLICK_CLASS, values=["bot", "mail_scanner"]),
)


async def test_clicks_arrive_as_they_are_stored(analytics: Analytics) -> None:
    """From the moment at which the stream begins, each once and in the order of its outbox."""
    watcher, source = Watcher(analytics), uuid4()
    await watcher.begin()
    assert not watcher.click_ids
    received = watching(watcher, 4)
    await analytics.take(source, CLICK)
    await analytics.take(source, CLICK, CLICK, CLICK, first=2)
    assert await received == ids(source, 1, 2, 3, 4)
    assert watcher.messages[-1].clicks[-1].code == "abc"


async def test_callers_watch_the_clicks_of_their_links_only(analytics: Analytics) -> None:
    """An owner those of their links, an edit token those of its link; admin is no right to read, nor another scope."""
    metadata = {"owner": Watcher(analytics).metadata, "other": AS_OTHER_OWNER, "link": AS_LINK, "admin": AS_ADMIN}
    watchers = {name: Watcher(analytics, metadata=each) for name, each in metadata.items()}
    for watcher in watchers.values():
        await watcher.begin()
    source = uuid4()
    await analytics.take(
        source, CLICK, recorded_click(NOW, link_id=LINK + 1), recorded_click(NOW, link_id=LINK + 2, owner_id=OWNER + 1)
    )
    assert await watchers["owner"].receive(2) == ids(source, 1, 2)
    assert await watchers["link"].receive(1) == ids(source, 1)
    assert await watchers["other"].receive(1) == ids(source, 3)
    assert await watchers["admin"].receive(0) == []
    assert isinstance(await Watcher(analytics, metadata=()).refused(), Unauthenticated)
    no_right = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({LINKS_READ})))
    assert isinstance(await Watcher(analytics, metadata=no_right).refused(), PermissionDenied)


async def test_the_same_clicks_pass_as_are_listed(analytics: Analytics) -> None:
    """Those that arrive live are those that ListClicks lists with the same filters."""
    watchers = [Watcher(analytics, request=request) for request in SOME_FILTERS]
    everything = Watcher(analytics)
    for watcher in (*watchers, everything):
        await watcher.begin()
    before = [await listed(analytics, request) for request in SOME_FILTERS]
    await analytics.take(
        uuid4(),
        recorded_click(NOW, ip="3.208.0.1"),
        recorded_click(NOW, user_agent="curl/8.5.0"),
        recorded_click(NOW, link_id=LINK + 1, code="def", ip="3.208.0.1"),
    )
    await everything.receive(3)
    for watcher, old in zip(watchers, before, strict=True):
        expected = await listed(analytics, watcher.request) - old
        assert 0 < len(expected) < 3, watcher.request
        assert set(await watcher.receive(len(expected))) == expected


async def listed(analytics: Analytics, request: api.WatchClicksRequest) -> set[str]:
    listing = api.ListClicksRequest(link_id=request.link_id, human_only=request.human_only, filters=request.filters)
    page = await analytics.clicks.ListClicks(listing, metadata=Watcher(analytics).metadata)
    return {click.click_id for click in page.clicks}


async def test_a_click_that_commits_late_is_not_passed_over(analytics: Analytics, analytics_database: str) -> None:
    """Clicks of two outboxes are stored side by side; whichever commits first, the other arrives as well."""
    watcher, source, late = Watcher(analytics), uuid4(), uuid4()
    await watcher.begin()
    connection = await asyncpg.connect(analytics_database, server_settings={"search_path": "analytics"})
    try:
        async with connection.transaction():
            await connection.execute(_LATE, late)
            await analytics.take(source, CLICK)
            assert await watcher.receive(1) == ids(source, 1)
        assert await watcher.receive(2) == ids(source, 1) + ids(late, 1)
    finally:
        await connection.close()


async def test_streams_say_that_they_are_alive_and_end_in_time(analytics_database: str, clock: FakeClock) -> None:
    """So who has lost the right to watch is asked again soon; what comes between two streams is in the second."""
    watches = WatchLimits(shortest_seconds=0.3, longest_seconds=0.3, idle_seconds=0.05)
    async with running_analytics(analytics_database, clock=clock, watches=watches) as analytics:
        watcher, source = Watcher(analytics), uuid4()
        await watcher.watch(lambda: False)
        assert watcher.ends == 1
        assert len(watcher.messages) > 2
        await analytics.take(source, CLICK)
        assert await watcher.receive(1) == ids(source, 1)
    assert WatchLimits().longest_seconds < 60


async def test_streams_end_when_the_service_stops(analytics_database: str, clock: FakeClock) -> None:
    """In order and at once, whatever time calls in flight would have: a roll does not wait for them."""
    limits = replace(LIMITS, grace_seconds=3600)
    async with AsyncExitStack() as after:
        async with running_analytics(analytics_database, clock=clock, limits=limits) as analytics:
            # A channel of our own, which is there when the service is not.
            channel = await after.enter_async_context(open_channel(analytics.address))
            watcher = Watcher(replace(analytics, clicks=click_service_pb2_grpc.ClickServiceStub(channel)))
            watched = await opened(watcher)
        await watched
    assert watcher.ends == 1


async def test_there_are_so_many_streams_and_no_more(analytics_database: str, clock: FakeClock) -> None:
    """Of one account, and of all; one that has ended makes room."""
    watches = WatchLimits(of_one_account=2, in_all=3)
    async with running_analytics(analytics_database, clock=clock, watches=watches) as analytics:
        open_streams = [await opened(Watcher(analytics)) for _ in range(2)]
        assert isinstance(await Watcher(analytics).refused(), ResourceExhausted)
        open_streams.append(await opened(Watcher(analytics, metadata=AS_LINK)))
        assert isinstance(await Watcher(analytics, metadata=AS_OTHER_OWNER).refused(), ResourceExhausted)
        for stream in open_streams:
            stream.cancel()
        await asyncio.gather(*open_streams, return_exceptions=True)

        async def is_taken() -> bool:
            watcher = Watcher(analytics, metadata=AS_OTHER_OWNER)
            try:
                await watcher.begin()
            except ResourceExhausted:
                return False
            return True

        await eventually(is_taken)


async def opened(watcher: Watcher) -> "asyncio.Task[None]":
    stream = asyncio.create_task(watcher.watch(lambda: False))
    await eventually(lambda: watcher.messages)
    return stream


async def test_slow_readers_end_with_an_error_and_lose_nothing(analytics_database: str, clock: FakeClock) -> None:
    """Who does not take a message is not kept on; once they read again, they go on where they were."""
    limits = replace(LIMITS, write_seconds=0.2)
    async with running_analytics(analytics_database, clock=clock, limits=limits) as analytics:
        watcher, source = Watcher(analytics), uuid4()
        call = analytics.clicks.WatchClicks(watcher.request, metadata=watcher.metadata)
        await watcher.take_one(call)
        long = recorded_click(NOW, referrer=f"https://{'r' * 2000}.example/", query="q" * 2000, user_agent=BROWSER)
        for first in (1, 1501):
            await analytics.take(source, *[long] * 1500, first=first)
        # Nothing is read until the service has let go.
        await eventually(lambda: REGISTRY.get_sample_value("linkmeter_analytics_watches") == 0)
        with pytest.raises(Aborted):
            await watcher.take(call)
        assert len(watcher.click_ids) < 3000
        while len(watcher.click_ids) < 3000:
            # On a busy machine even who reads all the time may be too slow once more.
            with suppress(Aborted):
                await watcher.receive(3000)
        assert watcher.click_ids == ids(source, *range(1, 3001))


async def test_more_than_may_wait_is_read_again(analytics_database: str, clock: FakeClock) -> None:
    """A burst costs no memory, and nobody their stream: who was not quick enough reads at their own pace."""
    watches = WatchLimits(most_waiting=5, most_waiting_in_all=12)
    async with running_analytics(analytics_database, clock=clock, watches=watches) as analytics:
        watchers, source = [Watcher(analytics) for _ in range(3)], uuid4()
        streams = [await opened(watcher) for watcher in watchers]
        read_again = partial(
            REGISTRY.get_sample_value, "linkmeter_analytics_watch_reads_total", {"source": "landing_again"}
        )
        before = read_again() or 0
        for first, count in ((1, 5), (6, 6), (12, 4)):
            await analytics.take(source, *[CLICK] * count, first=first)
        expected = ids(source, *range(1, 16))
        for watcher in watchers:
            await eventually(lambda: watcher.click_ids == expected)  # noqa: B023
        assert (read_again() or 0) > before
        assert not any(stream.done() for stream in streams)
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)


async def test_positions_are_ours_and_recent(analytics: Analytics, analytics_database: str) -> None:
    """A token that was cut or bent would begin anywhere; one that is too old says so, and by a reason of its own."""
    watcher = Watcher(analytics)
    await watcher.begin()
    for token in ("nonsense", watcher.token[:-4], "B" + watcher.token[1:], watcher.token + "AAAA"):
        assert isinstance(await Watcher(analytics, token=token).refused(), InvalidArgument)
    tokens = ResumeTokens(keyed_hash.derive(settings_for(analytics_database).secret, "analytics/resume-token"))
    position = tokens.read(watcher.token)
    assert position
    old = tokens.write(replace(position, time=position.time - GOOD_FOR - timedelta(minutes=1)))
    lost = await Watcher(analytics, token=old).refused()
    assert isinstance(lost, FailedPrecondition)
    assert lost.reason == "POSITION_LOST"


async def test_requests_without_sense_are_refused(analytics: Analytics) -> None:
    many = [stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=["1"])] * 51
    for request in (
        api.WatchClicksRequest(link_id=-1),
        api.WatchClicksRequest(filters=[stats_api.Filter()]),
        api.WatchClicksRequest(filters=many),
    ):
        assert isinstance(await Watcher(analytics, request=request).refused(), InvalidArgument)
