"""Tags by id, by the official client: their own calls, links that carry them, filters and bulk calls."""

from collections.abc import AsyncIterator

import httpx
import pytest
import spoo
from spoo import LinkFilter, StatsFilter

from services.common.caller import LINKS_READ, LINKS_WRITE
from tests.rest.spoo import examples
from tests.rest.spoo.conftest import NewClient, assert_error
from tests.rest.spoo.test_clients import PERIOD, as_link, client
from tests.support.people import key_of_new_owner
from tests.support.system import System

__all__ = ["client"]

TAGS = "/api/v1/tags"
ABSENT = f"{2**40:024x}"


@pytest.fixture
async def stranger(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of another account."""
    async with system.client(api_key=await key_of_new_owner(system)) as other:
        yield other


async def names(client: spoo.AsyncSpooClient, alias: str) -> list[str]:
    """Return the names of the tags that a link shows."""
    return [tag.name for tag in (await client.links.get_by_alias(alias)).tags]


async def test_tags_are_managed(client: spoo.AsyncSpooClient) -> None:
    """Names are trimmed and in lower case; colour and icon have defaults."""
    launch = await client.tags.create("  Launch   Q3 ", color="violet", icon="rocket")
    assert (launch.name, launch.color, launch.icon, launch.link_count) == ("launch q3", "violet", "rocket", 0)
    assert launch.updated_at is None
    plain = await client.tags.create("plain")
    assert (plain.color, plain.icon) == ("red", "tag")
    assert (await client.tags.create("another")).color == "orange"
    assert [tag.name for tag in await client.tags.list()] == ["launch q3", "plain", "another"]
    changed = await client.tags.update(plain.id, name="Simple", color="teal", icon="star")
    assert (changed.id, changed.name, changed.color, changed.icon) == (plain.id, "simple", "teal", "star")
    assert changed.updated_at is not None
    assert (await client.tags.update(plain.id, color="gray")).name == "simple"
    deleted = await client.tags.delete(plain.id)
    assert (deleted.deleted, deleted.links_updated) == (True, 0)
    with pytest.raises(spoo.NotFoundError, match="Tag not found"):
        await client.tags.delete(plain.id)


async def test_links_carry_tags(client: spoo.AsyncSpooClient) -> None:
    """From creation on; a list replaces them, and renaming and deleting a tag shows on its links."""
    first, second = [await client.tags.create(name) for name in ("first", "second")]
    made = await client.shorten("https://example.com/", tag_ids=[second.id, first.id])
    assert [(tag.id, tag.name, tag.color, tag.icon) for tag in made.tags] == [
        (tag.id, tag.name, tag.color, tag.icon) for tag in (second, first)
    ]
    assert made.id is not None
    assert [tag.name for tag in (await client.links.get(made.id)).tags] == ["second", "first"]
    assert [tag.link_count for tag in await client.tags.list()] == [1, 1]
    assert (await client.tags.update(first.id, name="renamed")).link_count == 1
    assert await names(client, made.alias) == ["second", "renamed"]
    assert [tag.name for tag in (await client.links.update(made.id, tag_ids=[first.id])).tags] == ["renamed"]
    assert [tag.name for tag in (await client.links.update(made.id, max_clicks=5)).tags] == ["renamed"]
    assert (await client.tags.delete(first.id)).links_updated == 1
    assert await names(client, made.alias) == []
    await client.links.update(made.id, tag_ids=[second.id])
    assert (await client.links.update(made.id, tag_ids=[])).tags == []


async def test_names_without_a_tag_stay(owner: httpx.AsyncClient) -> None:
    """Names that the native API put on a link are not shown here, and are not lost either."""
    tag = (await owner.post(TAGS, json={"name": "shown"})).json()
    made = (await owner.post("/api/v1/shorten", json={"long_url": "https://example.com/"})).json()
    key = owner.headers["authorization"].replace("spoo_", "lm_")
    native = {"authorization": key}
    path = f"/v1/links/{int(made['id'], 16)}"
    await owner.patch(path, json={"tags": ["Native"]}, headers=native)
    changed = await owner.patch(f"/api/v1/urls/{made['id']}", json={"tag_ids": [tag["id"]]})
    assert [shown["name"] for shown in changed.json()["tags"]] == ["shown"]
    assert (await owner.get(path, headers=native)).json()["tags"] == ["shown", "Native"]


async def test_links_and_clicks_are_filtered_by_tags(system: System, client: spoo.AsyncSpooClient) -> None:
    """By id or name, one of them or all; of statistics, too."""
    red, blue = [await client.tags.create(name) for name in ("red", "blue")]
    both = await client.shorten("https://example.com/1", tag_ids=[red.id, blue.id])
    only = await client.shorten("https://example.com/2", tag_ids=[red.id])
    none = await client.shorten("https://example.com/3")

    async def listed(**wanted: object) -> list[str]:
        page = await client.links.list_page(filter=LinkFilter(**wanted))  # type: ignore[arg-type]
        return sorted(str(link.alias) for link in page.items)

    assert await listed(tag_ids=[red.id]) == sorted([both.alias, only.alias])
    assert await listed(tag_ids=[red.id], tag_names=["Blue"], tags_match="all") == [both.alias]
    assert await listed(tag_names=["blue", "no-such-tag"]) == [both.alias]
    assert await listed(tag_ids=[ABSENT]) == []
    for link in (both, only, none):
        described = await as_link(system, client, link.alias)
        await described.ingest(examples.stats_example())
    total = (await client.stats.query(**PERIOD)).summary.total_clicks
    by_name = await client.stats.query(**PERIOD, filters=StatsFilter(tag=["blue"]))
    by_id = await client.stats.query(**PERIOD, filters=StatsFilter(tag_id=[red.id]))
    assert (by_name.summary.total_clicks * 3, by_id.summary.total_clicks * 3) == (total, total * 2)
    assert (await client.stats.query(**PERIOD, filters=StatsFilter(tag_id=[ABSENT]))).summary.total_clicks == 0


async def test_bulk_calls_add_and_remove_tags(client: spoo.AsyncSpooClient) -> None:
    """Link by link: what carries a tag already keeps it once, and none carries more than ten."""
    tags = [await client.tags.create(f"t{number}") for number in range(11)]
    old, new = tags[0].id, tags[1].id
    made = [await client.shorten("https://example.com/", tag_ids=[old]) for _ in range(2)]
    full = await client.shorten("https://example.com/", tag_ids=[tag.id for tag in tags[1:]])
    asked = [str(link.id) for link in (*made, full)]
    answer = await client.links.bulk_update_tags([*asked, ABSENT], add=[old, new])
    assert [row.error_code for row in answer.results] == [None, None, "validation_error", "not_found"]
    assert await names(client, made[0].alias) == ["t0", "t1"]
    await client.links.bulk_update_tags(asked, remove=[new, old])
    assert await names(client, made[0].alias) == []
    assert len(await names(client, full.alias)) == 9


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "name"),
        ({"name": None}, 422, "name"),
        ({"name": "  "}, 422, "name"),
        ({"name": "a" * 33}, 422, "name"),
        ({"name": "a/b"}, 422, "name"),
        ({"name": 5}, 422, "name"),
        ({"name": "a", "color": "chartreuse"}, 422, "color"),
        ({"name": "a", "icon": "unicorn"}, 422, "icon"),
        ({"name": "a", "icon": None}, 422, "icon"),
    ],
)
async def test_wrong_tags_are_refused(owner: httpx.AsyncClient, body: object, status: int, field: str) -> None:
    """422, with the field."""
    answer = await owner.post(TAGS, json=body)
    assert_error(answer, status, code="validation_error")
    assert answer.json()["field"] == field


async def test_a_taken_name_is_a_conflict(owner: httpx.AsyncClient) -> None:
    """At creation and at renaming."""
    await owner.post(TAGS, json={"name": "one"})
    other = (await owner.post(TAGS, json={"name": "two"})).json()
    text = "you already have a tag named 'one'"
    assert_error(await owner.post(TAGS, json={"name": "ONE"}), 409, text, "conflict")
    assert_error(await owner.patch(f"{TAGS}/{other['id']}", json={"name": "one"}), 409, text, "conflict")


async def test_strangers_tags_are_absent(owner: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    """For their own calls 404, on links 400, just as ids that nothing has."""
    tag = (await owner.post(TAGS, json={"name": "mine"})).json()
    for tag_id in (tag["id"], ABSENT):
        assert_error(await stranger.patch(f"{TAGS}/{tag_id}", json={"color": "red"}), 404, "Tag not found")
        assert_error(await stranger.delete(f"{TAGS}/{tag_id}"), 404, "Tag not found")
        body = {"long_url": "https://example.com/", "tag_ids": [tag_id]}
        assert_error(await stranger.post("/api/v1/shorten", json=body), 400, f"unknown tag ids: {tag_id}")
    assert (await owner.get(TAGS)).json()["items"] == [tag]


async def test_wrong_ids_are_refused(owner: httpx.AsyncClient, anyone: httpx.AsyncClient) -> None:
    """400 in the path, 422 in a body; without a key there are no tags."""
    assert_error(await owner.delete(f"{TAGS}/x"), 400, "Invalid tag id format")
    link = {"long_url": "https://example.com/"}
    assert_error(await owner.post("/api/v1/shorten", json={**link, "tag_ids": ["x"]}), 422)
    assert_error(await owner.post("/api/v1/shorten", json={**link, "tag_ids": [f"{n:024x}" for n in range(11)]}), 422)
    assert_error(await anyone.post("/api/v1/shorten", json={**link, "tag_ids": [ABSENT]}), 400)
    both = {"ids": [ABSENT], "add": [ABSENT], "remove": [ABSENT]}
    for body in (both, {"ids": [ABSENT]}):
        assert_error(await owner.post("/api/v1/urls/bulk/tags", json=body), 422)


async def test_tags_need_a_key_with_the_scope(anyone: httpx.AsyncClient, client_of: NewClient) -> None:
    """A key that reads lists; one that manages does all; one that only shortens does nothing."""
    reader, shortener = await client_of(LINKS_READ), await client_of(LINKS_WRITE)
    for caller, read, write in ((anyone, 401, 401), (reader, 200, 403), (shortener, 403, 403)):
        assert (await caller.get(TAGS)).status_code == read
        assert (await caller.post(TAGS, json={"name": "a"})).status_code == write
        assert (await caller.patch(f"{TAGS}/{ABSENT}", json={"name": "a"})).status_code == write
        assert (await caller.delete(f"{TAGS}/{ABSENT}")).status_code == write
    manager = await client_of(LINKS_READ, LINKS_WRITE)
    assert (await manager.post(TAGS, json={"name": "a"})).status_code == 201
