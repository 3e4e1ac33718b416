"""Clicks come in with their own times: each once, as if redirect had recorded them, of the account's links alone."""

from datetime import UTC, datetime, timedelta

import pytest

from linkmeter.analytics.v1 import click_service_pb2
from linkmeter.links.v1 import import_service_pb2 as pb
from linkmeter.links.v1 import links_pb2
from services.common import errors
from services.links.domain.imports import MAX_CLICKS
from tests.support.clicks import BROWSER, timestamp
from tests.support.imports import AS_READER, Moving, old_clicks, old_link
from tests.support.links_service import OWNER, bearer

THEN = datetime(2016, 1, 10, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def brought(moving: Moving, code: str = "a") -> tuple[int, links_pb2.Link]:
    """Begin an import and bring a link."""
    import_id = (await moving.begin()).import_id
    (result,) = await moving.bring_links(import_id, old_link(code, "https://example.com/?utm_source=mail"))
    return import_id, await moving.links.get(result.link_id)


async def test_clicks_are_enriched_and_counted_at_their_own_times(moving: Moving) -> None:
    """By link id or by code; places by address, and by the origin's word where there is none."""
    import_id, link = await brought(moving)
    clicks = [
        pb.ImportedClick(
            sequence=1, time=timestamp(THEN), link_id=link.link_id, ip="81.2.69.142", country="AT",
            user_agent=BROWSER, referrer="https://t.co/x", accept_language="de-AT,de",
        ),
        *old_clicks("a", THEN + MINUTE, THEN + 2 * MINUTE, first=2, country="at"),
        *old_clicks("a", THEN + 3 * MINUTE, first=4, country="Narnia", domain="sho.rt"),
    ]  # fmt: skip
    answer = await moving.bring_clicks(import_id, *clicks)
    assert (answer.acknowledged_sequence, [*answer.set_aside]) == (4, [])
    stats = await moving.stats(link.link_id)
    assert (stats.clicks, stats.clicks_over_time[0].bucket_start_time.ToDatetime(UTC).year) == (4, 1995)
    request = click_service_pb2.ListClicksRequest(link_id=link.link_id)
    listed = (await moving.analytics.clicks.ListClicks(request, metadata=AS_READER)).clicks[::-1]
    assert [each.country for each in listed] == ["GB", "AT", "AT", ""]
    assert [each.continent for each in listed] == ["EU", "EU", "EU", ""]
    first = listed[0]
    assert (first.time.ToDatetime(UTC), first.browser, first.social_network) == (THEN, "Chrome", "Twitter")
    assert (first.language, first.utm_source, first.code, first.domain) == ("de-at", "mail", "a", "sho.rt")
    assert first.click_id == f"{(await moving.get(import_id)).source}/1"


async def test_what_an_origin_knows_of_the_redirect_is_kept(moving: Moving) -> None:
    """So that clicks of this product come back as they were; where it says nothing, the link does."""
    import_id, link = await brought(moving)
    known = pb.ImportedClick(
        sequence=1,
        time=timestamp(THEN),
        code="a",
        destination="https://example.com/then",
        http_status=307,
        method="POST",
        scheme="http",
        query="utm_campaign=spring",
        purpose="prefetch",
        variant="b",
        user_agent=BROWSER,
    )
    await moving.bring_clicks(import_id, known, *old_clicks("a", THEN + MINUTE, first=2, user_agent=BROWSER))
    request = click_service_pb2.ListClicksRequest(link_id=link.link_id)
    plain, first = (await moving.analytics.clicks.ListClicks(request, metadata=AS_READER)).clicks
    assert (first.destination, first.http_status, first.method) == ("https://example.com/then", 307, "POST")
    assert (first.scheme, first.utm_campaign, first.variant) == ("http", "spring", "b")
    assert (first.click_class, plain.click_class) == (5, 1)
    assert (plain.destination, plain.http_status, plain.method) == (link.destination, 302, "GET")
    assert (plain.scheme, plain.utm_source, plain.variant) == ("https", "mail", "")


async def test_a_batch_may_come_again(moving: Moving) -> None:
    """Each click counts once; the mark is told in answers and with the import."""
    import_id, link = await brought(moving)
    clicks = old_clicks("a", *(THEN + number * MINUTE for number in range(30)))
    assert (await moving.bring_clicks(import_id, *clicks[:20])).acknowledged_sequence == 20
    assert (await moving.bring_clicks(import_id, *clicks)).acknowledged_sequence == 30
    assert (await moving.bring_clicks(import_id, *clicks[5:15])).acknowledged_sequence == 30
    assert (await moving.bring_clicks(import_id)).acknowledged_sequence == 30
    assert (await moving.stats(link.link_id)).clicks == 30
    found = await moving.begin()
    assert (found.acknowledged_sequence, found.stored_clicks, found.set_aside_clicks) == (30, 30, 0)


async def test_the_ledger_shows_an_import_as_a_source_of_its_own(moving: Moving) -> None:
    """With its name, and accepted = stored + set aside; its silence is no outbox's."""
    import_id, link = await brought(moving)
    await moving.bring_clicks(import_id, *old_clicks("a", THEN), *old_clicks("b", THEN, first=2))
    moving.clock.advance(timedelta(days=30))
    await moving.follow(link)
    ledger = await moving.analytics.ledger()
    entry, outbox = ledger.entries
    assert (entry.source, entry.name) == (
        (await moving.get(import_id)).source,
        f"import {import_id} of yourls https://old.example (1)",
    )
    assert (entry.accepted, entry.stored, entry.set_aside, entry.pending) == (2, 1, 1, 0)
    assert (entry.lag_seconds, outbox.name, ledger.total.name) == (0, "", "")
    assert ledger.total.last_report_time == outbox.last_report_time


async def test_what_cannot_be_counted_is_set_aside_with_its_reason(moving: Moving) -> None:
    """Others' links, absent and deleted ones, absurd times: acknowledged, and told each time."""
    import_id, link = await brought(moving)
    key = bearer(await moving.links.foreign_key("admin"))
    foreign_import = await moving.begin(metadata=key)
    (foreign,) = await moving.bring_links(foreign_import.import_id, old_link("foreign"), metadata=key)
    gone = await moving.links.create(code="gone")
    await moving.links.delete(gone.link_id)
    now = moving.clock.now()
    clicks = [
        *old_clicks("foreign", THEN),
        pb.ImportedClick(sequence=2, time=timestamp(THEN), link_id=foreign.link_id),
        *old_clicks("gone", THEN, first=3),
        *old_clicks("", THEN, first=4),
        *old_clicks("a", datetime(1994, 12, 31, tzinfo=UTC), now + MINUTE, first=5),
        pb.ImportedClick(sequence=7, code="a"),
        *old_clicks("a", THEN, first=8, http_status=99),
        *old_clicks("a", datetime(1995, 1, 1, tzinfo=UTC), now - MINUTE, first=9),
    ]
    reasons = ["no_link"] * 4 + ["absurd_time"] * 3 + ["bad_value"]
    for dry, mark in ((True, 0), (False, 10), (False, 10)):
        answer = await moving.bring_clicks(import_id, *clicks, dry=dry)
        assert answer.acknowledged_sequence == mark
        assert [(each.sequence, each.reason) for each in answer.set_aside] == [*enumerate(reasons, start=1)]
    found = await moving.get(import_id)
    assert (found.stored_clicks, found.set_aside_clicks) == (2, 8)
    assert (await moving.stats(link.link_id)).clicks == 2


async def test_sequences_have_no_gaps(moving: Moving) -> None:
    """Neither within a batch nor between two: what was lost must not pass for missing."""
    import_id, _ = await brought(moving)
    clicks = old_clicks("a", *[THEN] * 3)
    for wrong in (
        [clicks[0], clicks[2]],
        [clicks[1], clicks[0]],
        [clicks[0], clicks[0]],
        old_clicks("a", THEN, first=0),
    ):
        with pytest.raises(errors.InvalidArgument, match=r"clicks\.sequence"):
            await moving.bring_clicks(import_id, *wrong)
    with pytest.raises(errors.InvalidArgument, match="clicks"):
        await moving.bring_clicks(import_id, *old_clicks("a", *[THEN] * (MAX_CLICKS + 1)))
    with pytest.raises(errors.Aborted) as refused:
        await moving.bring_clicks(import_id, *clicks[1:])
    assert refused.value.metadata == {"next_sequence": "1"}
    assert (await moving.get(import_id)).acknowledged_sequence == 0


async def test_late_clicks_open_a_finished_import(moving: Moving) -> None:
    """As links do; an empty batch, which asks for the mark, does not."""
    import_id, _ = await brought(moving)
    await moving.links.imports.FinishImport(pb.FinishImportRequest(import_id=import_id), metadata=OWNER)
    await moving.bring_clicks(import_id)
    assert (await moving.get(import_id)).state == pb.IMPORT_STATE_FINISHED
    await moving.bring_clicks(import_id, *old_clicks("a", THEN))
    assert (await moving.get(import_id)).state == pb.IMPORT_STATE_ACTIVE
