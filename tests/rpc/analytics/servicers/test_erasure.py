"""DeleteStats over the wire, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linkmeter.analytics.v1 import click_service_pb2 as clicks_api
from linkmeter.analytics.v1 import stats_service_pb2 as stats_api
from services.common.caller import LINKS_WRITE, STATS_READ, Caller
from services.common.errors import InvalidArgument, PermissionDenied
from services.runtime.caller_metadata import metadata_for
from tests.support.analytics import AS_LINK, AS_OTHER_OWNER, AS_OWNER, Analytics, running_analytics
from tests.support.clicks import LINK, OWNER, recorded_click

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=3)
AS_WRITER = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({LINKS_WRITE})))


@pytest.fixture
async def analytics(analytics_database: str) -> AsyncIterator[Analytics]:
    """Run a service with clicks of two links in two domains, of another owner, and orphan visits."""
    async with running_analytics(analytics_database) as running:
        clicks = [
            *(recorded_click(START + timedelta(hours=hour)) for hour in range(30)),
            recorded_click(START, link_id=LINK + 1, domain="other.example", code="def"),
            recorded_click(START, link_id=LINK + 2, owner_id=OWNER + 1, code="ghi"),
            recorded_click(START, link_id=0, code="nothing", http_status=404, destination=""),
            recorded_click(START, link_id=0, owner_id=OWNER + 1, code="nothing", http_status=404, destination=""),
        ]
        await running.take(uuid4(), *clicks)
        yield running


async def raw(analytics: Analytics) -> int:
    """Count raw clicks and orphan visits of the domain one by one."""
    request = clicks_api.ListClicksRequest(
        page_size=1000,
        filters=[stats_api.Filter(dimension=stats_api.DIMENSION_DOMAIN, values=["lm.example"])],
        with_orphans=True,
    )
    return len((await analytics.clicks.ListClicks(request, metadata=AS_OWNER)).clicks)


async def test_a_domains_clicks_are_forgotten_with_their_sums(analytics: Analytics) -> None:
    """Other domains, other owners and the ledger stay."""
    before = await analytics.ledger()
    answer = await analytics.stats.DeleteStats(stats_api.DeleteStatsRequest(domain="lm.example"), metadata=AS_WRITER)
    assert answer.deleted_clicks == 31
    assert await raw(analytics) == 0
    assert await analytics.count(start=START, end=END) == 1
    assert await analytics.count(AS_OTHER_OWNER, start=START, end=END) == 1
    assert (await analytics.ledger()).total.stored == before.total.stored


async def test_a_links_clicks_are_forgotten(analytics: Analytics) -> None:
    """Only its own; a second time there is nothing left."""
    request = stats_api.DeleteStatsRequest(link_id=LINK)
    assert (await analytics.stats.DeleteStats(request, metadata=AS_WRITER)).deleted_clicks == 30
    assert (await analytics.stats.DeleteStats(request, metadata=AS_WRITER)).deleted_clicks == 0
    assert await analytics.count(start=START, end=END) == 1


async def test_others_clicks_cannot_be_forgotten(analytics: Analytics) -> None:
    """Links that are not the caller's have no clicks."""
    request = stats_api.DeleteStatsRequest(link_id=LINK + 2)
    assert (await analytics.stats.DeleteStats(request, metadata=AS_WRITER)).deleted_clicks == 0
    assert await analytics.count(AS_OTHER_OWNER, start=START, end=END) == 1


@pytest.mark.parametrize(
    "metadata", [AS_OWNER, AS_LINK, metadata_for(Caller(link_id=LINK, scopes=frozenset({LINKS_WRITE})))]
)
async def test_forgetting_needs_the_right_to_write(
    analytics: Analytics, metadata: tuple[tuple[str, bytes], ...]
) -> None:
    """Reading is not enough, nor is an edit token."""
    with pytest.raises(PermissionDenied):
        await analytics.stats.DeleteStats(stats_api.DeleteStatsRequest(link_id=LINK), metadata=metadata)


@pytest.mark.parametrize("request_", [{}, {"link_id": 1, "domain": "x"}, {"link_id": -1}])
async def test_what_is_forgotten_must_be_named(analytics: Analytics, request_: dict[str, object]) -> None:
    """One link or one domain."""
    with pytest.raises(InvalidArgument):
        await analytics.stats.DeleteStats(stats_api.DeleteStatsRequest(**request_), metadata=AS_WRITER)  # type: ignore[arg-type]


async def test_sums_agree_with_clicks_when_both_come_at_once(analytics: Analytics) -> None:
    """Whatever of the batches is older than the erasure is gone, raw and in sums; the rest is there, likewise."""

    async def take() -> None:
        for _ in range(5):
            await analytics.take(uuid4(), *(recorded_click(START + timedelta(hours=hour)) for hour in range(20)))

    erase = analytics.stats.DeleteStats(stats_api.DeleteStatsRequest(link_id=LINK), metadata=AS_WRITER)
    await asyncio.gather(take(), take(), erase)
    links = stats_api.Filter(dimension=stats_api.DIMENSION_LINK, values=[str(LINK)])
    report = stats_api.Report(filters=[links])
    request = stats_api.QueryStatsRequest(reports=[report])
    reader = metadata_for(Caller(owner_id=OWNER, scopes=frozenset({STATS_READ})))
    summed = (await analytics.stats.QueryStats(request, metadata=reader)).results[0].rows[0].metrics[0]
    listed = await analytics.clicks.ListClicks(
        clicks_api.ListClicksRequest(link_id=LINK, page_size=1000), metadata=reader
    )
    assert summed == len(listed.clicks)
