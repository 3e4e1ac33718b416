"""ListLinks: orders and views."""

from itertools import chain
from typing import Any

import pytest

from linkmeter.links.v1 import link_service_pb2 as pb
from linkmeter.links.v1 import links_pb2
from services.common import errors
from services.links.domain.link_filter import MAX_IDS_PAGE
from tests.support.imports import Moving
from tests.support.links_service import OWNER, Links, Metadata, bearer

CLICKS = pb.LINK_ORDER_CLICKS
CODE = pb.LINK_ORDER_CODE


async def answered(links: Links, metadata: Metadata = OWNER, **request: Any) -> pb.ListLinksResponse:
    """Answer a page."""
    return await links.links.ListLinks(pb.ListLinksRequest(**request), metadata=metadata)


async def pages(links: Links, **request: Any) -> list[list[str]]:
    """Return the codes of all pages."""
    found, token = [], ""
    while True:
        answer = await answered(links, page_token=token, **request)
        found.append([link.code for link in answer.links])
        token = answer.next_page_token
        if not token:
            return found


async def clicked(moving: Moving) -> list[links_pb2.Link]:
    """Make links that are followed as often as their code says."""
    made = []
    for code, times in (("none1", 0), ("two1", 2), ("three", 3), ("none2", 0), ("two2", 2), ("none3", 0)):
        link = await moving.links.create(code=code, tags=[code[-1]])
        if times:
            await moving.follow(link, times)
        made.append(link)
    return made


async def test_links_are_listed_by_clicks(moving: Moving) -> None:
    """Most first, then those without, newest first; the other way round exactly so, with pages of any size.

    Filters and skipping go along.
    """
    await clicked(moving)
    expected = ["three", "two2", "two1", "none3", "none2", "none1"]
    for oldest_first, order in ((False, expected), (True, expected[::-1])):
        for size in (1, 2, 4, 6):
            found = await pages(moving.links, order_by=CLICKS, page_size=size, oldest_first=oldest_first)
            assert [*chain(*found)] == order
            assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)
            ones = await pages(moving.links, order_by=CLICKS, page_size=size, oldest_first=oldest_first, tag="1")
            assert [*chain(*ones)] == [code for code in order if code.endswith("1")]
        for skip in range(1, 8):
            found = await pages(moving.links, order_by=CLICKS, page_size=2, skip=skip, oldest_first=oldest_first)
            assert [*chain(*found)] == order[skip:]


async def test_links_are_listed_by_their_last_click(moving: Moving) -> None:
    """Latest first, then those without, newest first; the other way round exactly so."""
    made = await clicked(moving)
    for link in (made[4], made[1]):
        moving.clock.advance(seconds=10)
        await moving.follow(link)
    expected = ["two1", "two2", "three", "none3", "none2", "none1"]
    for oldest_first, order in ((False, expected), (True, expected[::-1])):
        found = await pages(moving.links, order_by=pb.LINK_ORDER_LAST_CLICK, page_size=2, oldest_first=oldest_first)
        assert [*chain(*found)] == order


async def test_a_page_goes_on_though_clicks_come_in(moving: Moving) -> None:
    """From the number that its last link had then."""
    made = await clicked(moving)
    first = await answered(moving.links, order_by=CLICKS, page_size=2)
    assert [link.code for link in first.links] == ["three", "two2"]
    await moving.follow(made[1], 5)
    second = await answered(moving.links, order_by=CLICKS, page_size=2, page_token=first.next_page_token)
    assert [link.code for link in second.links] == ["none3", "none2"]


async def test_strangers_and_deleted_links_take_no_part(moving: Moving) -> None:
    """However often they were followed."""
    made = await clicked(moving)
    await moving.links.delete(made[2].link_id)
    assert (await pages(moving.links, order_by=CLICKS))[0][:2] == ["two2", "two1"]
    stranger = bearer(await moving.links.foreign_key("links:read", "stats:read"))
    assert not (await answered(moving.links, stranger, order_by=CLICKS)).links


async def test_an_order_of_clicks_needs_the_right_to_read_them(links: Links) -> None:
    """Other orders do not."""
    await links.create(code="abc")
    reader = bearer((await links.key("links:read")).secret)
    assert (await answered(links, reader, order_by=CODE)).links
    with pytest.raises(errors.PermissionDenied):
        await answered(links, reader, order_by=CLICKS)


async def test_without_analytics_other_orders_work(links: Links) -> None:
    """And the refusal says so."""
    await links.create(code="abc")
    with pytest.raises(errors.Unavailable, match="choose another order"):
        await answered(links, order_by=CLICKS)
    assert [link.code for link in (await answered(links, order_by=CODE)).links] == ["abc"]


async def test_links_are_listed_by_code(links: Links) -> None:
    """In the order of ASCII, over all domains; filters and skipping go along."""
    await links.domain("go.example")
    for code in ("bbb", "Zzz", "_aa", "aaa"):
        await links.create(code=code, tags=["t"] if code != "aaa" else [])
    await links.create(code="bbb", domain="go.example")
    expected = ["Zzz", "_aa", "aaa", "bbb", "bbb"]
    for oldest_first, order in ((False, expected), (True, expected[::-1])):
        for size in (2, 3, 10):
            found = await pages(links, order_by=CODE, page_size=size, oldest_first=oldest_first)
            assert [*chain(*found)] == order
        tagged = await pages(links, order_by=CODE, page_size=2, oldest_first=oldest_first, tag="t", skip=1)
        assert [*chain(*tagged)] == ["_aa", "Zzz" if oldest_first else "bbb"]


async def test_a_page_token_is_of_one_order(links: Links) -> None:
    """Another one refuses it."""
    for code in ("aaa", "bbb"):
        await links.create(code=code)
    token = (await answered(links, order_by=CODE, page_size=1)).next_page_token
    for other in ({}, {"order_by": CLICKS}, {"order_by": CODE, "oldest_first": True}):
        with pytest.raises(errors.InvalidArgument):
            await answered(links, page_token=token, page_size=1, **other)


async def test_ids_alone_are_listed(links: Links) -> None:
    """Many at a time, with the filters and orders of other lists."""
    made = [await links.create(code=code, tags=["t"], title="x") for code in ("bbb", "aaa")]
    await links.create(code="ccc")
    answer = await answered(links, view=pb.LINK_VIEW_IDS, tag="t", page_size=MAX_IDS_PAGE)
    assert list(answer.links) == [links_pb2.Link(link_id=link.link_id) for link in made[::-1]]
    by_code = await answered(links, view=pb.LINK_VIEW_IDS, tag="t", order_by=CODE, page_size=1)
    assert [link.link_id for link in by_code.links] == [made[1].link_id]
    assert by_code.next_page_token
    token = (await answered(links, view=pb.LINK_VIEW_IDS, page_size=1)).next_page_token
    assert [link.link_id for link in (await answered(links, page_token=token)).links] == [
        made[1].link_id,
        made[0].link_id,
    ]


async def test_unknown_orders_and_views_are_refused(links: Links) -> None:
    """Rather than taken for the usual ones."""
    wrongs: list[dict[str, Any]] = [{"order_by": 99}, {"view": 99}]
    for wrong in wrongs:
        with pytest.raises(errors.InvalidArgument):
            await answered(links, **wrong)
