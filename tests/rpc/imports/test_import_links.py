"""Links come in as their origin had them: each once, none overwritten, each with an outcome."""

import asyncio
from datetime import UTC, datetime

import pytest

from linkmeter.links.v1 import import_service_pb2 as pb
from linkmeter.links.v1 import links_pb2
from services.common import errors
from services.links.domain.imports import MAX_LINKS
from tests.support.clicks import timestamp
from tests.support.imports import Moving, old_link
from tests.support.links_service import OWNER, bearer

YEARS_AGO = datetime(2016, 1, 10, 8, tzinfo=UTC)
CREATED, EXISTS = pb.IMPORT_LINK_OUTCOME_CREATED, pb.IMPORT_LINK_OUTCOME_EXISTS
TAKEN, REFUSED = pb.IMPORT_LINK_OUTCOME_CODE_TAKEN, pb.IMPORT_LINK_OUTCOME_REFUSED


async def test_there_is_one_import_of_an_origin(moving: Moving) -> None:
    """Whoever begins it again gets it, also at once; another origin and another account have their own."""
    first, *again = await asyncio.gather(*(moving.begin() for _ in range(5)))
    assert {each.import_id for each in again} == {first.import_id}
    assert (first.origin, first.generation, first.state) == ("yourls", 1, pb.IMPORT_STATE_ACTIVE)
    other = await moving.begin("https://other.example")
    foreign = await moving.begin(metadata=bearer(await moving.links.foreign_key("admin")))
    assert len({first.import_id, other.import_id, foreign.import_id}) == 3
    assert len({first.source, other.source, foreign.source}) == 3
    pages = []
    request = pb.ListImportsRequest(page_size=1)
    while True:
        page = await moving.links.imports.ListImports(request, metadata=OWNER)
        pages += [each.import_id for each in page.imports]
        request.page_token = page.next_page_token
        if not page.next_page_token:
            break
    assert pages == [other.import_id, first.import_id]


@pytest.mark.parametrize(
    ("origin", "identity", "field"),
    [
        ("", "x", "origin"),
        ("YOURLS", "x", "origin"),
        ("yourls", "", "origin_identity"),
        ("yourls", "a\nb", "origin_identity"),
        ("yourls", "x" * 513, "origin_identity"),
    ],
)
async def test_an_origin_has_bounds(moving: Moving, origin: str, identity: str, field: str) -> None:
    """What is no name, and what would not be told apart by people."""
    request = pb.CreateImportRequest(origin=origin, origin_identity=identity)
    with pytest.raises(errors.InvalidArgument) as refused:
        await moving.links.imports.CreateImport(request, metadata=OWNER)
    assert refused.value.field == field


async def test_links_keep_their_age_and_their_codes(moving: Moving) -> None:
    """Short codes, emojis, an expiry that has passed, a limit that is used up in part, and being switched off."""
    import_id = (await moving.begin()).import_id
    results = await moving.bring_links(
        import_id,
        old_link("a", create_time=timestamp(YEARS_AGO), clicks_before_import=77, link_title="First", link_tags=["x"]),
        old_link("🐍🐍", "https://example.com/snakes"),
        old_link("gone", link_expire_time=timestamp(YEARS_AGO)),
        old_link("some", link_max_clicks=10, consumed_clicks=4),
        old_link("off", disabled=True),
    )
    assert [each.outcome for each in results] == [CREATED] * 5
    first, snakes, gone, some, off = [await moving.links.get(each.link_id) for each in results]
    assert (first.code, first.create_time.ToDatetime(UTC), first.clicks_before_import) == ("a", YEARS_AGO, 77)
    assert (first.title, [*first.tags], first.private_stats) == ("First", ["x"], True)
    assert results[0].short_url == first.short_url == "https://sho.rt/a"
    assert snakes.code.startswith("xn--")
    assert snakes.create_time.ToDatetime(UTC) == moving.clock.now()
    assert (gone.state, some.consumed_clicks, off.disabled) == (3 + 1, 4, True)
    assert (await moving.links.resolve("a")).resolution.destination == "https://example.com/"
    assert (await moving.stats(first.link_id)).clicks_before_import == 77
    found = await moving.get(import_id)
    assert (found.created_links, found.found_links) == (5, 0)


async def test_a_batch_may_come_again(moving: Moving) -> None:
    """Each link once; a sum takes the place of the one before, on the link and in its statistics."""
    import_id = (await moving.begin()).import_id
    batch = [old_link("a", clicks_before_import=5), old_link("b", "https://example.com/b")]
    first = await moving.bring_links(import_id, *batch)
    batch[0].clicks_before_import = 7
    again = await moving.bring_links(import_id, *batch)
    assert [each.link_id for each in again] == [each.link_id for each in first]
    assert [(each.outcome, each.created_by_import) for each in again] == [(EXISTS, True)] * 2
    assert (await moving.links.get(first[0].link_id)).clicks_before_import == 7
    assert (await moving.stats(first[0].link_id)).clicks_before_import == 7
    assert (await moving.get(import_id)).created_links == 2
    # What the owner made of it meanwhile stays.
    mine = links_pb2.Link(link_id=first[0].link_id, destination="https://example.com/mine")
    await moving.links.update(mine, "destination")
    (after,) = await moving.bring_links(import_id, batch[0])
    assert (after.outcome, after.link_id, after.created_by_import) == (EXISTS, mine.link_id, True)
    assert (await moving.links.get(mine.link_id)).destination == mine.destination


async def test_nothing_is_overwritten(moving: Moving) -> None:
    """Own links with the destination get history; all else that has the code, or had it, keeps it."""
    own = await moving.links.create(code="own")
    await moving.links.create("https://example.com/elsewhere", code="other")
    deleted = await moving.links.create(code="deleted")
    await moving.links.delete(deleted.link_id)
    key = bearer(await moving.links.foreign_key("admin"))
    foreign = await moving.begin(metadata=key)
    await moving.bring_links(foreign.import_id, old_link("foreign"), metadata=key)
    import_id = (await moving.begin()).import_id
    batch = [old_link(code, clicks_before_import=3) for code in ("own", "other", "deleted", "foreign")]
    expected = [EXISTS, TAKEN, TAKEN, TAKEN]
    assert [each.outcome for each in await moving.bring_links(import_id, *batch, dry=True)] == expected
    results = await moving.bring_links(import_id, *batch)
    assert [each.outcome for each in results] == expected
    # Of others' links nothing is told.
    assert [(each.link_id, each.created_by_import) for each in results] == [(own.link_id, False), *[(0, False)] * 3]
    after = await moving.links.get(own.link_id)
    assert after.clicks_before_import == 3
    after.clicks_before_import = 0
    assert after == own
    assert (await moving.get(import_id)).found_links == 1


async def test_refusals_are_those_of_ordinary_creation(moving: Moving) -> None:
    """One by one, with field and reason; the others come in."""
    import_id = (await moving.begin()).import_id
    refused = {
        "link.destination INVALID_ARGUMENT": old_link("abc", "javascript:alert(1)"),
        "link.destination OWN_DOMAIN": old_link("abc", "https://sho.rt/x"),
        "link.domain INVALID_ARGUMENT": old_link("abc", link_domain="nobodys.example"),
        "link.code CODE_RESERVED": old_link("v1"),
        "link.code INVALID_ARGUMENT": old_link("a/b"),
        "link.password INVALID_ARGUMENT": old_link("abc", link_password="secret"),
        "link.title INVALID_ARGUMENT": old_link("abc", link_title="x" * 513),
        "create_time INVALID_ARGUMENT": old_link("abc", create_time=timestamp(datetime(1994, 12, 31, tzinfo=UTC))),
        "clicks_before_import INVALID_ARGUMENT": old_link("abc", clicks_before_import=-1),
        "consumed_clicks INVALID_ARGUMENT": old_link("abc", consumed_clicks=1),
    }
    codes = [old_link(code) for code in ("", "a.b", "straße", "x" * 65, "a b")]
    results = await moving.bring_links(import_id, *refused.values(), *codes, old_link("good"))
    assert [f"{each.field} {each.reason}" for each in results[: len(refused)]] == [*refused]
    assert {each.field for each in results[len(refused) : -1]} == {"link.code"}
    assert [each.outcome for each in results] == [REFUSED] * (len(refused) + len(codes)) + [CREATED]
    assert all(each.message and not each.link_id for each in results[:-1])


async def test_a_dry_run_says_what_would_become_of_each_and_does_nothing(moving: Moving) -> None:
    """Also of links of which one batch has several."""
    import_id = (await moving.begin()).import_id
    batch = [old_link("a"), old_link("a"), old_link("a", "https://example.com/b"), old_link("b", "ftp://example.com/")]
    dry = await moving.bring_links(import_id, *batch, dry=True)
    assert [each.outcome for each in dry] == [CREATED, EXISTS, TAKEN, REFUSED]
    assert (dry[0].link_id, dry[0].short_url) == (0, "https://sho.rt/a")
    assert not (await moving.links.resolve("a")).HasField("resolution")
    wet = await moving.bring_links(import_id, *batch)
    assert [each.outcome for each in wet] == [each.outcome for each in dry]
    assert wet[0].link_id == wet[1].link_id > 0


async def test_batches_at_once_create_each_link_once(moving: Moving) -> None:
    """Of one import, and of two of the account."""
    imports = [(await moving.begin(f"https://{number}.example")).import_id for number in (1, 2)]
    batch = [old_link(f"code{number}") for number in range(40)]
    answers = await asyncio.gather(
        *(moving.bring_links(import_id, *batch[::step]) for import_id in imports * 2 for step in (1, -1))
    )
    outcomes = [each.outcome for results in answers for each in results]
    assert outcomes.count(CREATED) == 40
    assert outcomes.count(EXISTS) == 40 * 7


async def test_a_batch_has_bounds(moving: Moving) -> None:
    """At least one link, and not more than can be answered."""
    import_id = (await moving.begin()).import_id
    for links in ([], [old_link("abc")] * (MAX_LINKS + 1)):
        with pytest.raises(errors.InvalidArgument, match="links"):
            await moving.bring_links(import_id, *links)


async def test_a_finished_import_takes_more(moving: Moving) -> None:
    """The next batch opens it again."""
    import_id = (await moving.begin()).import_id
    request = pb.FinishImportRequest(import_id=import_id)
    finished = await moving.links.imports.FinishImport(request, metadata=OWNER)
    assert (finished.state, finished.finish_time.ToDatetime(UTC)) == (pb.IMPORT_STATE_FINISHED, moving.clock.now())
    await moving.bring_links(import_id, old_link("a"), dry=True)
    assert (await moving.get(import_id)).state == pb.IMPORT_STATE_FINISHED
    await moving.bring_links(import_id, old_link("a"))
    assert (await moving.begin()).state == pb.IMPORT_STATE_ACTIVE
