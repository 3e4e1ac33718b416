"""Tags of links: created, listed, changed and deleted together with their names on links."""

import asyncio
from typing import Any

import pytest

from linkmeter.links.v1 import links_pb2, tag_service_pb2
from services.common import errors
from services.links.domain.tags import MOST_TAGS
from tests.support.links_service import OWNER, Links, Metadata, bearer


async def create(links: Links, name: str, metadata: Metadata = OWNER, **fields: Any) -> tag_service_pb2.Tag:
    """Create a tag."""
    request = tag_service_pb2.CreateTagRequest(tag=tag_service_pb2.Tag(name=name, **fields))
    return await links.tags.CreateTag(request, metadata=metadata)


async def update(links: Links, tag_id: int, *paths: str, metadata: Metadata = OWNER, **fields: Any) -> str:
    """Change a tag, with a mask when there are paths; return its name."""
    request = tag_service_pb2.UpdateTagRequest(tag=tag_service_pb2.Tag(tag_id=tag_id, **fields))
    request.update_mask.paths.extend(paths)
    if not paths:
        request.ClearField("update_mask")
    return (await links.tags.UpdateTag(request, metadata=metadata)).name


async def delete(links: Links, tag_id: int, metadata: Metadata = OWNER) -> int:
    """Delete a tag; return how many links carried it."""
    request = tag_service_pb2.DeleteTagRequest(tag_id=tag_id)
    return (await links.tags.DeleteTag(request, metadata=metadata)).links_updated


async def counted(links: Links, metadata: Metadata = OWNER) -> dict[str, int]:
    """List the tags by name, with their numbers of links."""
    request = tag_service_pb2.ListTagsRequest(with_link_counts=True)
    return {tag.name: tag.link_count for tag in (await links.tags.ListTags(request, metadata=metadata)).tags}


async def tags_of(links: Links, link: links_pb2.Link) -> list[str]:
    """Return the names that a link carries now."""
    return list((await links.get(link.link_id)).tags)


async def test_tags_are_listed_oldest_first(links: Links) -> None:
    """With their looks, and with the number of links on request only."""
    launch = await create(links, "launch", color="violet", icon="rocket")
    await create(links, "Launch")
    await links.create(tags=["launch", "other"])
    assert launch.tag_id > 0
    assert not launch.HasField("update_time")
    listed = (await links.tags.ListTags(tag_service_pb2.ListTagsRequest(), metadata=OWNER)).tags
    assert [(tag.name, tag.color, tag.icon, tag.link_count) for tag in listed] == [
        ("launch", "violet", "rocket", 0),
        ("Launch", "", "", 0),
    ]
    assert await counted(links) == {"launch": 1, "Launch": 0}


async def test_a_name_is_taken_once(links: Links) -> None:
    """By owner: at creation and at renaming."""
    await create(links, "a")
    other = await create(links, "b")
    with pytest.raises(errors.AlreadyExists):
        await create(links, "a")
    with pytest.raises(errors.AlreadyExists):
        await update(links, other.tag_id, name="a")
    stranger = bearer(await links.foreign_key("links:read", "links:write"))
    await create(links, "a", stranger)
    assert await counted(links, stranger) == {"a": 0}


async def test_a_new_name_takes_the_old_ones_place_on_links(links: Links) -> None:
    """At its place among the others, once, on the owner's links only; etags change with it."""
    tag = await create(links, "old")
    first = await links.create(tags=["x", "old", "y"])
    both = await links.create(tags=["new", "old"])
    none = await links.create(tags=["x"])
    assert await update(links, tag.tag_id, name="new") == "new"
    assert [await tags_of(links, link) for link in (first, both, none)] == [["x", "new", "y"], ["new"], ["x"]]
    assert (await links.get(first.link_id)).etag != first.etag
    assert (await links.get(none.link_id)).etag == none.etag
    assert await counted(links) == {"new": 2}


async def test_a_strangers_links_keep_their_names(links: Links) -> None:
    """Tags of two owners have nothing to do with each other."""
    stranger = bearer(await links.foreign_key("links:read", "links:write"))
    theirs = await create(links, "same", stranger)
    mine = await links.create(tags=["same"])
    await update(links, theirs.tag_id, name="else", metadata=stranger)
    assert await delete(links, theirs.tag_id, stranger) == 0
    assert await tags_of(links, mine) == ["same"]


async def test_what_the_mask_names_is_changed(links: Links) -> None:
    """Without a mask what has a value; a mask can empty a field."""
    tag = await create(links, "a", color="red", icon="star")
    await update(links, tag.tag_id, color="blue")
    await update(links, tag.tag_id, "icon")
    [after] = (await links.tags.ListTags(tag_service_pb2.ListTagsRequest(), metadata=OWNER)).tags
    assert (after.name, after.color, after.icon) == ("a", "blue", "")
    assert after.HasField("update_time")
    for paths in (["tag_id"], ["name"]):
        with pytest.raises(errors.InvalidArgument):
            await update(links, tag.tag_id, *paths)


async def test_a_deleted_tag_leaves_the_links(links: Links) -> None:
    """And is gone."""
    tag = await create(links, "a")
    carrying = [await links.create(tags=["a", "b"]) for _ in range(3)]
    assert await delete(links, tag.tag_id) == 3
    assert await tags_of(links, carrying[0]) == ["b"]
    assert await counted(links) == {}
    for call in (delete(links, tag.tag_id), update(links, tag.tag_id, color="red")):
        with pytest.raises(errors.NotFound):
            await call


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "a" * 65}, {"name": "a\n"}, {"color": "c" * 33}, {"icon": "i" * 65}]
)
async def test_wrong_fields_are_refused(links: Links, fields: dict[str, Any]) -> None:
    """Names are those that links may carry."""
    with pytest.raises(errors.InvalidArgument):
        await create(links, **{"name": "a", **fields})


async def test_an_account_has_a_bounded_number_of_tags(links: Links) -> None:
    """Racing creates included."""
    for start in range(0, MOST_TAGS - 2, 50):
        await asyncio.gather(*(create(links, f"t{start + n}") for n in range(min(50, MOST_TAGS - 2 - start))))
    results = await asyncio.gather(*(create(links, f"race{n}") for n in range(5)), return_exceptions=True)
    assert sum(isinstance(result, errors.ResourceExhausted) for result in results) == 3
    assert len(await counted(links)) == MOST_TAGS


async def test_racing_renames_and_changes_lose_nothing(links: Links) -> None:
    """Links that are changed meanwhile carry either name's successor, never the old one for good."""
    tag = await create(links, "n0")
    link = await links.create(tags=["n0"])
    changes = [links.update(links_pb2.Link(link_id=link.link_id, title=f"t{n}"), "title") for n in range(10)]
    renames = [update(links, tag.tag_id, name=f"n{n}") for n in range(1, 6)]
    await asyncio.gather(*changes, *renames)
    assert await tags_of(links, link) == list(await counted(links))


async def merge(links: Links, names: list[str], into: str, metadata: Metadata = OWNER) -> tuple[int, int]:
    """Merge names; return how many links and tags that touched."""
    request = tag_service_pb2.MergeTagsRequest(names=names, into=into)
    answer = await links.tags.MergeTags(request, metadata=metadata)
    return answer.links_updated, answer.tags_deleted


async def test_names_without_a_tag_are_listed_on_request(links: Links) -> None:
    """Behind the tags, those that most links carry first; of the caller's links that are there."""
    await create(links, "known")
    await links.create(tags=["rare", "known", "often"])
    await links.create(tags=["often"], archived=True)
    gone = await links.create(tags=["gone"])
    await links.delete(gone.link_id)
    request = tag_service_pb2.ListTagsRequest(with_bare_names=True)
    listed = (await links.tags.ListTags(request, metadata=OWNER)).tags
    assert [(tag.name, tag.link_count, tag.tag_id > 0) for tag in listed] == [
        ("known", 1, True),
        ("often", 2, False),
        ("rare", 1, False),
    ]
    assert not listed[1].HasField("create_time")
    stranger = bearer(await links.foreign_key("links:read"))
    assert not (await links.tags.ListTags(request, metadata=stranger)).tags


async def test_names_are_merged_into_one(links: Links) -> None:
    """Each link carries it once, where the first of them stood; tags of the others are gone, and its own stays."""
    kept = await create(links, "new", color="red")
    await create(links, "old")
    both = await links.create(tags=["a", "old", "new", "b"])
    bare = await links.create(tags=["older", "z", "old"])
    none = await links.create(tags=["a"])
    assert await merge(links, ["old", "older", "never"], "new") == (2, 1)
    assert [await tags_of(links, link) for link in (both, bare, none)] == [["a", "new", "b"], ["new", "z"], ["a"]]
    assert (await links.get(both.link_id)).etag != both.etag
    assert (await links.get(none.link_id)).etag == none.etag
    [tag] = (await links.tags.ListTags(tag_service_pb2.ListTagsRequest(), metadata=OWNER)).tags
    assert (tag.tag_id, tag.name, tag.color) == (kept.tag_id, "new", "red")
    assert await merge(links, ["old", "older"], "new") == (0, 0)


async def test_a_merge_leaves_strangers_links_alone(links: Links) -> None:
    """Names of two owners have nothing to do with each other."""
    mine = await links.create(tags=["same"])
    stranger = bearer(await links.foreign_key("links:read", "links:write"))
    assert await merge(links, ["same"], "else", stranger) == (0, 0)
    assert await tags_of(links, mine) == ["same"]


async def test_what_cannot_be_merged_is_refused(links: Links) -> None:
    """None into one, one into itself, into no name, or too many."""
    wrong: list[tuple[list[str], str]] = [
        ([], "a"),
        (["a", "b"], "a"),
        (["a"], ""),
        (["a"], "b" * 65),
        (["x"] * 101, "a"),
    ]
    for names, into in wrong:
        with pytest.raises(errors.InvalidArgument):
            await merge(links, names, into)
