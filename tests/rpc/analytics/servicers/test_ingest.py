"""IngestClicks over the wire, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linkmeter.analytics.v1 import click_service_pb2, clicks_pb2, ingest_service_pb2, stats_service_pb2
from services.common.errors import InvalidArgument, Unauthenticated, Unavailable
from tests.support.analytics import AS_OWNER, running_analytics
from tests.support.clicks import ingest_request, recorded_click
from tests.support.clock import FakeClock
from tests.support.ports import free_port

NOW = FakeClock().now()


async def test_a_click_is_stored_enriched(analytics_database: str, clock: FakeClock) -> None:
    """What redirect recorded comes back as documented, found out facts included."""
    recorded = recorded_click(
        NOW,
        ip="202.83.57.227",
        user_agent="Mozilla/5.0 (Linux; Android 10; HD1901) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/81.0.4044.138 Mobile Safari/537.36",
        referrer="https://t.co/xyz?a=b",
        accept_language="en-IN,en;q=0.5",
        query="utm_source=mail",
        variant="b",
    )
    async with running_analytics(analytics_database, clock=clock) as analytics:
        source = uuid4()
        assert await analytics.take(source, recorded) == 1
        page = await analytics.clicks.ListClicks(click_service_pb2.ListClicksRequest(), metadata=AS_OWNER)
    (click,) = page.clicks
    assert click.click_id == f"{source}/1"
    assert click.time.ToDatetime(UTC) == NOW
    assert (click.country, click.country_name, click.is_bot) == ("IN", "India", False)
    assert (click.browser, click.browser_family, click.browser_version) == ("Chrome Mobile", "Chrome", "81")
    assert (click.os, click.device_type, click.language) == ("Android", "mobile", "en-in")
    assert (click.referrer, click.referrer_host, click.social_network) == ("https://t.co/xyz?a=b", "t.co", "Twitter")
    assert (click.utm_source, click.variant, click.ip) == ("mail", "b", "202.83.57.227")
    assert (click.domain, click.code, click.http_status, click.method) == ("lm.example", "abc", 302, "GET")


async def test_what_followed_the_link_is_told_of_every_click(analytics_database: str, clock: FakeClock) -> None:
    """In the list, as a dimension, and as human clicks: those of persons alone."""
    clicks = [
        recorded_click(NOW),
        recorded_click(NOW, purpose="prefetch;prerender"),
        recorded_click(NOW, user_agent="curl/8.1.2"),
        recorded_click(NOW, user_agent="Twitterbot/1.0"),
        recorded_click(NOW, user_agent="kube-probe/1.27"),
        recorded_click(NOW, user_agent="Barracuda Sentinel (EE)"),
    ]
    report = stats_service_pb2.Report(
        dimensions=[stats_service_pb2.DIMENSION_CLICK_CLASS],
        metrics=[stats_service_pb2.METRIC_CLICKS, stats_service_pb2.METRIC_HUMAN_CLICKS],
    )
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(uuid4(), *clicks)
        clock.advance(timedelta(days=1))
        page = await analytics.clicks.ListClicks(click_service_pb2.ListClicksRequest(), metadata=AS_OWNER)
        answer = await analytics.stats.QueryStats(
            stats_service_pb2.QueryStatsRequest(reports=[report]), metadata=AS_OWNER
        )
    kinds = ("PERSON", "PREFETCH", "BOT", "PREVIEW", "MONITOR", "MAIL_SCANNER")
    told = [(clicks_pb2.ClickClass.Name(click.click_class), click.is_bot) for click in reversed(page.clicks)]
    assert told == [(f"CLICK_CLASS_{kind}", kind != "PERSON") for kind in kinds]
    counted = {row.dimensions[0].value: tuple(row.metrics) for row in answer.results[0].rows}
    assert counted == {kind.lower(): (1, int(kind == "PERSON")) for kind in kinds}


@pytest.mark.parametrize(("storage", "ip"), [("full", "192.0.2.1"), ("truncated", "192.0.2.0"), ("none", "")])
async def test_no_more_of_an_address_is_stored_than_the_setting_allows(
    analytics_database: str, clock: FakeClock, storage: str, ip: str
) -> None:
    async with running_analytics(analytics_database, clock=clock, LINKMETER_IP_STORAGE=storage) as analytics:
        await analytics.take(uuid4(), recorded_click(NOW))
        page = await analytics.clicks.ListClicks(click_service_pb2.ListClicksRequest(), metadata=AS_OWNER)
    assert [click.ip for click in page.clicks] == [ip]


async def test_an_empty_batch_brings_its_report(analytics_database: str, clock: FakeClock) -> None:
    """Ledger arithmetic: accepted = stored + set aside + pending + dropped."""
    source = uuid4()
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(source, recorded_click(NOW), recorded_click(NOW), b"no click")
        report = ingest_request(source, [], last_sequence=10, dropped={"disk_full": 4}).report
        report.oldest_pending_time.FromDatetime(NOW - timedelta(seconds=90))
        request = ingest_service_pb2.IngestClicksRequest(source=str(source), report=report)
        response = await analytics.ingest.IngestClicks(request)
        ledger = await analytics.ledger()
    assert response.acknowledged_sequence == 3
    (entry,) = ledger.entries
    assert (entry.stored, entry.set_aside, entry.pending, dict(entry.dropped)) == (2, 1, 7, {"disk_full": 4})
    assert entry.accepted == 14
    assert entry.lag_seconds == 90
    assert entry.last_report_time.ToDatetime(UTC) == NOW
    assert (ledger.total.accepted, ledger.total.source) == (14, "")


async def test_a_gap_in_the_sequence_is_counted_as_missing(analytics_database: str, clock: FakeClock) -> None:
    """Never refused: the clicks after it are stored, and the ledger shows the loss."""
    source = uuid4()
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(source, recorded_click(NOW))
        assert await analytics.take(source, recorded_click(NOW), first=5) == 5
        (entry,) = (await analytics.ledger()).entries
    assert (entry.stored, dict(entry.dropped), entry.accepted) == (2, {"missing": 3}, 5)


async def test_what_an_empty_outbox_has_given_away_and_is_not_here_is_missing(
    analytics_database: str, clock: FakeClock
) -> None:
    """As after restoring a backup: the ledger does not wait for clicks that cannot come, and later ones are stored."""
    source = uuid4()
    async with running_analytics(analytics_database, clock=clock) as analytics:
        await analytics.take(source, recorded_click(NOW))
        response = await analytics.ingest.IngestClicks(ingest_request(source, [], last_sequence=4))
        assert response.acknowledged_sequence == 4
        (entry,) = (await analytics.ledger()).entries
        assert (entry.stored, entry.pending, dict(entry.dropped), entry.accepted) == (1, 0, {"missing": 3}, 4)
        assert await analytics.take(source, recorded_click(NOW), first=5) == 5
        (entry,) = (await analytics.ledger()).entries
    assert (entry.stored, entry.pending, dict(entry.dropped), entry.accepted) == (2, 0, {"missing": 3}, 5)


async def test_a_report_that_was_overtaken_takes_nothing_back(analytics_database: str, clock: FakeClock) -> None:
    source = uuid4()
    async with running_analytics(analytics_database, clock=clock) as analytics:
        for last_sequence, dropped in ((9, 5), (3, 2)):
            request = ingest_request(source, [], last_sequence=last_sequence, dropped={"outbox_full": dropped})
            request.report.oldest_pending_time.FromDatetime(NOW)
            await analytics.ingest.IngestClicks(request)
        (entry,) = (await analytics.ledger()).entries
    assert (entry.pending, dict(entry.dropped)) == (9, {"outbox_full": 5})


async def test_clicks_of_any_month_are_stored(analytics_database: str, clock: FakeClock) -> None:
    """Whenever it happened: landing takes clicks of every month, old ones and those of a clock that is ahead."""
    times = [NOW, NOW - timedelta(days=45), NOW - timedelta(days=1500), NOW + timedelta(hours=20)]
    async with running_analytics(analytics_database, clock=clock) as analytics:
        assert await analytics.take(uuid4(), *(recorded_click(time) for time in times)) == 4
        count = await analytics.count(start=min(times), end=max(times) + timedelta(seconds=1))
    assert count == 4


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (ingest_service_pb2.IngestClicksRequest(source="outbox 1"), "source"),
        (ingest_request(uuid4(), [b""] * 5001), "rows"),
        (ingest_request(uuid4(), [b""], first=0), "rows.sequence"),
        (ingest_request(uuid4(), [b""], first=2**63, last_sequence=1), "rows.sequence"),
        (ingest_request(uuid4(), [], last_sequence=2**64 - 1), "report"),
        (ingest_request(uuid4(), [], dropped={"a\0b": 1}), "report.dropped"),
    ],
)
async def test_a_request_that_is_no_batch_is_refused(
    analytics_database: str, request_: ingest_service_pb2.IngestClicksRequest, field: str
) -> None:
    async with running_analytics(analytics_database) as analytics:
        with pytest.raises(InvalidArgument) as refusal:
            await analytics.ingest.IngestClicks(request_)
        assert (await analytics.ledger()).entries == []
    assert refusal.value.field == field


async def test_without_postgresql_calls_are_unavailable() -> None:
    """Starts without it, and says that trying again makes sense."""
    url = f"postgresql://nobody:none@127.0.0.1:{free_port()}/none"
    async with running_analytics(url) as analytics:
        with pytest.raises(Unavailable):
            await analytics.take(uuid4(), recorded_click(NOW))
        with pytest.raises(Unavailable):
            await analytics.count(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 2, 1, tzinfo=UTC))


async def test_ingesting_needs_no_caller_and_reading_does(analytics_database: str) -> None:
    """The gateway does not route the one; the other is somebody's data."""
    async with running_analytics(analytics_database) as analytics:
        await analytics.take(uuid4(), recorded_click(datetime.now(UTC)))
        with pytest.raises(Unauthenticated):
            await analytics.stats.QueryStats(stats_service_pb2.QueryStatsRequest())
