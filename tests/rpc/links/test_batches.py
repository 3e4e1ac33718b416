"""Many links at once, and codes before they are given."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import pytest
import redis.asyncio
from google.rpc import code_pb2, error_details_pb2

from linkmeter.links.v1 import link_service_pb2 as pb
from linkmeter.links.v1 import links_pb2
from linkmeter.links.v1.resolution_service_pb2 import Resolution
from services.common import errors
from services.common.redis_keys import resolution_key
from services.links.domain.batches import MOST_LINKS
from services.runtime import answer_size
from tests.support.clock import FakeClock
from tests.support.links_service import OWNER, Links, Metadata, bearer

ABSENT = 10**12
_REFUSED: Final[Sequence[dict[str, Any]]] = [
    {},
    {"delete": True, "archived": True},
    {"add_tags": ["a"], "remove_tags": ["a"]},
    {"add_tags": ["a", "a"]},
    {"add_tags": [""]},
    {"add_tags": ["a" * 65]},
    {"add_tags": [f"t{n}" for n in range(33)]},
]


async def got(links: Links, *link_ids: int, metadata: Metadata = OWNER) -> pb.BatchGetLinksResponse:
    """Get many links."""
    return await links.links.BatchGetLinks(pb.BatchGetLinksRequest(link_ids=link_ids), metadata=metadata)


async def batch(links: Links, *link_ids: int, metadata: Metadata = OWNER, **change: Any) -> list[int]:
    """Change many links; return the code of what became of each."""
    request = pb.BatchUpdateLinksRequest(link_ids=link_ids, **change)
    answer = await links.links.BatchUpdateLinks(request, metadata=metadata)
    assert [result.link_id for result in answer.results] == list(link_ids)
    return [result.status.code for result in answer.results]


async def check(links: Links, code: str, domain: str = "", metadata: Metadata = OWNER) -> tuple[int, str]:
    """Check a code."""
    answer = await links.links.CheckLinkCode(pb.CheckLinkCodeRequest(code=code, domain=domain), metadata=metadata)
    return answer.state, answer.reason


async def published(url: str, code: str) -> Resolution:
    """Read what redirect was told of a code."""
    async with redis.asyncio.Redis.from_url(url) as client:
        value: Any = await client.get(resolution_key(f"sho.rt/{code}"))
        return Resolution.FromString(value)


async def test_many_links_are_got_in_the_order_asked_for(links: Links) -> None:
    """Each once and as alone; absent, deleted and strangers' ones are named."""
    first, second, gone = [await links.create(f"https://example.com/{n}") for n in range(3)]
    await links.delete(gone.link_id)
    answer = await got(links, second.link_id, gone.link_id, first.link_id, ABSENT, second.link_id)
    assert list(answer.links) == [second, first]
    assert list(answer.missing_link_ids) == [gone.link_id, ABSENT]
    assert not answer.remaining_link_ids
    stranger = bearer(await links.foreign_key("links:read"))
    assert list((await got(links, first.link_id, metadata=stranger)).missing_link_ids) == [first.link_id]
    for wrong in ((), range(1, MOST_LINKS + 2)):
        with pytest.raises(errors.InvalidArgument):
            await got(links, *wrong)


async def test_an_edit_token_gets_its_link(links: Links) -> None:
    """And no other."""
    mine, other = await links.create_with_token(), await links.create()
    answer = await got(links, other.link_id, mine.link_id, metadata=bearer(mine.edit_token))
    assert [link.link_id for link in answer.links] == [mine.link_id]


async def test_what_does_not_fit_is_named(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is bounded, whatever the links hold."""
    made = [await links.create(note="x" * 400) for _ in range(3)]
    monkeypatch.setattr(answer_size, "MOST_BYTES", 2 * made[0].ByteSize() + 100)
    answer = await got(links, *(link.link_id for link in made))
    assert list(answer.links) == made[:2]
    assert list(answer.remaining_link_ids) == [made[2].link_id]


async def test_a_change_reaches_all_of_many_links(links: Links, valkey_url: str) -> None:
    """And redirect. Tags come and go, links are put away and switched; what was so before stays, with its etag."""
    first = await links.create(tags=["old", "kept"])
    second = await links.create(tags=["new"])
    ids = (first.link_id, second.link_id)
    assert await batch(links, *ids, add_tags=["new"], remove_tags=["old"]) == [0, 0]
    assert [list((await links.get(each)).tags) for each in ids] == [["kept", "new"], ["new"]]
    assert (await links.get(second.link_id)).etag == second.etag
    assert await batch(links, *ids, archived=True, disabled=True) == [0, 0]
    for each in ids:
        link = await links.get(each)
        assert (link.archived, link.state) == (True, links_pb2.LINK_STATE_DISABLED)
        assert (await published(valkey_url, link.code)).disabled
    assert await batch(links, *ids, archived=False, disabled=False) == [0, 0]
    link = await links.get(first.link_id)
    assert (link.archived, link.disabled, link.title, link.destination) == (False, False, "", first.destination)


async def test_a_result_has_the_new_etag(links: Links, clock: FakeClock) -> None:
    """So that the next change can follow, and the time of the change is noted."""
    link = await links.create()
    clock.advance(seconds=5)
    request = pb.BatchUpdateLinksRequest(link_ids=[link.link_id], add_tags=["a"])
    [result] = (await links.links.BatchUpdateLinks(request, metadata=OWNER)).results
    after = await links.get(link.link_id)
    assert result.etag == after.etag != link.etag
    assert after.update_time.seconds == link.update_time.seconds + 5


async def test_links_that_are_deleted_together_are_gone(links: Links, valkey_url: str) -> None:
    """Their codes answer so at once, and their edit tokens are worth nothing."""
    kept, gone = await links.create(), await links.create_with_token()
    assert await batch(links, gone.link_id, delete=True) == [0]
    assert (await published(valkey_url, gone.code)).deleted
    with pytest.raises(errors.Unauthenticated):
        await links.authenticate(gone.edit_token)
    with pytest.raises(errors.NotFound):
        await links.get(gone.link_id)
    assert await batch(links, gone.link_id, kept.link_id, delete=True) == [code_pb2.NOT_FOUND, 0]


async def test_one_that_is_refused_does_not_stop_the_others(links: Links) -> None:
    """And the answer says which, and why, as the call for it alone would."""
    full = await links.create(tags=[f"t{n}" for n in range(32)])
    fine = await links.create()
    stranger = bearer(await links.foreign_key("links:read", "links:write"))
    ids = [full.link_id, ABSENT, fine.link_id]
    request = pb.BatchUpdateLinksRequest(link_ids=ids, add_tags=["one more"])
    results = (await links.links.BatchUpdateLinks(request, metadata=OWNER)).results
    assert [result.status.code for result in results] == [code_pb2.INVALID_ARGUMENT, code_pb2.NOT_FOUND, 0]
    info = error_details_pb2.ErrorInfo()
    assert results[0].status.details[0].Unpack(info)
    assert info.reason == "INVALID_ARGUMENT"
    assert "33 tags" in results[0].status.message
    assert not results[0].etag
    assert list((await links.get(fine.link_id)).tags) == ["one more"]
    assert (await links.get(full.link_id)).etag == full.etag
    assert await batch(links, *ids, archived=True, metadata=stranger) == [code_pb2.NOT_FOUND] * 3
    assert not (await links.get(fine.link_id)).archived


async def test_what_no_link_could_take_is_refused(links: Links) -> None:
    """The whole of it; nothing is written."""
    link = await links.create()
    for change in _REFUSED:
        with pytest.raises(errors.InvalidArgument):
            await batch(links, link.link_id, **change)
    assert (await links.get(link.link_id)).etag == link.etag


async def test_ids_are_bounded_and_do_not_repeat(links: Links) -> None:
    """None, one twice and more than a thousand are refused."""
    link = await links.create()
    for wrong in ((), (link.link_id, link.link_id), range(1, MOST_LINKS + 2)):
        with pytest.raises(errors.InvalidArgument):
            await batch(links, *wrong, archived=True)


async def test_many_links_need_the_right_to_write(links: Links) -> None:
    """Of the account: an edit token is for one link alone."""
    link = await links.create_with_token()
    reader = bearer((await links.key("links:read")).secret)
    for metadata in (reader, bearer(link.edit_token)):
        with pytest.raises(errors.PermissionDenied):
            await batch(links, link.link_id, archived=True, metadata=metadata)


async def test_batches_changes_and_renames_at_once_lose_nothing(links: Links) -> None:
    """Whatever order they come in, each is done whole."""
    made = [await links.create(tags=["a"]) for _ in range(10)]
    ids = [link.link_id for link in made]
    forth = [batch(links, *ids, add_tags=[f"up{n}"]) for n in range(3)]
    back = [batch(links, *ids[::-1], add_tags=[f"down{n}"]) for n in range(3)]
    titles = [links.update(links_pb2.Link(link_id=each, title="t"), "title") for each in ids]
    await asyncio.gather(*forth, *titles, *back)
    wanted = {"a", *(f"{way}{n}" for way in ("up", "down") for n in range(3))}
    assert [(set(link.tags), link.title) for link in (await got(links, *ids)).links] == [(wanted, "t")] * 10


async def test_a_code_is_said_to_be_what_creation_would_meet(links: Links) -> None:
    """Available, taken also by a deleted or a stranger's link, reserved, or no code at all."""
    await links.domain("go.example")
    await links.create(code="taken")
    gone = await links.create(code="gone")
    await links.delete(gone.link_id)
    assert await check(links, "free") == (pb.CODE_STATE_AVAILABLE, "")
    assert (await check(links, "Taken"))[0] == pb.CODE_STATE_AVAILABLE
    assert (await check(links, "taken", "go.example"))[0] == pb.CODE_STATE_AVAILABLE
    for code, state in (
        ("taken", pb.CODE_STATE_TAKEN),
        ("gone", pb.CODE_STATE_TAKEN),
        ("Docs", pb.CODE_STATE_RESERVED),
        ("ab", pb.CODE_STATE_INVALID),
        ("no way", pb.CODE_STATE_INVALID),
        ("", pb.CODE_STATE_INVALID),
        ("x" * 65, pb.CODE_STATE_INVALID),
    ):
        found, reason = await check(links, code)
        assert found == state, code
        assert reason
    stranger = bearer(await links.foreign_key("links:write"))
    assert (await check(links, "taken", metadata=stranger))[0] == pb.CODE_STATE_TAKEN


async def test_a_code_is_checked_where_links_can_be_created(links: Links) -> None:
    """By those who can: it tells no more than creating does."""
    await links.domain("go.example")
    stranger = bearer(await links.foreign_key("links:write"))
    for domain, metadata in (("nowhere.example", OWNER), ("go.example", stranger), ("no host", OWNER)):
        with pytest.raises(errors.InvalidArgument):
            await check(links, "free", domain, metadata)
    reader = bearer((await links.key("links:read")).secret)
    with pytest.raises(errors.PermissionDenied):
        await check(links, "free", metadata=reader)
