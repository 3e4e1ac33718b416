"""ListClicks over the wire, on a real PostgreSQL."""

from datetime import UTC, timedelta
from uuid import uuid4

import grpc
import pytest

from linkmeter.analytics.v1 import click_service_pb2 as clicks_api
from linkmeter.analytics.v1 import stats_service_pb2 as stats_api
from services.common.caller import ADMIN, STATS_READ, Caller
from services.common.errors import InvalidArgument, PermissionDenied
from services.runtime.caller_metadata import metadata_for
from tests.support.analytics import (
    AS_ADMIN,
    AS_LINK,
    AS_OTHER_OWNER,
    AS_OWNER,
    Analytics,
    Metadata,
)
from tests.support.clicks import LINK, OWNER, recorded_click
from tests.support.clock import FakeClock

NOW = FakeClock().now()


async def codes(analytics: Analytics, metadata: Metadata, **request: object) -> list[str]:
    page = await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(**request), metadata=metadata)  # type: ignore[arg-type]
    return [click.code for click in page.clicks]


async def test_clicks_are_listed_newest_first(analytics: Analytics) -> None:
    page = await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(), metadata=AS_OWNER)
    times = [click.time.ToDatetime(UTC) for click in page.clicks]
    assert times == sorted(times, reverse=True)
    assert len(times) == 5
    assert page.next_page_token == ""


async def test_callers_see_the_clicks_of_their_links_only(analytics: Analytics) -> None:
    """An owner those of their links, an edit token those of its link; admin is no right to read."""
    assert await codes(analytics, AS_OWNER) == ["abc", "def", "abc", "abc", "abc"]
    assert await codes(analytics, AS_OTHER_OWNER) == ["ghi"]
    assert await codes(analytics, AS_LINK) == ["abc"] * 4
    assert await codes(analytics, AS_ADMIN) == []
    assert await codes(analytics, AS_OWNER, link_id=LINK + 2) == []
    assert await codes(analytics, AS_LINK, link_id=LINK + 1) == []


async def test_clicks_are_filtered(analytics: Analytics) -> None:
    assert await codes(analytics, AS_OWNER, link_id=LINK + 1) == ["def"]
    assert len(await codes(analytics, AS_OWNER, human_only=True)) == 4
    request = clicks_api.ListClicksRequest()
    request.interval.start_time.FromDatetime(NOW - timedelta(minutes=5))
    request.interval.end_time.FromDatetime(NOW - timedelta(minutes=3))
    page = await analytics.clicks.ListClicks(request, metadata=AS_OWNER)
    assert [(NOW - click.time.ToDatetime(UTC)).seconds // 60 for click in page.clicks] == [4, 5]


async def test_pages_follow_each_other_without_gap_or_double(analytics: Analytics) -> None:
    """Also when newer clicks arrive in between, and when times are equal."""
    await analytics.take(uuid4(), *[recorded_click(NOW - timedelta(hours=1))] * 7)
    seen: list[str] = []
    token = ""
    while True:
        request = clicks_api.ListClicksRequest(page_size=2, page_token=token)
        page = await analytics.clicks.ListClicks(request, metadata=AS_OWNER)
        seen += [click.click_id for click in page.clicks]
        token = page.next_page_token
        if not token:
            break
        await analytics.take(uuid4(), recorded_click(NOW))
    assert len(seen) == len(set(seen)) == 12
    assert await codes(analytics, AS_OWNER, skip=15, page_size=1000) == ["abc"] * 2


@pytest.mark.parametrize(
    "request_",
    [
        clicks_api.ListClicksRequest(page_token="nonsense"),
        clicks_api.ListClicksRequest(page_token="é"),
        clicks_api.ListClicksRequest(page_token="AAAA" * 20),
        clicks_api.ListClicksRequest(page_size=-1),
        clicks_api.ListClicksRequest(skip=-1),
        clicks_api.ListClicksRequest(skip=100_001),
        clicks_api.ListClicksRequest(link_id=-1),
        clicks_api.ListClicksRequest(filters=[stats_api.Filter(dimension=99, values=["a"])]),  # type: ignore[arg-type]
        clicks_api.ListClicksRequest(filters=[stats_api.Filter(dimension=stats_api.DIMENSION_OS, values=["a"])] * 51),
        clicks_api.ListClicksRequest(excluded_intervals=[{}] * 101),
    ],
)
async def test_a_wrong_list_request_is_refused(analytics: Analytics, request_: clicks_api.ListClicksRequest) -> None:
    with pytest.raises(InvalidArgument):
        await analytics.clicks.ListClicks(request_, metadata=AS_OWNER)


async def test_a_page_token_is_good_for_its_own_request_only(analytics: Analytics) -> None:
    page = await analytics.clicks.ListClicks(clicks_api.ListClicksRequest(page_size=1), metadata=AS_OWNER)
    for metadata, request in [
        (AS_LINK, clicks_api.ListClicksRequest(page_token=page.next_page_token)),
        (AS_OWNER, clicks_api.ListClicksRequest(page_token=page.next_page_token, human_only=True)),
    ]:
        with pytest.raises(InvalidArgument):
            await analytics.clicks.ListClicks(request, metadata=metadata)


async def test_lists_take_the_conditions_of_queries(analytics: Analytics) -> None:
    """Whole values, beginnings, exclusions, and orphan visits on domains that are named."""
    orphan = recorded_click(NOW, link_id=0, code="wrong", http_status=404)
    await analytics.take(uuid4(), orphan)
    domain = stats_api.Filter(dimension=stats_api.DIMENSION_DOMAIN, values=["lm."], prefix=True)
    code = stats_api.Filter(dimension=stats_api.DIMENSION_CODE, values=["d", "w"], prefix=True)
    assert await codes(analytics, AS_OWNER, filters=[domain, code], with_orphans=True) == ["wrong", "def"]
    assert await codes(analytics, AS_OWNER, filters=[domain, code]) == ["def"]
    assert await codes(analytics, AS_OTHER_OWNER, filters=[domain], with_orphans=True) == ["ghi"]
    request = clicks_api.ListClicksRequest()
    request.excluded_intervals.add().start_time.FromDatetime(NOW - timedelta(minutes=4))
    page = await analytics.clicks.ListClicks(request, metadata=AS_OWNER)
    assert len(page.clicks) == 2


async def test_who_may_see_the_sums_of_a_link_alone_sees_no_click(analytics: Analytics) -> None:
    """As with an address of shared statistics: a click tells where the link led."""
    shared = metadata_for(Caller(link_id=LINK, scopes=frozenset({STATS_READ}), credential="share:1"))
    assert await analytics.stats.GetLinkStats(stats_api.GetLinkStatsRequest(link_id=LINK), metadata=shared)
    with pytest.raises(PermissionDenied):
        await codes(analytics, shared, link_id=LINK)
    with pytest.raises(grpc.aio.AioRpcError, match="lacks the scope links:read"):
        await analytics.clicks.WatchClicks(clicks_api.WatchClicksRequest(link_id=LINK), metadata=shared).read()


async def test_an_administrator_without_stats_read_has_it_by_admin(analytics: Analytics) -> None:
    """Admin holds every scope, and still sees own links only."""
    owner = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({ADMIN})))
    assert len(await codes(analytics, owner)) == 5
