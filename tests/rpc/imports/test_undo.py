"""An import is taken back as a whole: its clicks, its sums, and the links that are nobody else's business."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from linkmeter.links.v1 import import_service_pb2 as pb
from linkmeter.links.v1 import link_service_pb2, links_pb2, resolution_service_pb2
from services.common import errors
from tests.support.imports import Moving, old_clicks, old_link
from tests.support.links_service import OWNER, bearer

THEN = datetime(2016, 1, 10, 8, tzinfo=UTC)
CREATED, TAKEN = pb.IMPORT_LINK_OUTCOME_CREATED, pb.IMPORT_LINK_OUTCOME_CODE_TAKEN


async def test_links_of_the_import_alone_are_deleted_and_others_kept_and_named(moving: Moving) -> None:
    """Those that were changed, followed or imported again are kept; sums and clicks are gone from all of them."""
    own = await moving.links.create(code="own")
    import_id = (await moving.begin()).import_id
    codes = ("alone", "changed", "followed", "again", "limited", "deleted")
    results = await moving.bring_links(
        import_id,
        *(old_link(code, clicks_before_import=9, link_max_clicks=5 * (code == "limited")) for code in (*codes, "own")),
    )
    links = {code: await moving.links.get(each.link_id) for code, each in zip((*codes, "own"), results, strict=True)}
    clicks = [old_clicks(code, THEN, first=number)[0] for number, code in enumerate((*codes, "own"), start=1)]
    await moving.bring_clicks(import_id, *clicks)
    await moving.links.update(links_pb2.Link(link_id=links["changed"].link_id, title="Mine"), "title")
    await moving.follow(links["followed"], times=2)
    await moving.follow(own, times=3)
    other = (await moving.begin("https://other.example")).import_id
    await moving.bring_links(other, old_link("again", clicks_before_import=4))
    await moving.links.resolution.ConsumeClick(
        resolution_service_pb2.ConsumeClickRequest(link_id=links["limited"].link_id)
    )
    await moving.links.delete(links["deleted"].link_id)

    undone = await moving.undo(import_id)
    reasons = {each.link_id: each.reason for each in undone.kept_links}
    assert (undone.erased_clicks, undone.deleted_links, undone.kept_link_count) == (7, 1, 4)
    assert reasons == {
        links["changed"].link_id: pb.KEPT_LINK_REASON_CHANGED,
        links["followed"].link_id: pb.KEPT_LINK_REASON_FOLLOWED,
        links["again"].link_id: pb.KEPT_LINK_REASON_IMPORTED_AGAIN,
        links["limited"].link_id: pb.KEPT_LINK_REASON_FOLLOWED,
    }
    assert {each.short_url for each in undone.kept_links} == {
        f"https://sho.rt/{code}" for code in ("changed", "followed", "again", "limited")
    }
    assert undone.undone_import.state == pb.IMPORT_STATE_UNDONE
    with pytest.raises(errors.NotFound):
        await moving.links.get(links["alone"].link_id)
    assert (await moving.links.resolve("alone")).resolution.deleted
    after = {code: await moving.stats(link.link_id) for code, link in links.items()}
    assert {code: each.clicks for code, each in after.items() if each.clicks} == {"followed": 2, "own": 3}
    assert {code: each.clicks_before_import for code, each in after.items() if each.clicks_before_import} == {
        "again": 4
    }
    assert (await moving.links.get(links["again"].link_id)).clicks_before_import == 4
    assert await moving.links.get(own.link_id) == own
    # Again, the same; and nothing comes any more.
    assert await moving.undo(import_id) == undone
    for late in (
        moving.bring_links(import_id, old_link("late")),
        moving.bring_clicks(import_id, *old_clicks("own", THEN, first=8)),
        moving.links.imports.FinishImport(pb.FinishImportRequest(import_id=import_id), metadata=OWNER),
    ):
        with pytest.raises(errors.FailedPrecondition):
            await late


async def test_the_origin_can_be_imported_again(moving: Moving) -> None:
    """With the codes of the links that were deleted, as often as one likes; nobody else may have them."""
    ids = []
    for generation in (1, 2, 3):
        found = await moving.begin()
        assert (found.generation, found.acknowledged_sequence) == (generation, 0)
        (result,) = await moving.bring_links(found.import_id, old_link("a", clicks_before_import=generation))
        assert result.outcome == CREATED
        await moving.bring_clicks(found.import_id, *old_clicks("a", *[THEN] * generation))
        stats = await moving.stats(result.link_id)
        assert (stats.clicks, stats.clicks_before_import) == (generation, generation)
        assert (await moving.links.resolve("a")).resolution.link_id == result.link_id
        ids.append((found.import_id, found.source))
        if generation == 3:
            break
        assert (await moving.undo(found.import_id)).deleted_links == 1
        assert (await moving.links.resolve("a")).resolution.deleted
    assert len(set(ids)) == 3
    # What its owner deletes is gone for good.
    await moving.links.delete(result.link_id)
    assert (await moving.undo(found.import_id)).deleted_links == 0
    (result,) = await moving.bring_links((await moving.begin()).import_id, old_link("a"))
    assert result.outcome == TAKEN


async def test_codes_that_are_free_again_are_free_for_imports_of_the_account_alone(moving: Moving) -> None:
    """Somebody else's import, and ordinary creation, meet a code that is taken."""
    first = await moving.begin()
    await moving.bring_links(first.import_id, old_link("abc"))
    await moving.undo(first.import_id)
    with pytest.raises(errors.AlreadyExists):
        await moving.links.create(code="abc")
    key = bearer(await moving.links.foreign_key("admin"))
    foreign = await moving.begin(metadata=key)
    (result,) = await moving.bring_links(foreign.import_id, old_link("abc"), metadata=key)
    assert result.outcome == TAKEN
    (again,) = await moving.bring_links((await moving.begin("https://new.example")).import_id, old_link("abc"))
    assert again.outcome == CREATED


async def test_undoing_at_once_and_while_batches_come(moving: Moving) -> None:
    """Whatever comes first: in the end nothing of the import counts."""
    found = await moving.begin()
    await moving.bring_links(found.import_id, *(old_link(f"code{number}") for number in range(20)))

    async def bring(number: int) -> None:
        times = [THEN + timedelta(minutes=minute) for minute in range(50)]
        await moving.bring_clicks(found.import_id, *old_clicks(f"code{number}", *times, first=1 + 50 * number))

    await bring(0)
    await asyncio.gather(
        *(bring(number) for number in range(1, 5)),
        moving.bring_links(found.import_id, *(old_link(f"more{number}") for number in range(20))),
        moving.undo(found.import_id),
        moving.undo(found.import_id),
        return_exceptions=True,
    )
    undone = await moving.undo(found.import_id)
    stored = undone.undone_import.stored_clicks
    assert undone.erased_clicks == stored
    assert undone.deleted_links in (20, 40)
    assert undone.kept_link_count == undone.undone_import.created_links == 0
    assert not (await moving.links.links.ListLinks(link_service_pb2.ListLinksRequest(), metadata=OWNER)).links


async def test_an_import_without_anything_can_be_undone(moving: Moving) -> None:
    """Its source is closed all the same."""
    found = await moving.begin()
    undone = await moving.undo(found.import_id)
    assert (undone.erased_clicks, undone.deleted_links, undone.undone_import.state) == (0, 0, pb.IMPORT_STATE_UNDONE)
